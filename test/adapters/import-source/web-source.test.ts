import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { webSource } from '../../../src/adapters/import-source/web-source.ts';
import { type Certificate, selfSigned } from '../../support/certificates.ts';

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('A repository that a web server gives', () => {
  let certificate: Certificate;
  let [plain, secure] = ['', ''];
  const servers: Server[] = [];

  const answers: RequestListener = (request, response) => {
    const to = { '/away': `http://${plain}/file`, '/on': `https://${secure}/file`, '/near': 'file', '/round': 'round' };
    const path = request.url ?? '';
    if (path === '/file') response.end('it');
    else if (path in to) response.writeHead(302, { location: to[path as keyof typeof to] }).end('elsewhere');
    else response.writeHead(path === '/broken' ? 500 : 404).end('nothing');
  };

  before(async () => {
    certificate = selfSigned();
    setDefaultCACertificates([...getCACertificates(), certificate.certificate.toString()]);
    servers.push(createServer(answers));
    servers.push(createSecureServer({ key: certificate.key, cert: certificate.certificate }, answers));
    [plain, secure] = (await Promise.all(servers.map(listening))) as [string, string];
  });
  after(() => {
    for (const server of servers) server.close();
    certificate.remove();
  });

  for (const [scheme, path, outcome] of [
    ['https', 'file', 'it'],
    ['https', 'near', 'it'],
    ['https', 'on', 'it'],
    ['https', 'away', /^unreadable-file: .*it is redirected from https to http:/],
    ['http', 'away', 'it'],
    ['http', 'on', 'it'],
    ['http', 'round', /^unreadable-file: .*more than 10 times/],
    ['http', 'broken', /^unreadable-file: .* is answered with 500/],
    ['http', 'nothing', /^absent-file: /],
  ] as const)
    it(`${typeof outcome === 'string' ? 'gives' : 'refuses'} ${path} by ${scheme}`, async () => {
      const opened = await webSource(`${scheme}://${scheme === 'https' ? secure : plain}`).open(path);
      const found =
        opened._tag === 'Left'
          ? `${opened.left.rule}: ${opened.left.fact}`
          : Buffer.concat(await opened.right.toArray()).toString();
      if (typeof outcome === 'string') assert.equal(found, outcome);
      else assert.match(found, outcome);
    });
});
