import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { ifGone } from '../../disk/if-gone.ts';
import type { Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { unpackedControls } from './deb-control.ts';
import type { Disk } from './disk.ts';
import { gate } from './gate.ts';
import { inParallel } from './in-parallel.ts';
import { PublishRefused } from './publish-refused.ts';
import type { Run } from './run-program.ts';
import type { Thread } from './thread.ts';

/** What an index says of a file beside its size and SHA-256. `control`: fields of a `.deb` or `.dsc` as latin1, else ''. */
export type FileFacts = { readonly md5: string; readonly sha1: string; readonly control: string };

/** Throws for a file that was not asked for before. */
export type FactsOf = (file: StoredFile) => FileFacts;

type FactParts = {
  readonly files: FileStore;
  readonly keyring: Keyring;
  readonly run: Run;
  readonly disk: Disk;
  readonly thread: Thread;
};

/**
 * Facts of files by their hash, each found out once. Remembered in a file of lines, `CRC32 SHA256 JSON`, that is only
 * ever appended to; a line that is torn or damaged is as good as absent, and so is the whole file.
 */
export const fileFacts = (path: string, parts: FactParts) => {
  const { disk } = parts;
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
      const found = await examine(missing, parts);
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
  const bytes = (await readFile(path).catch(ifGone)) ?? Buffer.alloc(0);
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
  { files, keyring, run, thread }: FactParts,
): Promise<readonly (readonly [Sha256, FileFacts])[]> => {
  const paths = await inParallel(8, wanted, ({ sha256 }) => files.path(sha256));
  const isMuch = wanted.reduce((sum, { size }) => sum + size, 0) > muchBytes;
  const look = wanted.map((file, at) => ({ path: `${paths[at]}`, sums: !isMuch, control: isBinary(file) }));
  const [seen, md5, sha1] = await Promise.all([
    thread.look(look),
    isMuch ? sums('md5sum', paths, run) : undefined,
    isMuch ? sums('sha1sum', paths, run) : undefined,
  ]);
  const packed = seen.map(({ control }) => control);
  const controls = await unpackedControls(packed, run);
  return inParallel(2, wanted, async (file, at) => [
    file.sha256,
    {
      md5: `${md5?.[at] ?? seen[at]?.md5}`,
      sha1: `${sha1?.[at] ?? seen[at]?.sha1}`,
      control: await controlOf(file, `${paths[at]}`, controls[at], keyring, run),
    },
  ]);
};

/** So much is left to coreutils, beside our thread; with less, starting a program takes longer. */
const muchBytes = 8 * 1024 * 1024;

const isBinary = ({ name }: Pick<StoredFile, 'name'>): boolean => /\.u?deb$/.test(name);

const controlOf = async (
  { name }: StoredFile,
  path: string,
  known: string | undefined,
  keyring: Keyring,
  run: Run,
): Promise<string> => {
  if (isBinary({ name })) return known ?? binaryControl(name, path, run);
  return name.endsWith('.dsc') ? signedControl(await readFile(path), keyring) : '';
};

/** In the order of `paths`. */
const sums = async (program: 'md5sum' | 'sha1sum', paths: readonly string[], run: Run): Promise<readonly string[]> => {
  const pieces = Array.from({ length: Math.ceil(paths.length / 500) }, (_, at) =>
    paths.slice(at * 500, at * 500 + 500),
  );
  return (await inParallel(1, pieces, (piece) => sumsBy(program, piece, run))).flat();
};

const sumsBy = async (program: string, paths: readonly string[], run: Run): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await run(program, ['--zero', '--', ...paths]);
  const found = stdout.toString('latin1').split('\0').slice(0, -1);
  if (code !== 0 || found.length !== paths.length) throw new Error(`${program} failed with ${code}: ${stderr}`);
  return found.map((text) => text.slice(0, text.indexOf(' ')));
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
