import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../refusal.ts';
import { binaryConflict, deniedByChecks, inPortions, tooManyBinaries } from './arrivals.ts';
import type { BinNmuInstalled, PackageEvent } from './events.ts';
import { notKept } from './losses.ts';
import { claimed, type Owned, ownedByOthers } from './obstacles.ts';
import type { Package } from './package-state.ts';

export type InstallBinNmu = {
  readonly command: 'InstallBinNmu';
  /** Why checks keep it out, if they do. */
  readonly denied: string | undefined;
} & Owned &
  Omit<BinNmuInstalled, 'type'>;

/** As with an architecture that comes late, what may not be installed is on record then, and nobody asks again. */
export const installBinNmu = (
  { command, ownedElsewhere, denied, ...installed }: InstallBinNmu,
  state: Package,
): Either<Refusal, readonly PackageEvent[]> => {
  const { binaries, ...place } = installed;
  if (state.joined.has(installed.upload)) return right([]);
  const held = claimed(installed.source, state);
  if (held !== undefined) return left(held);
  const refused =
    deniedByChecks(denied) ??
    superseded(installed, state.present.get(installed.distribution)) ??
    notKept(installed.source, installed.version, state) ??
    ownedByOthers(ownedElsewhere) ??
    tooManyBinaries(installed) ??
    nothingNew(installed, state) ??
    binaryConflict(binaries, state);
  if (refused === undefined) return right(inPortions({ type: 'BinNmuInstalled', ...installed }));
  return right([{ type: 'BinNmuRefused', ...place, ...refused }]);
};

/** The rule by which a rebuild is refused that changes nothing: who needs it has what it needs. */
export const nothingNewRule = 'nothing-new';

/** Packages may have versions of their own, and then come out as they were, to the byte. */
const nothingNew = ({ source, version, binaries }: BinNmuPackages, state: Package): Refusal | undefined =>
  binaries.every(({ file }) => state.binaries.get(file.name)?.sha256 === file.sha256)
    ? refusal(
        nothingNewRule,
        `all packages of ${source} ${version} came out as they were, to the byte`,
        'nothing needs to be done; to have others, change the source',
      )
    : undefined;

type BinNmuPackages = Pick<BinNmuInstalled, 'source' | 'version' | 'binaries'>;

/** What is built again has to be what stands there. */
export const superseded = (
  { source, version, distribution }: Pick<BinNmuInstalled, 'source' | 'version' | 'distribution'>,
  present: string | undefined,
): Refusal | undefined =>
  present === version
    ? undefined
    : refusal(
        'superseded',
        `${distribution} holds ${source} ${present === undefined ? 'in no version' : present} by now, not ${version}`,
        'rebuild what stands there, if it needs that too',
      );
