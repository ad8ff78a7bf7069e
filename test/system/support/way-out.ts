import { writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';

/** An HTTP proxy at `address`, by which hosts that have no other way out fetch what apt wants. `setting` is the file that tells apt of it. */
export const wayOut = async (
  address: string,
  folder: string,
): Promise<{ readonly setting: string; readonly close: () => void }> => {
  const server = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked;
    const on = request(url, { method, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  server.on('connect', ({ url = '' }, client) => {
    const to = connect(Number(url.split(':')[1]), url.split(':')[0], () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(to).pipe(client);
    });
    to.on('error', () => client.destroy());
    client.on('error', () => to.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const proxy = `http://${address}:${(server.address() as AddressInfo).port}`;
  const setting = join(folder, 'apt-proxy.conf');
  await writeFile(setting, `Acquire::http::Proxy "${proxy}";\nAcquire::https::Proxy "${proxy}";\n`);
  return {
    setting,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
