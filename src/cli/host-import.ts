import { readFile, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLeft } from 'fp-ts/lib/Either.js';
import { fileStore } from '../adapters/file-store/file-store.ts';
import { folderSource } from '../adapters/import-source/folder-source.ts';
import { webSource } from '../adapters/import-source/web-source.ts';
import { releaseVerifier } from '../adapters/openpgp/release-verifier.ts';
import { readSecretKey, type SecretKey } from '../adapters/openpgp/secret-key.ts';
import { planReconfiguration } from '../app/configuration/reconfigure.ts';
import { carryOutImport, verifyImport } from '../app/import/carry-out.ts';
import { type Found, findSuites, type Planned, planFound, recordOf, type Wanted } from '../app/import/find.ts';
import { foundInWords } from '../app/import/in-words.ts';
import type { Journal } from '../app/import/journal.ts';
import { changedSuites, type Trust } from '../app/import/read-suite.ts';
import { type Damaged, takeFiles } from '../app/import/take-files.ts';
import { startProjector } from '../app/projector.ts';
import { rehearsal, teller } from '../app/tell.ts';
import { decodeOrThrow } from '../domain/codec.ts';
import { DistributionName } from '../domain/debian/distribution.ts';
import { RepositoryId, type Sha256 } from '../domain/debian/names.ts';
import type { FoundFile } from '../domain/import/found.ts';
import type { Older } from '../domain/import/shelves.ts';
import { type Refusal, refusal, sentence } from '../domain/refusal.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { ImportSource } from '../ports/import-source.ts';
import type { World } from '../projections/world.ts';
import { importHome, isOldHome } from './host-import-home.ts';
import { endImport, isHalfImported, readImport, writeImport } from './import-journal.ts';
import { progressTo } from './progress-line.ts';

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
};

type Said = { readonly says: string; readonly isDone: boolean };
type Say = (line: string) => void;

/** Takes a repository over that others made, and gives what to say. What was broken off is finished first, and nothing else then. */
export const importOnHost = async (
  home: string,
  from: string,
  options: ImportOptions,
  log: EventLog,
): Promise<Said> => {
  const progress = progressTo(process.stderr);
  try {
    const isHome = isOldHome(from);
    const finished = isHalfImported(home) ? await finishBrokenOff(home, options, log, progress.say) : undefined;
    if (finished !== undefined && (options.dryRun || !isHome)) return finished;
    const given = options.key === undefined ? undefined : await readFile(options.key, 'utf8');
    const one = (where: string, key: string | undefined) => importAnew(home, where, options, key, log, progress.say);
    if (!isHome) return await one(from, given);
    const rest = await importHome(from, log, (base, own) => one(base, given ?? own));
    return { ...rest, says: `${finished?.says ?? ''}${rest.says}` };
  } finally {
    progress.end();
  }
};

const finishBrokenOff = async (home: string, { dryRun }: ImportOptions, log: EventLog, say: Say): Promise<Said> => {
  const journal = await readImport(home);
  const [{ from, repository }] = journal.imported;
  if (dryRun) return { says: `the import of ${from} into ${repository} would be finished\n`, isDone: true };
  await finish(home, journal, log, say);
  return {
    says: `the import of ${from} into ${repository} that was broken off is finished: ${sum(journal)}\n`,
    isDone: true,
  };
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
  await key?.keepIn(join(home, 'keys'));
  await writeImport(home, journal);
  await finish(home, journal, log, say);
  return { says: `${says}imported and verified: ${sum(journal)}\n`, isDone: true };
};

type Reading = { readonly from: ImportSource; readonly store: FileStore | undefined; readonly say: Say };

/** Reads files until the plan needs none that was not read: where one is damaged, another version may take the place of its own. */
const planRead = async (
  first: Planned,
  { from, store, say }: Reading,
  planWithout: (damaged: Damaged) => Planned | readonly Refusal[],
): Promise<Planned | readonly Refusal[]> => {
  const damaged = new Map<Sha256, Refusal>();
  const read = new Set<Sha256>();
  let plan = first;
  for (;;) {
    const rest = plan.files.filter(({ sha256 }) => !read.has(sha256));
    if (rest.length === 0) return plan;
    for (const [file, fault] of await takeFiles(from, rest, store, say)) damaged.set(file, fault);
    for (const { sha256 } of rest) read.add(sha256);
    const next = planWithout(damaged);
    if (isRefused(next)) return next;
    plan = next;
  }
};

/** The last look before there is no way back. */
const notIn = async (store: FileStore, files: readonly FoundFile[]): Promise<Refusal | undefined> => {
  for (const { sha256, path } of files)
    if (!(await store.has(sha256)))
      return refusal('absent-file', `${path} is not among the files that were copied`, 'import again');
  return undefined;
};

/** From the first word on there is no way back, only to the end. */
const finish = async (home: string, journal: Journal, log: EventLog, say: Say): Promise<void> => {
  await carryOutImport(
    journal,
    log,
    teller(log, async () => undefined),
    say,
  );
  const { world } = await startProjector(log, (events) => say(`${events} events`));
  const wrong = await verifyImport(journal, world, fileStore(join(home, 'files')));
  if (wrong.length > 0) throw new Error(`What is on record is not what was found: ${wrong.slice(0, 20).join('; ')}`);
  await endImport(home);
};

const wantedOf = ({ repository, suites, map, layout, older, closeGaps }: ImportOptions): Wanted => ({
  suites: suites.split(',').filter((name) => name !== ''),
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
  const { bavail, bsize } = await statfs(home);
  return bytes < bavail * bsize
    ? undefined
    : refusal(
        'no-room',
        `${bytes} bytes are to be copied, and ${home} has room for ${bavail * bsize}`,
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
  packages: plan.packages,
  imported: recordOf(found, plan, where),
});

const sum = ({ imported: [{ sources, versions }] }: Journal): string =>
  `${versions} versions of ${sources} source packages`;
