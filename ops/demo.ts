/**
 * Shows the whole road on a running instance, with the tools a maintainer and an administrator use: a source package is made, sent by
 * dput, built, published, and fetched by an apt of its own. Prints the version apt fetched.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownUrl, settingsFrom } from '../src/settings.ts';

const address = ownUrl(settingsFrom(process.env)).replace('http://', '');
const tool = join(import.meta.dirname, '..', 'src', 'cli', 'mini-buildd-tool.ts');
const sample = 'mini-buildd-sample';

const demo = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-demo-'));
  try {
    await waitUntilReady();
    const { codename, distribution, version } = await newest();
    say(`building the source package ${sample} ${version} for ${distribution}`);
    const changes = await makeSource(folder, distribution, version);
    await upload(folder, changes);
    await waitUntilPublished(version);
    const fetched = await fetchWithApt(folder, codename, distribution);
    say(`apt fetched: ${sample} ${fetched}`);
    if (fetched !== version) throw new Error(`apt fetched ${fetched}, but ${version} was uploaded`);
    say(`open http://${address}/mini_buildd/ in a browser`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a program; what it prints is returned, and shown when it fails. */
const run = (program: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) =>
  new Promise<string>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let all = '';
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes;
      all += bytes;
    });
    child.stderr.on('data', (bytes: Buffer) => {
      all += bytes;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${all}`)),
    );
  });

const ask = (...args: string[]): Promise<string> => run(process.execPath, [tool, address, ...args]);

const get = async (path: string): Promise<Response | undefined> =>
  fetch(`http://${address}${path}`).catch(() => undefined);

const patience = 30 * 60_000;

/** Looks again and again until there is an answer; says every now and then what it waits for. */
const poll = async <A>(what: string, look: () => Promise<A | undefined>): Promise<A> => {
  const began = Date.now();
  let said = began;
  while (Date.now() - began < patience) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() - said > 5_000) {
      said = Date.now();
      say(`${what} (${Math.round((said - began) / 1000)} s)`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`gave up: ${what}`);
};

const waitUntilReady = (): Promise<true> =>
  poll('waiting for the daemon', async () => ((await get('/readyz'))?.ok ? true : undefined));

/** The sandbox's distribution for proposals, and a version that fits there and is newer than any before. */
const newest = async () => {
  const rows = JSON.parse(await ask('distributions', '--json')) as readonly Distribution[];
  const found = rows.find(({ distribution }) => distribution.endsWith('-test-unstable'));
  if (found === undefined) throw new Error('this instance has no sandbox repository "test"');
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const [codename = ''] = found.distribution.split('-');
  return { codename, distribution: found.distribution, version: `1.${stamp}${found.defaultVersion}` };
};

type Distribution = { readonly distribution: string; readonly defaultVersion: string };

const makeSource = async (folder: string, distribution: string, version: string): Promise<string> => {
  const tree = join(folder, `${sample}-source`);
  await cp(join(import.meta.dirname, 'sample'), tree, { recursive: true });
  await writeFile(
    join(tree, 'debian', 'changelog'),
    `${sample} (${version}) ${distribution}; urgency=medium\n\n  * Show the way from dput to apt.\n\n -- mini-buildd sample <sample@localhost>  ${rfc2822(new Date())}\n`,
  );
  await run('dpkg-buildpackage', ['-S', '-d', '-nc', '-us', '-uc'], { cwd: tree });
  const changes = (await readdir(folder)).find((name) => name.endsWith('_source.changes'));
  if (changes === undefined) throw new Error('dpkg-buildpackage wrote no .changes');
  return join(folder, changes);
};

const rfc2822 = (date: Date): string => date.toUTCString().replace('GMT', '+0000');

const upload = async (folder: string, changes: string): Promise<void> => {
  const configuration = join(folder, 'dput.cf');
  const section = await ask('getdputconf');
  await writeFile(configuration, section);
  const target = /^\[(.+)\]/.exec(section)?.[1] ?? '';
  say(`dput ${target} ${changes}`);
  await run('dput', ['--unchecked', '--config', configuration, target, changes]);
};

type Upload = {
  readonly version: string;
  readonly status: string;
  readonly refusal: { readonly rule: string; readonly fact: string; readonly remedy: string } | null;
};

const waitUntilPublished = (version: string): Promise<true> =>
  poll(`waiting for ${sample} ${version}`, async () => {
    const uploads = JSON.parse(await ask('uploads', '--source', sample, '--json')) as readonly Upload[];
    const ours = uploads.find((upload) => upload.version === version);
    if (ours?.refusal) throw new Error(`${ours.status}: ${ours.refusal.rule}: ${ours.refusal.fact}`);
    return ours?.status === 'published' ? true : undefined;
  });

/** An apt of its own, with nothing but our repository and key: the machine's is not touched. Returns the version it fetched. */
const fetchWithApt = async (folder: string, codename: string, distribution: string): Promise<string> => {
  const root = join(folder, 'apt');
  for (const part of [
    'etc/apt/sources.list.d',
    'var/lib/apt/lists/partial',
    'var/cache/apt/archives/partial',
    'var/lib/dpkg',
  ]) {
    await mkdir(join(root, part), { recursive: true });
  }
  const key = join(root, 'archive-key.asc');
  await writeFile(key, await ask('getkey'));
  await writeFile(join(root, 'var/lib/dpkg/status'), '');
  const suite = distribution.split('-')[2] ?? '';
  const source = await ask('getsourceslist', codename, '--repository', 'test', '--suite', suite, '--form', 'deb822');
  await writeFile(
    join(root, 'etc/apt/sources.list.d/mini-buildd.sources'),
    source.replace(/^Signed-By: .*$/m, `Signed-By: ${key}`).replace(/^(URIs: \w+:\/\/)[^/]+/m, `$1${address}`),
  );
  const configuration = join(root, 'apt.conf');
  await writeFile(
    configuration,
    `Dir "${root}";\nDir::State::status "${root}/var/lib/dpkg/status";\nAPT::Sandbox::User "root";\n`,
  );
  const env = { APT_CONFIG: configuration };
  await run('apt-get', ['-q', 'update'], { env });
  await run('apt-get', ['-q', 'download', sample], { env, cwd: folder });
  const deb = (await readdir(folder)).find((name) => name.startsWith(`${sample}_`) && name.endsWith('_all.deb'));
  if (deb === undefined) throw new Error('apt fetched nothing');
  return (await run('dpkg-deb', ['--field', join(folder, deb), 'Version'])).trim();
};

try {
  await demo();
} catch (error) {
  process.stderr.write(`the demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
