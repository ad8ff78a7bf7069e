import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Changes, parseChanges } from '../../domain/debian/changes.ts';
import type { ListedFile } from '../../domain/debian/file-lists.ts';
import { Architecture, BinaryName, type FileName, type StoredFile, Version } from '../../domain/debian/names.ts';
import { withoutEpoch } from '../../domain/debian/version.ts';
import { sentence } from '../../domain/refusal.ts';
import type { BuildOrder, BuildResult } from '../../ports/builder.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { builtVersion } from './built-version.ts';
import { regularFile } from './regular-file.ts';

export type Products = Pick<Extract<BuildResult, { readonly outcome: 'succeeded' }>, 'binaries' | 'records'>;
type Binary = Products['binaries'][number];
/** What products are held against. */
type ProductOrder = Pick<BuildOrder, 'source' | 'version' | 'architecture' | 'archAll' | 'binNmu'>;

/** Thrown when what a build made is not what Debian allows; the message is for its maintainer. */
export class UnusableProducts extends Error {}

/**
 * Takes what sbuild left in `folder` into the file store: the `.changes` and what it names, nothing else. Everything in the folder
 * is a stranger's: no link is followed, only regular files are read, sizes and hashes have to be those of the `.changes`, and every package
 * has to say, by `dpkg-deb`, that it was made from this source. A repeat takes the same files again, which is harmless.
 */
export const collectProducts = async (order: ProductOrder, folder: string, files: FileStore): Promise<Products> => {
  const name = `${order.source}_${withoutEpoch(builtVersion(order))}_${order.architecture}.changes` as FileName;
  const { changes, stored } = await takeChanges(order, folder, name, files);
  const binaries: Binary[] = [];
  const records: StoredFile[] = [stored];
  for (const file of changes.files) {
    if (/\.u?deb$/.test(file.name)) binaries.push(await takeBinary(order, folder, file, files));
    else if (file.name.endsWith('.buildinfo')) records.push(await take(folder, file, files));
    else throw new UnusableProducts(`${name} names ${file.name}, which is neither .deb, .udeb nor .buildinfo`);
  }
  if (binaries.length === 0) throw new UnusableProducts(`${name} names no binary package`);
  return { binaries, records };
};

/** The same, with what Debian does not allow as words. */
export const takeProducts = async (
  order: ProductOrder,
  folder: string,
  files: FileStore,
): Promise<Either<string, Products>> => {
  try {
    return right(await collectProducts(order, folder, files));
  } catch (error) {
    if (!(error instanceof UnusableProducts)) throw error;
    return left(error.message);
  }
};

/** Far more than any `.changes` of Debian. */
const changesLimit = 1_048_576;

const takeChanges = async (
  order: ProductOrder,
  folder: string,
  name: FileName,
  files: FileStore,
): Promise<{ readonly changes: Changes; readonly stored: StoredFile }> => {
  const { text } = await readable(folder, name, changesLimit);
  const changes = parseChanges(text);
  if (isLeft(changes)) throw new UnusableProducts(`${name}: ${sentence(changes.left)}`);
  const { source, version } = changes.right;
  const expected = builtVersion(order);
  if (source !== order.source || version !== expected) {
    throw new UnusableProducts(`${name} is for ${source} ${version} instead of ${order.source} ${expected}`);
  }
  return { changes: changes.right, stored: await files.adopt(name, join(folder, name)) };
};

const takeBinary = async (order: ProductOrder, folder: string, file: ListedFile, files: FileStore): Promise<Binary> => {
  const stored = await take(folder, file, files);
  const control = await controlOf(await files.path(stored.sha256), file.name);
  const fault = faultOf(order, control, file.name);
  if (fault !== undefined) throw new UnusableProducts(`${file.name}: ${fault}`);
  return {
    package: control.Package,
    version: control.Version as Version,
    architecture: control.Architecture as Architecture,
    file: stored,
  };
};

/** One listed file into the store, when it is as listed. */
const take = async (folder: string, { name, size, sha256 }: ListedFile, files: FileStore): Promise<StoredFile> => {
  const found = await readable(folder, name, 0);
  if (found.size !== size)
    throw new UnusableProducts(`${name} has ${found.size} bytes where the .changes says ${size}`);
  const stored = await files.adopt(name, join(folder, name));
  if (stored.sha256 !== sha256) throw new UnusableProducts(`${name} is not the file that the .changes describes`);
  return stored;
};

const readable = (folder: string, name: FileName, limit: number) =>
  regularFile(join(folder, name), limit).catch((error: Error) => {
    throw new UnusableProducts(`${name} ${error.message}`);
  });

type Control = {
  readonly Package: string;
  readonly Version: string;
  readonly Architecture: string;
  readonly Source: string;
};

const run = promisify(execFile);

/** `dpkg-deb` decides what a package is; it runs as the daemon's user on a file of the store. */
const controlOf = async (path: string, name: FileName): Promise<Control> => {
  const fields = ['Package', 'Version', 'Architecture', 'Source'];
  const { stdout } = await run('dpkg-deb', ['-f', path, ...fields], {
    timeout: 60_000,
    killSignal: 'SIGKILL',
    maxBuffer: 65_536,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
  }).catch((error: Error & { readonly stderr?: string }) => {
    const said = (error.stderr ?? error.message)
      .replaceAll(path, name)
      .replace(/[^\x20-\x7E]+/g, ' ')
      .trim();
    throw new UnusableProducts(`${name} is not a package that dpkg-deb takes: ${said.slice(0, 300)}`);
  });
  const found = new Map(
    stdout.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [Package = '', Version = '', Architecture = '', Source = Package] = fields.map((field) => found.get(field));
  return { Package, Version, Architecture, Source };
};

const faultOf = (order: ProductOrder, control: Control, name: FileName): string | undefined => {
  const { Package, Version: version, Architecture: architecture, Source } = control;
  if (!BinaryName.is(Package) || !Version.is(version) || !Architecture.is(architecture)) {
    return `Package, Version or Architecture are not what Debian allows (${Package} ${version} ${architecture})`.slice(
      0,
      400,
    );
  }
  const expected = `${Package}_${withoutEpoch(version)}_${architecture}`;
  if (name !== `${expected}.deb` && name !== `${expected}.udeb`) return `the file should be called ${expected}.deb`;
  if (architecture !== order.architecture && !(architecture === 'all' && order.archAll)) {
    return `its architecture is ${architecture}, which was not asked for`;
  }
  const [, source, sourceVersion = version] = /^([^ ]*)(?: \((.*)\))?$/.exec(Source) ?? [];
  if (source !== order.source || sourceVersion !== order.version) {
    return `it says it was made from ${source} ${sourceVersion}`.slice(0, 400);
  }
  return undefined;
};
