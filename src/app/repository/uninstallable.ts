import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { instant } from '../../domain/codec.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import type { SourceConfigured } from '../../domain/configuration/events.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Archive } from '../../ports/archive.ts';
import type { Installability } from '../../ports/installability.ts';
import { publicationInSlices } from '../../projections/publication-of.ts';
import { inSlices } from '../../projections/slices.ts';
import type { World } from '../../projections/world.ts';
import { itemsOf } from '../pages/blocks.ts';
import type { Effect, Looks, Trial } from './looked-once.ts';
import type { Plan } from './plan.ts';

export type Examiner = {
  readonly world: World;
  readonly archive: Pick<Archive, 'packages'>;
  readonly installability: Installability;
  /** Where somebody may look again at the same. */
  readonly looks?: Looks;
};

/** Packages of the distributions of a plan that could be installed before it and not after it. */
export const uninstallableAfter = async (plan: Plan, examiner: Examiner): Promise<readonly Effect[]> => {
  const { world } = examiner;
  const published = await inSlices(publicationInSlices(world, plan.repository, instant(0)));
  const trials = (published?.distributions ?? []).flatMap((before): readonly Trial[] => {
    const holds = plan.after.get(before.name);
    if (holds === undefined) return [];
    const after = { ...before, holds: itemsOf(holds) };
    return [{ repository: plan.repository, before, after, beside: sourcesBeside(world, before.name) }];
  });
  const look = async (): Promise<readonly Effect[]> => {
    const effects: Effect[] = [];
    for (const trial of trials) effects.push(...(await effectsOn(trial, examiner)));
    return effects;
  };
  return examiner.looks === undefined ? look() : examiner.looks(trials, look);
};

const effectsOn = async (
  { repository, before, after, beside }: Trial,
  { archive, installability }: Pick<Examiner, 'archive' | 'installability'>,
): Promise<readonly Effect[]> => {
  const packages = await archive.packages(repository, after);
  const were = await archive.packages(repository, before);
  const effects: Effect[] = [];
  for (const [architecture, text] of packages) {
    const about = { distribution: before.name, architecture };
    const will = await installability.examine({ architecture, packages: text, beside });
    if ('unknown' in will || will.broken.length === 0) {
      effects.push({ ...about, ...will });
      continue;
    }
    const was = await installability.examine({
      architecture,
      packages: were.get(architecture) ?? Buffer.alloc(0),
      beside,
    });
    const broken = new Set('broken' in was ? was.broken.map((each) => each.package) : []);
    effects.push({ ...about, broken: will.broken.filter((each) => !broken.has(each.package)) });
  }
  return effects;
};

const sourcesBeside = ({ configuration }: World, name: DistributionName): readonly SourceConfigured[] => {
  const target = resolveDistribution(configuration, name);
  if (isLeft(target)) return [];
  const { base, extras } = target.right.distribution;
  return [base, ...extras.map(({ source }) => source)].flatMap((id) => configuration.sources.get(id) ?? []);
};

/** So many packages are named to a person. */
const mostNamed = 20;

/** For a person, a line each. What nothing is wrong with says nothing. */
export const effectLines = (effects: readonly Effect[]): readonly string[] =>
  effects.flatMap((effect) => {
    const about = `${effect.distribution} on ${effect.architecture}`;
    if ('unknown' in effect) return [`${about}: whether all can be installed is unknown: ${effect.unknown}`];
    const named = effect.broken
      .slice(0, mostNamed)
      .map((each) => `${about}: ${each.package} ${each.version} could not be installed any more: ${each.because}`);
    const more = effect.broken.length - named.length;
    return more > 0 ? [...named, `${about}: ${more} more could not be installed any more`] : named;
  });

/** Refuses for what is known to break; what cannot be told is said and hinders nobody. */
export const refusedFor = (effects: readonly Effect[]): Either<Refusal, undefined> => {
  const [first] = effects.filter((effect) => 'broken' in effect && effect.broken.length > 0);
  return first === undefined
    ? right(undefined)
    : left(
        refusal(
          'uninstallable',
          effectLines([first]).join('; '),
          'change what it needs with it, or say --installability warn',
        ),
      );
};
