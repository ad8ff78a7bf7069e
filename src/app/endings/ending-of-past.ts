import type { RepositoryId } from '../../domain/debian/names.ts';
import { keepsEverything, type SnapshotLabel } from '../../domain/retention/events.ts';
import type { Ending } from '../../ports/api.ts';
import type { World } from '../../projections/world.ts';
import { type Outlook, type OutlookRow, outlookOf } from '../retention/outlook.ts';
import type { HeldThen } from '../snapshots/past-states.ts';
import { counted, ifAny, some } from './words.ts';

type Parts = { readonly world: World; readonly heldThen: HeldThen; readonly now: () => number };

/** What releasing a named past state puts an end to. */
export const endingOfSnapshot = async (
  repository: RepositoryId,
  label: SnapshotLabel,
  { world, heldThen, now }: Parts,
): Promise<Ending> => {
  const policy = world.configuration.retention.get(repository) ?? keepsEverything(repository);
  const { kept } = await outlookOf(world, heldThen, policy, now());
  const onlyHere = kept.filter(({ names }) => names.length === 1 && names[0] === label);
  const others = (world.retention.named.get(repository)?.size ?? 1) - 1;
  return {
    goes: [`The name ${label}, and that files are kept for it.`],
    depends: some(
      onlyHere.map((row) => `${inWords(row)} is kept for no other name: retention may let it go from then on.`),
    ),
    stays: [
      'The past state itself stays on record, and can be looked at as long as its files are there.',
      ...ifAny(others, `${counted(others, 'other named state')} of ${repository}.`),
    ],
  };
};

/** What a policy of retention lets go, and what keeps the rest. */
export const endingOfRetention = ({ due, kept }: Outlook): Ending => {
  const named = kept.filter(({ names }) => names.length > 0);
  return {
    goes:
      due.length === 0
        ? ['Nothing now; later, what it does not keep any more.']
        : some(due.map((row) => `${inWords(row)}: ${counted(row.files, 'file')}, ${row.bytes} bytes.`)),
    depends: ifAny(due.length, 'Past states that held it: apt is told there that it is gone.'),
    stays: [
      'What stands in a suite or a rollback.',
      ...ifAny(kept.length - named.length, `${counted(kept.length - named.length, 'old version')} for now.`),
      ...some(named.map((row) => `${inWords(row)}, for ${row.names.join(', ')}.`)),
    ],
  };
};

/** What withdrawing a file puts an end to. */
export const endingOfFile = (
  name: string,
  versions: readonly { readonly repository: string; readonly source: string; readonly version: string }[],
): Ending => ({
  goes: [
    `The bytes of ${name}, in the store and in every pool, for good.`,
    ...some(
      versions.map(({ repository, source, version }) => `${source} ${version} of ${repository}, which needs it.`),
    ),
  ],
  depends: [
    'Past states that held it: apt is told there that it is gone.',
    ...ifAny(versions.length, 'These versions cannot be restored, migrated or ported any more.'),
  ],
  stays: ['Its hash, its name and the reason stay on record.'],
});

const inWords = ({ source, version }: OutlookRow): string => `${source} ${version}`;
