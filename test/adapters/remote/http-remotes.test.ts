import { httpRemotes } from '../../../src/adapters/remote/http-remotes.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { ReceivedFile } from '../../../src/ports/incoming.ts';
import { remoteErrandsContract } from '../../contracts/remote-errands.ts';
import { remotesContract } from '../../contracts/remotes.ts';
import { openDoor } from '../ftp/open-door.ts';
import { serve } from '../http/served.ts';

remotesContract('HTTP', async (test, api) => {
  const { url, close } = await serve(test, { api });
  return { remotes: httpRemotes(), url: `${url}/`, away: close };
});

remoteErrandsContract('HTTP and FTP', async (test, { takes, liveLog }) => {
  const received: ReceivedFile[] = [];
  const door = await openDoor(test, {
    receive: async (file) => {
      if (!takes(file.name)) return refusal('not-wanted', `${file.name} is not wanted`, 'send another one');
      received.push(file);
      return undefined;
    },
  });
  const { url, close } = await serve(test, { liveLog });
  return {
    remotes: httpRemotes(),
    url: `${url}/`,
    incoming: `127.0.0.1:${door.incoming.port}`,
    took: () => received.map(({ name, size, session = '' }) => ({ name, size, session })),
    away: async () => {
      await Promise.all([close(), door.incoming.close()]);
    },
  };
});
