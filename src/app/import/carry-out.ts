import { isLeft } from 'fp-ts/lib/Either.js';
import type { ImportPackage } from '../../domain/archive/imported.ts';
import type { DaemonCommand } from '../../domain/command.ts';
import type { Sha256, Version } from '../../domain/debian/names.ts';
import type { RepositoryImported } from '../../domain/import/events.ts';
import { sentence } from '../../domain/refusal.ts';
import { repositoryStream } from '../../domain/stream.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import { occupants, slotOf } from '../../projections/contents.ts';
import { filesOf } from '../../projections/needed-files.ts';
import type { World } from '../../projections/world.ts';
import { eventsOf } from '../events-of.ts';
import type { Journal } from './journal.ts';

type Log = Pick<EventLog, 'readStream'>;

/** Says everything of an import that is not said yet. Done again, it goes on; done once more, it says nothing. */
export const carryOutImport = async (
  { configuration, key, packages, imported }: Journal,
  log: Log,
  tell: Tell,
  progress: (line: string) => void,
): Promise<void> => {
  const because = becauseOf(imported[0]);
  const say = async (command: DaemonCommand): Promise<number> => {
    const told = await tell(command, because);
    if (isLeft(told)) throw new Error(sentence(told.left));
    return told.right.length;
  };
  for (const event of configuration) await say({ command: 'Configure', event });
  if (key !== null) await say({ command: 'AddArchiveKey', ...key });
  for (const [index, member] of packages.entries()) {
    while ((await say(member)) > 0);
    progress(`${index + 1} of ${packages.length} source packages`);
  }
  for (const event of imported.slice(await onRecord(imported[0], log))) await say({ command: 'Report', event });
};

/** Everything that is said of an import has the same. */
export const becauseOf = ({ import: id }: Pick<RepositoryImported, 'import'>): Because => ({
  actor: { kind: 'administrator', name: 'host' },
  causedBy: undefined,
  correlation: `import-${id}`,
});

/** How much of the record is there. */
const onRecord = async ({ import: id, repository }: RepositoryImported, log: Log): Promise<number> =>
  (await eventsOf(log, repositoryStream(repository))).filter(
    (event) => event.type === 'RepositoryImported' && event.import === id,
  ).length;

/** What the log makes of the import other than was found, a line each: nothing, unless something is wrong with us. */
export const verifyImport = async (
  { packages }: Pick<Journal, 'packages'>,
  { contents }: Pick<World, 'contents'>,
  files: Pick<FileStore, 'has'>,
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const { source, versions, slots } of packages) {
    const wanted = new Map(versions.map((each) => [each.version, [...shasOf(each)].sort().join()]));
    for (const { distribution, occupants: found, isPresent } of slots) {
      const slot = slotOf(contents, distribution, source);
      const held = occupants(slot).toReversed();
      const isSame =
        (slot.present !== undefined) === isPresent &&
        held.map(({ version }) => version).join() === found.join() &&
        held.every((each) => shasOfHeld(each) === wanted.get(each.version));
      if (!isSame)
        wrong.push(`${distribution} holds ${source} as ${inOrder(held)}, and it was found as ${found.join(' ')}`);
    }
    for (const each of versions)
      for (const sha256 of shasOf(each))
        if (!(await files.has(sha256)))
          wrong.push(`${source} ${each.version} names ${sha256}, which is not in the store`);
  }
  return wrong;
};

const shasOf = ({ dsc, sources, binaries }: ImportPackage['versions'][number]): readonly Sha256[] =>
  [dsc, ...sources, ...binaries.map(({ file }) => file)].map(({ sha256 }) => sha256);

const shasOfHeld = (held: HeldVersion): string =>
  filesOf(held)
    .map(({ sha256 }) => sha256)
    .sort()
    .join();

const inOrder = (held: readonly { readonly version: Version }[]): string =>
  held.length === 0 ? 'nothing' : held.map(({ version }) => version).join(' ');
