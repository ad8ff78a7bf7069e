import { once } from 'node:events';
import { createServer } from 'node:http';
import { refusal } from '../../domain/refusal.ts';
import { sendProblem } from './problem.ts';

/**
 * Stands at the daemon's port while it cannot know what there is to serve: `/healthz` says that it lives, everything else is answered with 503
 * and what is waited for. Rejects when it cannot listen.
 */
export const waitingRoom = async (
  { host, port }: { readonly host: string | undefined; readonly port: number },
  reason: () => string,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> => {
  const server = createServer((req, res) => {
    res.setHeader('Connection', 'close');
    if (req.url === '/healthz') return void res.end('ok\n');
    res.setHeader('Retry-After', '5');
    if (req.url !== '/readyz') {
      const because = refusal('starting', `the daemon waits: ${reason()}`, 'it goes on by itself; try again then');
      return void sendProblem(req, res, 503, [because]);
    }
    res.statusCode = 503;
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.end(`${reason()}\n`);
  });
  server.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? port) : port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
