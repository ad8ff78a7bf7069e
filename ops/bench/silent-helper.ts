import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A root helper that has nothing to do: what a daemon at rest needs of one. Listens at `path`. */
export const silentHelper = async (path: string): Promise<{ readonly close: () => void }> => {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    createInterface(socket).once('line', (line) => {
      const answer = answers[(JSON.parse(line) as { verb: string }).verb];
      // Whoever wants a chroot or a build waits.
      if (answer !== undefined) socket.end(frame({ done: answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
};

const answers: Readonly<Record<string, object | undefined>> = {
  capabilities: { network: true, processes: true, 'bounded-processes': true, 'bounded-memory': true },
  'host-proxies': { proxy: { http: null, https: null } },
  'is-ready': { ready: true },
  sweep: { found: [] },
};

const frame = (message: object): Buffer => {
  const bytes = Buffer.from(JSON.stringify(message));
  const head = Buffer.from('J\0\0\0\0');
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
