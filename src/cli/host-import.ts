import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLeft } from 'fp-ts/lib/Either.js';
import { fileStore } from '../adapters/file-store/file-store.ts';
import { folderSource } from '../adapters/import-source/folder-source.ts';
import { sweepImport } from '../adapters/import-source/leftovers.ts';
import { webSource } from '../adapters/import-source/web-source.ts';
import { releaseVerifier } from '../adapters/openpgp/release-verifier.ts';
import { readSecretKey, type SecretKey } from '../adapters/openpgp/secret-key.ts';
import { planReconfiguration } from '../app/configuration/reconfigure.ts';
import { carryOutImport } from '../app/import/carry-out.ts';
import { type Found, findSuites, type Planned, planFound, recordOf, type Wanted } from '../app/import/find.ts';
import { foundInWords } from '../app/import/in-words.ts';
import type { Journal } from '../app/import/journal.ts';
import { changedSuites, type Trust } from '../app/import/read-suite.ts';
import { type Damaged, type Shelf, takeFiles } from '../app/import/take-files.ts';
import { startProjector } from '../app/projector.ts';
import { rehearsal } from '../app/tell.ts';
import { lookAtRoom } from '../disk/look-at-room.ts';
import { decodeOrThrow } from '../domain/codec.ts';
import { DistributionName } from '../domain/debian/distribution.ts';
import { RepositoryId } from '../domain/debian/names.ts';
import { type FoundFile, fileKey } from '../domain/import/found.ts';
import type { Older } from '../domain/import/shelves.ts';
import { type Refusal, refusal, sentence } from '../domain/refusal.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { ImportSource } from '../ports/import-source.ts';
import type { World } from '../projections/world.ts';
import { abandonImport, carryOut, finishImport, listed, type Said, sum } from './host-import-end.ts';
import { importHome, isOldHome } from './host-import-home.ts';
import { type Say, withProgress } from './host-progress.ts';
import { isGivenUp, isHalfImported, writeImport } from './import-journal.ts';

export type ImportOptions = {
  readonly repository?: string;
  readonly suites: string;
  readonly map: readonly string[];
  readonly layout?: string;
  readonly keyring?: string;
  readonly key?: string;
  readonly unsigned: boolean;
  readonly anyRelease: boolean;
  readonly older: Older;
  readonly closeGaps: boolean;
  readonly skipRefused: boolean;
  readonly dryRun: boolean;
  readonly abandon: boolean;
};

/** Takes a repository over that others made, and gives what to say. What was broken off is finished first, and nothing else then. */
export const importOnHost = (
  home: string,
  from: string | undefined,
  options: ImportOptions,
  log: EventLog,
): Promise<Said> =>
  withProgress(options.dryRun ? { home, verb: 'import --dry-run' } : undefined, (say) =>
    imported(home, from, options, log, say),
  );

const imported = async (
  home: string,
  from: string | undefined,
  options: ImportOptions,
  log: EventLog,
  say: Say,
): Promise<Said> => {
  if (!options.dryRun) await sweepImport(home);
  if (options.abandon || isGivenUp(home)) return await abandonImport(home, { ...options, from }, log, say);
  const isHome = from !== undefined && isOldHome(from);
  const goesOn = isHome && !options.dryRun;
  const asked = { ...options, from: goesOn ? undefined : from };
  const finished = isHalfImported(home) ? await finishImport(home, asked, log, say) : undefined;
  if (from === undefined) return finished ?? refusedAll([noSource]);
  if (finished !== undefined && !goesOn) return finished;
  const given = options.key === undefined ? undefined : await readFile(options.key, 'utf8');
  const one = (where: string, key: string | undefined) => importAnew(home, where, options, key, log, say);
  if (!isHome) return await one(from, given);
  const rest = await importHome(from, home, log, options.dryRun, (base, own) => one(base, given ?? own));
  return { ...rest, says: `${finished?.says ?? ''}${rest.says}` };
};

const importAnew = async (
  home: string,
  where: string,
  options: ImportOptions,
  armoredKey: string | undefined,
  log: EventLog,
  say: Say,
): Promise<Said> => {
  const { world } = await startProjector(log, (events) => say(`${events} events`));
  if (world.configuration.instance === undefined)
    throw new Error('This instance is not set up yet: run mini-buildd setup first');
  const wanted = wantedOf(options);
  const from = sourceAt(where);
  const given = armoredKey === undefined ? undefined : await readSecretKey(armoredKey);
  if (given !== undefined && isLeft(given)) return refusedAll([given.left]);
  const key = given?.right;
  const trust = trustOf(options, key);
  if (trust === undefined) return refusedAll([noTrust]);
  const found = await findSuites(from, trust, wanted, world.configuration, say);
  if (isRefused(found)) return refusedAll(found);
  const known = knownIn(world, found.repository);
  if (known !== undefined) return refusedAll([known]);
  const first = planFound(found, wanted, world.configuration, new Map());
  if (isRefused(first)) return refusedAll(first);
  const room = options.dryRun ? undefined : await roomFor(home, first.files);
  if (room !== undefined) return refusedAll([room]);

  const store = options.dryRun ? undefined : fileStore(join(home, 'files'));
  const plan = await planRead(first, { from, store, say }, (damaged) =>
    planFound(found, wanted, world.configuration, damaged),
  );
  if (isRefused(plan)) return refusedAll(plan);
  const changed = await changedSuites(from, found.suites, trust);
  if (changed.length > 0) return refusedAll(changed);

  const says = foundInWords(found, plan, differencesOf(world, plan));
  const isTaken = plan.refused.length === 0 || options.skipRefused;
  if (!isTaken) return { says: `${says}${notTaken(plan)}`, isDone: false };
  const journal = journalOf(found, plan, where, key);
  await carryOutImport(journal, log, rehearsal(log), () => undefined);
  if (options.dryRun) return { says: `${says}${sum(journal)} would be imported\n`, isDone: true };
  const uncopied = store === undefined ? undefined : await notIn(store, plan.files);
  if (uncopied !== undefined) return refusedAll([uncopied]);
  await writeImport(home, journal);
  await carryOut(home, journal, log, say);
  return { says: `${says}imported and verified: ${sum(journal)}\n`, isDone: true };
};

