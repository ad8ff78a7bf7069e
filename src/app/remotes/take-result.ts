import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { BuildresultReceived } from '../../domain/build/events.ts';
import { mostInResult } from '../../domain/buildrequest/result-bounds.ts';
import { type Ending, logName, readResult } from '../../domain/buildrequest/result-file.ts';
import type { FileName, StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal, sentence } from '../../domain/refusal.ts';
import type { BuildResult } from '../../ports/builder.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { ProductReader } from '../../ports/products.ts';
import type { Tars } from '../../ports/tar.ts';
import { builtAs } from '../../projections/binnmus.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import type { World } from '../../projections/world.ts';
import { binNmuOf } from '../builds/build-orders.ts';
import { keyOf } from './remote-keys.ts';
import { type TakenCheck, takeChecks } from './take-checks.ts';

export type ResultParts = {
  readonly world: World;
  readonly files: FileStore;
  readonly exchange: Pick<FileStore, 'path'>;
  readonly tars: Tars;
  readonly keyring: Pick<Keyring, 'verify'>;
  readonly products: ProductReader;
  /** A folder of our own for what is unpacked. */
  readonly scratch: string;
};

/**
 * What a result says of the package; or why it says nothing, and the build goes elsewhere. `refused`: it is no result that a builder makes, and whoever
 * sent it has to hear of it; beside it stands what the builder says of how it went.
 */
export type Taken =
  | { readonly result: BuildResult; readonly checks: readonly TakenCheck[] }
  | { readonly nothing: string; readonly refused?: RefusedResult };

export type RefusedResult = { readonly because: Refusal } & Pick<BuildResult, 'log' | 'times'>;

/**
 * What an answer comes to. Its signature is looked at again, since trust may have been withdrawn meanwhile; only then its tar is opened, and what is in it
 * has to be what a build here would have to be.
 */
export const takeResult = async (
  { requested, builder }: BuildStory,
  answer: BuildresultReceived,
  parts: ResultParts,
): Promise<Taken> => {
  const { world, files, exchange, keyring } = parts;
  const remote = world.remotes.get(builder as never);
  const key = remote && (await keyOf(remote.remote, world, files));
  if (key === undefined) return { nothing: `${builder} is not active any more` };
  const { signature, signedText } = await keyring.verify(await readFile(await exchange.path(answer.result.sha256)), [
    key,
  ]);
  if (signature.status !== 'good') return { nothing: sentence(signature.because) };
  const read = readResult(signedText ?? '');
  if (isLeft(read)) return { nothing: sentence(read.left) };
  const { ending, times } = read.right.result;
  const log = await keptLog(requested, answer, parts);
  if (ending.outcome !== 'succeeded') return { result: resultOf(ending, log, times), checks: [] };
  const found = await productsOf(requested, answer, parts);
  if (isLeft(found)) return { nothing: sentence(found.left), refused: { because: found.left, log, times } };
  const { checks, ...products } = found.right;
  return { result: { outcome: 'succeeded', ...products, log, times }, checks };
};

const resultOf = (
  ending: Exclude<Ending, { readonly outcome: 'succeeded' }>,
  log: StoredFile,
  times: BuildResult['times'],
): BuildResult => (ending.outcome === 'skipped' ? { outcome: 'skipped', log, times } : { ...ending, log, times });

/** Logs travel as they are, called by the version of the source, and are kept compressed, called by what was built. */
const keptLog = async (
  requested: BuildStory['requested'],
  { files: answered }: BuildresultReceived,
  { world, files, exchange }: ResultParts,
): Promise<StoredFile> => {
  const log = answered.find(({ name }) => name.endsWith('.buildlog'));
  if (log === undefined) throw new Error('an answer without a log was taken');
  const gzip = createGzip({ level: 6 });
  const bytes = createReadStream(await exchange.path(log.sha256));
  bytes.on('error', (error) => gzip.destroy(error));
  const name = logName({ ...requested, version: builtAs(world.binNmus, requested) });
  return files.put(`${name}.gz` as FileName, bytes.pipe(gzip));
};

type Products = Pick<Extract<BuildResult, { readonly outcome: 'succeeded' }>, 'binaries' | 'records'> & {
  readonly checks: readonly TakenCheck[];
};

const unusable = (fact: string): Refusal => refusal('unusable-products', fact, 'look after that instance');

/** Its builder looked at the products by the same code before it said that it succeeded: what is wrong with them now mostly says nothing of the package. */
const productsOf = async (
  requested: BuildStory['requested'],
  { files: answered }: BuildresultReceived,
  { world, files, exchange, tars, products, scratch }: ResultParts,
): Promise<Either<Refusal, Products>> => {
  const tar = answered.find(({ name }) => name.endsWith('.tar'));
  if (tar === undefined) return left(unusable('it says that it succeeded, and brings nothing'));
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'result-'));
  try {
    const unpacked = await tars.unpack(await exchange.path(tar.sha256), mostInResult, (name, bytes) =>
      pipeline(bytes, createWriteStream(join(folder, name), { flags: 'wx' })),
    );
    if (isLeft(unpacked)) return unpacked;
    const taken = await products.take({ ...requested, ...binNmuOf(requested.upload, world) }, folder);
    if (isLeft(taken)) return left(unusable(taken.left));
    return right({ ...taken.right, checks: await takeChecks(folder, files) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
