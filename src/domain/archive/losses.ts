import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { DistributionName } from '../debian/distribution.ts';
import type { Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { FilesLetGo, FilesRemoved, Loss } from '../retention/events.ts';
import type { PackageEvent } from './events.ts';
import { claimed, type Seen, stale } from './obstacles.ts';
import type { Package } from './package-state.ts';

/**
 * Files of a version that stands nowhere go. That it stands in no rollback either, whoever commands has seen at `seen`. What stands in
 * `former` distributions, which the repository has no more, is seen by nobody.
 */
export type LossCommand =
  | ({ readonly command: 'LetGoFiles'; readonly former: readonly DistributionName[] } & Omit<FilesLetGo, 'type'> & Seen)
  | ({ readonly command: 'RemoveFiles' } & Omit<FilesRemoved, 'type'>);

type Decision = Either<Refusal, readonly PackageEvent[]>;

export const letGo = (
  { command, seen, former, ...loss }: Extract<LossCommand, { command: 'LetGoFiles' }>,
  state: Package,
): Decision => {
  if (state.gone.has(withoutEpoch(loss.version))) return right([]);
  const refused = claimed(loss.source, state) ?? stale(seen, state) ?? stillHeld(loss, former, state);
  return refused === undefined ? right([{ type: 'FilesLetGo', ...loss }]) : left(refused);
};

/** Said once for each time that they were let go. */
export const removeFiles = (
  { command, ...removed }: Extract<LossCommand, { command: 'RemoveFiles' }>,
  state: Package,
): Decision =>
  right(state.gone.get(withoutEpoch(removed.version))?.removed === false ? [{ type: 'FilesRemoved', ...removed }] : []);

const stillHeld = (
  { source, version }: Pick<FilesLetGo, 'source' | 'version'>,
  former: readonly DistributionName[],
  { present }: Package,
): Refusal | undefined => {
  const [holder] = [...present].find(([where, held]) => held === version && !former.includes(where)) ?? [];
  return holder === undefined
    ? undefined
    : refusal('still-held', `${holder} holds ${source} ${version}`, 'remove it from there first');
};

/** A version whose files went cannot come back. */
export const notKept = (source: string, version: Version, { gone }: Package): Refusal | undefined => {
  const loss = gone.get(withoutEpoch(version));
  return loss === undefined ? undefined : lost(source, version, loss.because);
};

export const lost = (source: string, version: Version, because: Loss): Refusal =>
  because === 'retention'
    ? refusal(
        'files-let-go',
        `the files of ${source} ${version} were let go, as the retention of the repository says`,
        'upload it again with a version of its own; retention shows what is kept',
      )
    : refusal(
        'files-withdrawn',
        `a file of ${source} ${version} was withdrawn, and with it the version`,
        'upload it again with a version of its own, without what had to go',
      );
