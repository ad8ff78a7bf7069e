import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type DistributionName, parseDistribution } from '../debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import type { ChangeId } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ContentEvent, PackageAged, PackageClaimed, PackageEvent, PackageReleased, Step } from './events.ts';
import { notKept } from './losses.ts';
import { claimed, type Owned, otherCodename, ownedByOthers, type Seen, stale } from './obstacles.ts';
import { evolvePackage, isSameRebuild, type Package } from './package-state.ts';

/** Life after installing: a step of its own, or the part that a change over several steps has in this package. */
export type StepCommand =
  | ({ readonly command: 'TakeStep'; readonly step: Step; readonly age?: Age } & About & Seen & Owned)
  | ({ readonly command: 'ClaimPackage' } & Omit<PackageClaimed, 'type'> & Seen & Owned)
  | ({ readonly command: 'SettlePackage' } & Omit<PackageReleased, 'type'>)
  | ({ readonly command: 'ReleasePackage' } & Omit<PackageReleased, 'type'>);

/** How long it lay where it migrates from, where that is why it does. */
type Age = Pick<PackageAged, 'lay' | 'asked' | 'publication' | 'publishedAt'>;

type About = { readonly repository: RepositoryId; readonly source: SourceName };

type Decision = Either<Refusal, readonly PackageEvent[]>;
type Of<C extends StepCommand['command']> = Extract<StepCommand, { command: C }>;

export const takeStep = (
  { step, repository, source, seen, ownedElsewhere, age }: Of<'TakeStep'>,
  state: Package,
): Decision => {
  const about = { repository, source, change: null };
  const refused = hindrance(about, seen, ownedElsewhere, state) ?? misfit(about, [step], state);
  return refused === undefined
    ? right([...agedOf(step, repository, source, age), eventOf(step, about)])
    : left(refused);
};

const agedOf = (
  step: Step,
  repository: RepositoryId,
  source: SourceName,
  age: Age | undefined,
): readonly PackageAged[] =>
  age === undefined || step.deed !== 'migrate'
    ? []
    : [{ type: 'PackageAged', repository, source, version: step.version, distribution: step.from, ...age }];

/** All steps fit one after the other, and from now on nobody else changes anything here. */
export const claim = ({ command, seen, ownedElsewhere, ...part }: Of<'ClaimPackage'>, state: Package): Decision => {
  if (state.claim?.change === part.change) return right([]);
  const refused = hindrance(part, seen, ownedElsewhere, state) ?? misfit(part, part.steps, state);
  return refused === undefined ? right([{ type: 'PackageClaimed', ...part }]) : left(refused);
};

/** The change was completed: its steps are so. */
export const settle = ({ command, ...about }: Of<'SettlePackage'>, { claim: held }: Package): Decision =>
  right(held?.change === about.change ? held.steps.map((step) => eventOf(step, about)) : []);

export const releasePackage = ({ command, ...about }: Of<'ReleasePackage'>, { claim: held }: Package): Decision =>
  right(held?.change === about.change ? [{ type: 'PackageReleased', ...about }] : []);

/** Where a step changes what is there; of a removal from a rollback distribution: that. */
export const placeOf = (step: Step): DistributionName => (step.deed === 'migrate' ? step.to : step.distribution);

/** What history says once a step is done. */
export const eventOf = (step: Step, about: About & { readonly change: ChangeId | null }): ContentEvent => {
  const { change, ...owner } = about;
  switch (step.deed) {
    case 'migrate':
      return { type: 'PackageMigrated', ...owner, version: step.version, from: step.from, to: step.to, change };
    case 'remove':
      return { type: 'PackageRemoved', ...owner, version: step.version, distribution: step.distribution, change };
    case 'restore':
      return {
        type: 'PackageRestored',
        ...owner,
        version: step.version,
        distribution: step.distribution,
        from: step.from,
        change,
      };
  }
};

const hindrance = (
  { source }: About,
  seen: number,
  owned: Owned['ownedElsewhere'],
  state: Package,
): Refusal | undefined => claimed(source, state) ?? stale(seen, state) ?? ownedByOthers(owned);

/** Each step is held against what the one before leaves. */
const misfit = (about: About, [step, ...rest]: readonly Step[], state: Package): Refusal | undefined => {
  if (step === undefined) return undefined;
  const after = evolvePackage(state, eventOf(step, { ...about, change: null }));
  return obstacle(about.source, step, state) ?? misfit(about, rest, after);
};

const obstacle = (source: SourceName, step: Step, state: Package): Refusal | undefined => {
  switch (step.deed) {
    case 'migrate':
      return (
        absent(state, source, step.version, step.from) ??
        (isSameRebuild(state, step.from, step.to) ? alreadyThere(state, source, step.version, step.to) : undefined)
      );
    case 'remove': {
      const isRollback = parseDistribution(step.distribution).rollback !== undefined;
      return isRollback ? undefined : absent(state, source, step.version, step.distribution);
    }
    case 'restore':
      return (
        alreadyThere(state, source, step.version, step.distribution) ??
        otherCodename(source, step.version, state.arrivedIn.get(withoutEpoch(step.version)), step.distribution) ??
        notKept(source, step.version, state)
      );
  }
};

const absent = (
  { present }: Package,
  source: string,
  version: Version,
  distribution: DistributionName,
): Refusal | undefined =>
  present.get(distribution) === version
    ? undefined
    : refusal(
        'not-there',
        `${distribution} holds ${source} ${present.get(distribution) ?? 'in no version'}, not ${version}`,
        'see show for what is where',
      );

const alreadyThere = (
  { present }: Package,
  source: string,
  version: Version,
  distribution: DistributionName,
): Refusal | undefined =>
  present.get(distribution) === version
    ? refusal('already-there', `${distribution} holds ${source} ${version} already`, 'nothing needs to be done')
    : undefined;
