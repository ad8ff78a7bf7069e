import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { type BinaryPackage, makeBinaryPackage } from '../../support/deb.ts';
import { run } from './programs.ts';

/** A flat archive with one package behind https on the loopback, whose certificate nobody knows. */
export type HttpsArchive = {
  /** `HOST:PORT`. */
  readonly address: string;
  /** Path of its certificate, which is its own authority. */
  readonly certificate: string;
  readonly close: () => void;
};

export const httpsArchive = async (folder: string, wanted: BinaryPackage): Promise<HttpsArchive> => {
  const deb = await makeBinaryPackage(folder, wanted);
  const packages = await run('dpkg-scanpackages', ['--multiversion', '.'], { cwd: folder });
  await writeFile(join(folder, 'Packages'), packages);
  await writeFile(join(folder, 'Release'), release(packages));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
  ]);
  const served = new Map([
    ['/./Packages', join(folder, 'Packages')],
    ['/./Release', join(folder, 'Release')],
    [`/./${basename(deb)}`, deb],
  ]);
  const files = new Map([...served, ...[...served].map(([path, file]) => [path.slice(2), file] as const)]);
  const options = { key: await readFile(key), cert: await readFile(certificate) };
  const server = createServer(options, async (request, answer) => {
    const file = files.get(request.url ?? '');
    if (file === undefined) answer.writeHead(404).end();
    else answer.end(await readFile(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const release = (packages: string): string =>
  [
    `Date: ${new Date().toUTCString()}`,
    'SHA256:',
    ` ${createHash('sha256').update(packages).digest('hex')} ${Buffer.byteLength(packages)} Packages`,
    '',
  ].join('\n');
