import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { publish, serve } from '../../../test/adapters/http/served.ts';
import { eventually, freePort, run } from '../../../test/system/support/programs.ts';
import { atLeast, type Bench, type Row, shown } from '../row.ts';
import { inTurns, median, type Pairs, timesLonger } from '../turns.ts';
import { unpacked } from '../unpacked.ts';

const index = 'dists/trixie-test-unstable/main/binary-amd64/Packages';
const deb = 'pool/main/h/hello/hello_2.10_amd64.deb';
const connections = 16;

/** What apt waits for. nginx has one worker, as we have one process. */
export const delivery: Row = {
  name: 'delivery',
  about: 'requests a second of a published tree, over nginx',
  run: async (bench) => {
    const tools = await unpacked(bench, ['nginx', 'wrk', 'libluajit-5.1-2']);
    const files = { [index]: randomBytes(2250).toString('base64'), [deb]: randomBytes(1_000_000) };
    const ours = await ourServer(bench, files);
    const theirs = await nginx(bench, tools, files);
    const wrk = await loadOf(tools);
    const compare = async (path: string): Promise<Pairs> => {
      const one = (base: string) => async () => 1000 / (await wrk(`${base}/${path}`));
      return inTurns(bench, 4, one(ours), one(theirs));
    };
    const figure = (what: string, bound: number, pairs: Pairs) => ({
      what,
      ours: `${shown(1000 / median(pairs.ours))}/s`,
      peer: `nginx ${shown(1000 / median(pairs.theirs))}/s`,
      ...atLeast(bound, 1 / timesLonger(pairs)),
    });
    return [figure('index of 3 kB', 0.4, await compare(index)), figure('file of 1 MB', 0.7, await compare(deb))];
  },
};

type Files = Readonly<Record<string, string | Buffer>>;

const ourServer = async (bench: Bench, files: Files): Promise<string> => {
  const { url, home } = await serve({ after: bench.atEnd } as unknown as TestContext);
  await publish(
    home,
    Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`generations/1/${path}`, bytes])),
  );
  return `${url}/repositories/test`;
};

const nginx = async (bench: Bench, tools: string, files: Files): Promise<string> => {
  const folder = await bench.folder('nginx');
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(folder, 'tree', path, '..'), { recursive: true });
    await writeFile(join(folder, 'tree', path), bytes);
  }
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port));
  const server = spawn(join(tools, 'usr/sbin/nginx'), ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  bench.atEnd(() => ended(server));
  const url = `http://127.0.0.1:${port}`;
  await eventually('nginx', 10, async () => (await fetch(`${url}/${index}`).catch(() => undefined))?.ok || undefined);
  return url;
};

/** What Debian's own configuration sets for speed. */
const configuration = (folder: string, port: number): string => `
daemon off;
master_process off;
pid ${folder}/pid;
events { worker_connections 768; }
http {
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port}; root ${folder}/tree; }
}
`;

/** Requests a second that wrk gets out of a URL. */
const loadOf = async (tools: string): Promise<(url: string) => Promise<number>> => {
  const [architecture = ''] = await readdir(join(tools, 'usr/lib')).then((names) =>
    names.filter((name) => name.includes('-linux-')),
  );
  const env = { LD_LIBRARY_PATH: join(tools, 'usr/lib', architecture) };
  return async (url) => {
    const said = await run(
      join(tools, 'usr/bin/wrk'),
      ['--threads', '1', '--connections', String(connections), '--duration', '2s', url],
      { env },
    );
    const failed = /Non-2xx.*/.exec(said)?.[0];
    if (failed !== undefined) throw new Error(`${url}: ${failed}`);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]);
  };
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('close', () => resolve());
    child.kill('SIGTERM');
  });
