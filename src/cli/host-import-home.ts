import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { fileStore } from '../adapters/file-store/file-store.ts';
import { secretKeysIn } from '../adapters/import-source/gnupg-home.ts';
import { importScratch } from '../adapters/import-source/leftovers.ts';
import { configurationTold, oldObjects } from '../adapters/import-source/mini-buildd-database.ts';
import { openpgpKeyring } from '../adapters/openpgp/openpgp-keyring.ts';
import { readSecretKey } from '../adapters/openpgp/secret-key.ts';
import { sqlitePeople } from '../adapters/people/sqlite-people.ts';
import { readConfiguration } from '../app/configuration/read-configuration.ts';
import { eventsOf } from '../app/events-of.ts';
import { type OldObjects, takeOldObjects } from '../app/import/old-objects.ts';
import { accountReader, rehearsal, teller } from '../app/tell.ts';
import { reasonOf } from '../domain/reason.ts';
import { sentence } from '../domain/refusal.ts';
import { repositoryStream } from '../domain/stream.ts';
import type { EventLog } from '../ports/event-log.ts';
import { peopleFile } from '../settings.ts';
import type { Said } from './host-import-end.ts';

/** Whether a folder is the home of a mini-buildd 1.1 or 2, which keeps a base of reprepro for each repository. */
export const isOldHome = (from: string): boolean =>
  !existsSync(join(from, 'dists')) && existsSync(join(from, 'repositories'));

/**
 * Takes over each repository of an old home in turn, by its archive key. Those that an earlier run brought are passed over, one that is refused
 * holds up no other; and what is not taken over is told.
 */
export const importHome = async (
  from: string,
  home: string,
  log: EventLog,
  isDryRun: boolean,
  one: (base: string, armoredKey: string | undefined) => Promise<Said>,
): Promise<Said> => {
  const key = await keyOf(from, importScratch(home));
  const told = [...key.notes];
  let isDone = true;
  for (const repository of await repositoriesIn(from)) {
    const base = join(resolve(from), 'repositories', repository);
    told.push(`--- ${repository}\n`);
    if (await isImported(log, repository, base)) {
      told.push('is there already\n');
      continue;
    }
    const said = await one(base, key.armored);
    told.push(said.says);
    isDone &&= said.isDone;
  }
  const others = await takeOthers(from, home, log, isDryRun);
  return { says: [...told, ...others, ...notTaken(from)].join(''), isDone };
};

const repositoriesIn = async (from: string): Promise<readonly string[]> =>
  (await readdir(join(from, 'repositories'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && existsSync(join(entry.parentPath, entry.name, 'dists')))
    .map(({ name }) => name)
    .sort();

const isImported = async (log: EventLog, repository: string, base: string): Promise<boolean> =>
  (await eventsOf(log, repositoryStream(repository))).some(
    (event) => event.type === 'RepositoryImported' && event.from === base,
  );

type OwnKey = { readonly armored: string | undefined; readonly notes: readonly string[] };

/** A key that cannot sign here is left out, and that is told. */
const keyOf = async (from: string, scratch: string): Promise<OwnKey> => {
  try {
    const armored = await secretKeysIn(join(from, '.gnupg'), scratch);
    const key = await readSecretKey(armored);
    return isLeft(key)
      ? withoutKey(`not taken over: the archive key in .gnupg: ${sentence(key.left)}`)
      : { armored, notes: [] };
  } catch (error) {
    return withoutKey(`not readable: the archive key in .gnupg: ${reasonOf(error)}`);
  }
};

const withoutKey = (fact: string): OwnKey => ({
  armored: undefined,
  notes: [`${fact}; give one by --key, or only public halves by --keyring\n`],
});

/** People who upload, other instances, chroots: after the repositories, whatever became of these. */
const takeOthers = async (from: string, home: string, log: EventLog, isDryRun: boolean): Promise<readonly string[]> => {
  const found = foundIn(join(from, 'config.sqlite'));
  if (found === undefined) return [];
  const people = sqlitePeople(peopleFile({ home }), Date.now);
  try {
    const lines = await takeOldObjects(found, {
      configuration: await readConfiguration(log),
      people,
      read: accountReader(log),
      keys: openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now }),
      files: isDryRun ? undefined : fileStore(join(home, 'files')),
      tell: isDryRun ? rehearsal(log) : teller(log, async () => undefined),
    });
    return lines.length === 0 ? [] : [`--- ${isDryRun ? 'would be ' : ''}taken over besides\n`, ...lines];
  } finally {
    people.close();
  }
};

/** A database that cannot be read is told of below. */
const foundIn = (file: string): OldObjects | undefined => {
  try {
    return existsSync(file) ? oldObjects(file) : undefined;
  } catch {
    return undefined;
  }
};

/** What the configuration says besides: some of it can be set up by hand. */
const notTaken = (from: string): readonly string[] => {
  const file = join(from, 'config.sqlite');
  if (!existsSync(file)) return ['not readable: there is no config.sqlite\n'];
  try {
    const told = configurationTold(file).filter(({ lines }) => lines.length > 0);
    return [
      '--- not taken over\n',
      ...told.flatMap(({ what, lines }) => lines.map((line) => `${what}: ${line}\n`)),
      'Sources and codenames: mini-buildd setup --vendors; other accounts: their people register, see the manual\n',
    ];
  } catch (error) {
    return [`not readable: config.sqlite: ${reasonOf(error)}\n`];
  }
};
