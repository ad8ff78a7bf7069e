import { fakeNetwork } from '../support/fake-network.ts';
import { remotesContract } from './remotes.ts';

remotesContract('The fake network', async (_, api) => {
  const network = fakeNetwork();
  network.join('bert.example.org:8066', { api: () => api, receives: async () => true, liveLog: () => undefined });
  return {
    remotes: network.from('ernie.example.org:8066'),
    url: 'http://bert.example.org:8066/',
    away: () => network.cut('bert.example.org:8066'),
  };
});
