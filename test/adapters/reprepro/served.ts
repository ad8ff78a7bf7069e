import { createReadStream, realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Serves what apt reads, the link resolved anew for every request. */
export const serve = async (root: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const server = createServer((request, response) => {
    const stream = createReadStream(join(realOr(root), decodeURIComponent(request.url ?? '/')));
    stream.on('error', () => response.writeHead(404).end());
    stream.on('open', () => stream.pipe(response.writeHead(200)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const realOr = (root: string): string => {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
};
