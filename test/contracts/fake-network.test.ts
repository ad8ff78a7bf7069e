import { apiOf } from '../adapters/http/served.ts';
import { fakeNetwork } from '../support/fake-network.ts';
import { remoteErrandsContract } from './remote-errands.ts';
import { remotesContract } from './remotes.ts';

const [here, there] = ['ernie.example.org:8066', 'bert.example.org:8066'];

remotesContract('The fake network', async (_, api) => {
  const network = fakeNetwork();
  network.join(there, { api: () => api, receives: async () => true, liveLog: () => undefined });
  return { remotes: network.from(here), url: `http://${there}/`, away: () => network.cut(there) };
});

remoteErrandsContract('The fake network', async (_, { takes, liveLog }) => {
  const network = fakeNetwork();
  const took: { name: string; size: number; session: string }[] = [];
  network.join(there, {
    api: () => apiOf([]) as never,
    receives: async ({ name, bytes }, session) => {
      if (takes(name)) took.push({ name, size: bytes.length, session });
      return takes(name);
    },
    liveLog,
  });
  return {
    remotes: network.from(here),
    url: `http://${there}/`,
    incoming: there.replace('8066', '8067'),
    took: () => took,
    away: async () => network.cut(there),
  };
});
