import { httpRemotes } from '../../../src/adapters/remote/http-remotes.ts';
import { remotesContract } from '../../contracts/remotes.ts';
import { serve } from '../http/served.ts';

remotesContract('HTTP', async (test, api) => {
  const { url, close } = await serve(test, { api });
  return { remotes: httpRemotes(), url: `${url}/`, away: close };
});