type Reading = { readonly from: ImportSource; readonly store: FileStore | undefined; readonly say: Say };

/** Reads files until the plan needs none that was not read: where one is damaged, another version may take the place of its own. */
const planRead = async (
  first: Planned,
  { from, store, say }: Reading,
  planWithout: (damaged: Damaged) => Planned | readonly Refusal[],
): Promise<Planned | readonly Refusal[]> => {
  const damaged = new Map<string, Refusal>();
  const read = new Set<string>();
  const shelf = store === undefined ? undefined : shelfOf(store);
  let plan = first;
  for (;;) {
    const rest = plan.files.filter((file) => !read.has(fileKey(file)));
    if (rest.length === 0) return plan;
    for (const [file, fault] of await takeFiles(from, rest, shelf, say)) damaged.set(file, fault);
    for (const file of rest) read.add(fileKey(file));
    const next = planWithout(damaged);
    if (isRefused(next)) return next;
    plan = next;
  }
};

const shelfOf = (store: FileStore): Shelf => ({
  ...store,
  open: async (sha256) => createReadStream(await store.path(sha256)),
});

/** The last look before there is no way back. */
const notIn = async (store: FileStore, files: readonly FoundFile[]): Promise<Refusal | undefined> => {
  for (const { sha256, path } of files)
    if (!(await store.has(sha256)))
      return refusal('absent-file', `${path} is not among the files that were copied`, 'import again');
  return undefined;
};

const noSource = refusal(
  'no-source-named',
  'no import was broken off here that could be finished',
  'name the folder or address to import from',
);

const wantedOf = ({ repository, suites, map, layout, older, closeGaps }: ImportOptions): Wanted => ({
  suites: listed(suites),
  said: new Map(map.map(mapping)),
  repository: repository === undefined ? undefined : decodeOrThrow(RepositoryId, repository, '--repository'),
  layout,
  older,
  closeGaps,
});

const mapping = (given: string): readonly [string, DistributionName] => {
  const [suite = '', name = ''] = given.split('=');
  return [suite, decodeOrThrow(DistributionName, name, `--map ${suite}`)];
};

const sourceAt = (where: string): ImportSource => {
  if (!/^[a-z]+:\/\//.test(where)) return folderSource(resolve(where));
  const { protocol, username, password } = new URL(where);
  if (username !== '' || password !== '')
    throw new Error('A command line is no place for a login: import from a server that asks for none');
  if (protocol === 'file:') return folderSource(fileURLToPath(where));
  if (protocol === 'http:' || protocol === 'https:') return webSource(where);
  throw new Error(`${where} is neither a folder nor a file:, http: or https: address`);
};

/** The key that is taken over vouches for what it signed. */
const trustOf = ({ keyring, unsigned, anyRelease }: ImportOptions, key: SecretKey | undefined): Trust | undefined => {
  const keys = unsigned ? undefined : keyring === undefined ? key?.publicKey : resolve(keyring);
  if (keys === undefined && !unsigned) return undefined;
  return { verifier: releaseVerifier({ now: Date.now }), keys, rules: { anyRelease, now: Date.now() } };
};

const noTrust = refusal(
  'no-keyring',
  'nothing says whose signature counts',
  'name its public keys by --keyring, or give its secret key by --key; --unsigned takes what nobody vouches for',
);

const isRefused = <A>(found: A | readonly Refusal[]): found is readonly Refusal[] => Array.isArray(found);

const refusedAll = (refusals: readonly Refusal[]): Said => ({
  says: `${refusals.map((each) => `${sentence(each)}\n`).join('')}Nothing was imported\n`,
  isDone: false,
});

const notTaken = ({ refused }: Planned): string =>
  `Nothing was imported: ${refused.length} entries are refused; --skip-refused leaves them out\n`;

const knownIn = ({ contents, uploads }: World, repository: RepositoryId): Refusal | undefined => {
  const isInUse =
    [...contents.packages.keys()].some((key) => key.startsWith(`${repository} `)) ||
    [...uploads.open.values()].some(({ accepted }) => accepted?.repository === repository);
  return isInUse
    ? refusal(
        'repository-in-use',
        `${repository} has packages of its own here`,
        'import into another one: --repository',
      )
    : undefined;
};

const roomFor = async (home: string, files: readonly FoundFile[]): Promise<Refusal | undefined> => {
  const store = fileStore(join(home, 'files'));
  let bytes = 0;
  for (const { sha256, size } of files) if (!(await store.has(sha256))) bytes += size;
  const { free } = await lookAtRoom(home);
  return bytes < free
    ? undefined
    : refusal(
        'no-room',
        `${bytes} bytes are to be copied, and ${home} has room for ${free}`,
        'make room, and import again',
      );
};

const differencesOf = ({ configuration }: World, { configuration: events }: Planned) => {
  const plan = planReconfiguration(configuration, events, { contents: undefined, force: true });
  return isLeft(plan) ? [] : plan.right.differences;
};

const journalOf = (found: Found, plan: Planned, where: string, key: SecretKey | undefined): Journal => ({
  configuration: plan.configuration,
  key: key === undefined ? null : { fingerprint: key.fingerprint, publicKey: key.publicKey },
  secretKey: key?.armored ?? null,
  packages: plan.packages,
  imported: recordOf(found, plan, where),
});
