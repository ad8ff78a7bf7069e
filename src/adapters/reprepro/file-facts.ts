import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { readControls } from './deb-control.ts';
import type { Disk } from './disk.ts';
import { gate } from './gate.ts';
import { inParallel } from './in-parallel.ts';
import { PublishRefused } from './publish-refused.ts';
import type { Run } from './run-program.ts';

/** What an index says of a file beside its size and SHA-256. `control`: fields of a `.deb` or `.dsc` as latin1, else ''. */
export type FileFacts = { readonly md5: string; readonly sha1: string; readonly control: string };

/** Throws for a file that was not asked for before. */
export type FactsOf = (file: StoredFile) => FileFacts;

/**
 * Facts of files by their hash, each found out once. Remembered in a file of lines, `CRC32 SHA256 JSON`, that is only
 * ever appended to; a line that is torn or damaged is as good as absent, and so is the whole file.
 */
export const fileFacts = (path: string, files: FileStore, keyring: Keyring, run: Run, disk: Disk) => {
  let known: Promise<Map<Sha256, Buffer>> | undefined;
  const remembered = (): Promise<Map<Sha256, Buffer>> => {
    known ??= recall(path);
    return known;
  };

  const learn = async (wanted: readonly StoredFile[]): Promise<FactsOf> => {
    const facts = await remembered();
    const missing = [
      ...new Map(wanted.filter(({ sha256 }) => !facts.has(sha256)).map((file) => [file.sha256, file])).values(),
    ];
    if (missing.length > 0) {
      const found = await examine(missing, files, keyring, run);
      const lines = found.map(([sha256, fact]) => [sha256, line(sha256, fact)] as const);
      await disk.makeFolder(dirname(path));
      await disk.append(path, Buffer.concat([Buffer.from('\n'), ...lines.map(([, bytes]) => bytes)]));
      for (const [sha256, bytes] of lines) facts.set(sha256, bytes);
    }
    return ({ sha256, name }) => {
      const bytes = facts.get(sha256);
      if (bytes === undefined) throw new Error(`no facts were gathered of ${name}`);
      return JSON.parse(bytes.subarray(jsonAt).toString('utf8')) as FileFacts;
    };
  };

  const one = gate(1);
  return {
    /** Finds out what is not known yet of `wanted`. Who asks for the same at once waits, and finds it known. */
    gather: (wanted: readonly StoredFile[]): Promise<FactsOf> => one(() => learn(wanted)),
  };
};

/** Behind `01234567 ` and 64 digits and a blank. */
const jsonAt = 9 + 65;

const line = (sha256: Sha256, facts: FileFacts): Buffer => {
  const text = Buffer.from(`${sha256} ${JSON.stringify(facts)}`);
  return Buffer.concat([Buffer.from(`${checksum(text)} `), text, Buffer.from('\n')]);
};

const checksum = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

const recall = async (path: string): Promise<Map<Sha256, Buffer>> => {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const facts = new Map<Sha256, Buffer>();
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const end = newline < 0 ? bytes.length : newline;
    const whole = bytes.subarray(from, end);
    if (whole.length > jsonAt && whole.toString('latin1', 0, 8) === checksum(whole.subarray(9)))
      facts.set(whole.toString('latin1', 9, jsonAt - 1) as Sha256, whole);
    from = end + 1;
  }
  return facts;
};

const examine = async (
  wanted: readonly StoredFile[],
  files: FileStore,
  keyring: Keyring,
  run: Run,
): Promise<readonly (readonly [Sha256, FileFacts])[]> => {
  const paths = await Promise.all(wanted.map(({ sha256 }) => files.path(sha256)));
  const [md5, sha1, controls] = await Promise.all([
    sums('md5', wanted, paths, run),
    sums('sha1', wanted, paths, run),
    controlsOf(wanted, paths, keyring, run),
  ]);
  return wanted.map(({ sha256 }, at) => [
    sha256,
    { md5: `${md5[at]}`, sha1: `${sha1[at]}`, control: `${controls[at]}` },
  ]);
};

/** So much is hashed here: less time than a program takes to start. Bytes. */
const fewBytes = 1024 * 1024;

/** In the order of `paths`. Much is hashed by coreutils, off our event loop. */
const sums = async (
  algorithm: 'md5' | 'sha1',
  wanted: readonly StoredFile[],
  paths: readonly string[],
  run: Run,
): Promise<readonly string[]> => {
  if (wanted.reduce((sum, { size }) => sum + size, 0) <= fewBytes)
    return inParallel(2, paths, async (path) => hash(algorithm, await readFile(path)));
  const pieces = Array.from({ length: Math.ceil(paths.length / 500) }, (_, at) =>
    paths.slice(at * 500, at * 500 + 500),
  );
  return (await inParallel(1, pieces, (piece) => sumsBy(`${algorithm}sum`, piece, run))).flat();
};

const sumsBy = async (program: string, paths: readonly string[], run: Run): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await run(program, ['--zero', '--', ...paths]);
  const found = stdout.toString('latin1').split('\0').slice(0, -1);
  if (code !== 0 || found.length !== paths.length) throw new Error(`${program} failed with ${code}: ${stderr}`);
  return found.map((text) => text.slice(0, text.indexOf(' ')));
};

/** In the order of `wanted`. */
const controlsOf = async (
  wanted: readonly StoredFile[],
  paths: readonly string[],
  keyring: Keyring,
  run: Run,
): Promise<readonly string[]> => {
  const isBinary = ({ name }: StoredFile): boolean => /\.u?deb$/.test(name);
  const binaries = paths.filter((_, at) => isBinary(wanted[at] as StoredFile));
  const controls = await readControls(binaries, run);
  const known = new Map(binaries.map((path, at) => [path, controls[at]]));
  return inParallel(2, wanted, async (file, at) => {
    const path = `${paths[at]}`;
    if (isBinary(file)) return known.get(path) ?? binaryControl(file.name, path, run);
    return file.name.endsWith('.dsc') ? signedControl(await readFile(path), keyring) : '';
  });
};

const binaryControl = async (name: string, path: string, run: Run): Promise<string> => {
  const { code, stdout, stderr } = await run('dpkg-deb', ['--field', path], '', longestControl);
  if (code === 0) return stdout.toString('latin1');
  throw new PublishRefused(
    'not-a-package',
    `dpkg-deb cannot read ${name}: ${stderr.trim()}`,
    'build the package again',
  );
};

/** Bytes; beyond this a control file is an attack. */
const longestControl = 8 * 1024 * 1024;

/** What the signature covers; whose it is was decided when the upload was. */
const signedControl = async (bytes: Buffer, keyring: Keyring): Promise<string> => {
  if (!bytes.includes('-----BEGIN PGP')) return bytes.toString('latin1');
  const { signedText } = await keyring.verify(bytes, []);
  return Buffer.from(signedText ?? '', 'utf8')
    .toString('latin1')
    .replaceAll('\r', '');
};
