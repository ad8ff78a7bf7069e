import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from './unpack.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'ops', 'nginx', 'replicas.conf');

export type Substituted = {
  /** Where it listens, on the loopback. */
  readonly port: number;
  /** `HOST:PORT` of the example to that of the test. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly certificate: string;
  readonly key: string;
  readonly timeouts: Readonly<Record<string, string>>;
};

/** Debian's nginx, unpacked and not installed, so that it starts no service of its own, with our example: nothing is replaced that is not named here, and all that is. */
export const exampleNginx = async (folder: string, wanted: Substituted): Promise<ChildProcess> => {
  const { port, upstreams, certificate, key, timeouts } = wanted;
  await mkdir(folder);
  await unpack(folder, ['nginx']);
  let site = await readFile(example, 'utf8');
  const replace = (what: string, by: string): void => {
    assert.ok(site.includes(what), `the example says nothing of ${what}`);
    site = site.replaceAll(what, by);
  };
  replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`);
  replace('listen [::]:443 ssl', `listen [::1]:${port} ssl`);
  replace('/etc/ssl/mini-buildd/fullchain.pem', certificate);
  replace('/etc/ssl/mini-buildd/key.pem', key);
  for (const [name, address] of Object.entries(upstreams)) replace(`server ${name}`, `server ${address}`);
  for (const [long, short] of Object.entries(timeouts)) replace(`_timeout ${long};`, `_timeout ${short};`);
  await writeFile(join(folder, 'replicas.conf'), site);
  const configuration = join(folder, 'nginx.conf');
  await writeFile(configuration, around(folder));
  return spawn(join(folder, 'usr/sbin/nginx'), ['-c', configuration, '-e', join(folder, 'error')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const around = (folder: string): string => `daemon off;
master_process off;
pid ${folder}/pid;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  include ${folder}/replicas.conf;
}
`;
