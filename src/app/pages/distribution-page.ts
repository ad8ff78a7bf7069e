import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { newestKey } from '../../domain/archive-key/archive-keys.ts';
import { type Instant, instant } from '../../domain/codec.ts';
import { keyFile, keyringPackage } from '../../domain/configuration/apt-sources.ts';
import { siblingOf, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import { slotOf, storyKnown } from '../../projections/contents.ts';
import { formerSuites } from '../../projections/former-distributions.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import { dputConfiguration } from '../commands/snippets.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';
import { aptLines, pastLines } from './apt-lines.ts';
import { haveAtHand } from './at-hand.ts';
import { type Blocks, countItems, itemsOf } from './blocks.ts';
import { byItself } from './by-itself.ts';
import { type AskedAt, type DistributionAt, distributionAt } from './distribution-at.ts';
import { ofSource } from './held-by-name.ts';
import { type ListAsked, pageOf, sorting } from './listing.ts';
import { calledSo } from './names-held.ts';
import { type Place, placeOf } from './target-of.ts';
import { buildSourcesOf, versionsOf } from './target-rules.ts';
import { whenOf } from './when.ts';
import { whyItStays } from './why-it-stays.ts';

type Asked = AskedAt & ListAsked;

/** One distribution, now or as apt saw it; `undefined` for one that its repository does not have and apt never saw. */
export const distributionPage = (world: World, past: Pick<PastStatesByTime, 'publication' | 'state'>) => {
  haveAtHand(world);
  const sorted = sorting<HeldVersion>();
  return async (asked: Asked): Promise<Either<NotServed, DistributionPage> | undefined> => {
    const place = placeOf(world, asked.repository, asked.distribution);
    if (place === undefined) return undefined;
    const found = await distributionAt(world, past, asked);
    if (isLeft(found)) return found;
    return right(modelOf(world, asked, place, found.right, sorted));
  };
};

type DistributionPage = ReturnType<typeof modelOf>;

const modelOf = (
  world: World,
  { repository, distribution, name, sort, page }: Asked,
  { target, former }: Place,
  { holds, publication }: DistributionAt,
  sorted: ReturnType<typeof sorting<HeldVersion>>,
) => {
  const { configuration } = world;
  const { rollback } = parseDistribution(distribution);
  const isNow = publication === undefined && rollback === undefined;
  const isThere = former === undefined;
  const isUploadable = isThere && target.suite.uploadable && rollback === undefined;
  const when = whenOf(world, repository, publication, former?.last);
  const called = name === '' ? itemsOf(holds) : calledSo(holds, name);
  const list = pageOf(
    sorted(
      holds,
      called,
      sort,
      ({ source }) => storyKnown(world.contents, repository, source),
      isNow ? ({ source }) => slotOf(world.contents, distribution, source).since : undefined,
    ),
    page,
  );
  return {
    repository: repository as string,
    distribution: distribution as string,
    suite: target.suite.suite as string,
    codename: target.distribution.codename as string,
    rollback,
    ended: former?.ended,
    uploadable: isUploadable,
    experimental: target.suite.experimental,
    migratesTo:
      target.suite.migratesTo &&
      (distributionName({ ...parseDistribution(target.name), suite: target.suite.migratesTo }) as string),
    migratesAfterDays: target.suite.migratesAfterDays,
    components: target.distribution.components as readonly string[],
    architectures: target.distribution.architectures.map(({ architecture }) => architecture as string),
    versions: versionsOf(target),
    buildSources: buildSourcesOf(target),
    siblings: siblingsOf(world, target, !isThere),
    when,
    sources: isThere ? sourcesOf(world, target, rollback) : [],
    past: when.time === undefined ? undefined : pastLines(configuration, target, distribution, repository, when.time),
    dput: isUploadable ? dputConfiguration(configuration) : undefined,
    key: keyOf(world, holds),
    held: countItems(holds),
    name,
    sort,
    ...list,
    items: list.items.map((held) => ({
      ...rowOf(world, repository, target, held, isThere && publication !== undefined),
      since: isNow ? cameHere(world, distribution, held) : undefined,
      ...onward(world, target, held, isNow),
    })),
  };
};

const cameHere = (
  { contents }: World,
  distribution: DistributionName,
  { source }: HeldVersion,
): Instant | undefined => {
  const { since } = slotOf(contents, distribution, source);
  return since === undefined ? undefined : instant(since);
};

/** How apt is told of it, and of its rollbacks. */
const sourcesOf = ({ configuration }: World, target: Target, rollback: number | undefined) => [
  aptLines(configuration, target, rollback),
  ...(rollback === undefined
    ? Array.from({ length: target.suite.rollbacks }, (_, nth) => aptLines(configuration, target, nth))
    : []),
];

/** Of one that is there no more, those that went with it as well. */
const siblingsOf = ({ configuration, former }: World, { repository, name }: Target, isFormer: boolean) => {
  const { codename } = parseDistribution(name);
  const present = configuration.repositories.get(repository.repository);
  return [
    ...(present === undefined ? [] : suitesOf(configuration, present)),
    ...(isFormer ? formerSuites(former, repository.repository).map(({ target }) => target) : []),
  ]
    .filter(({ distribution }) => distribution.codename === codename)
    .map((sibling) => sibling.name as string);
};

/** What signs it, and the package that brings the key, where it holds that. */
const keyOf = ({ configuration }: World, holds: Blocks<HeldVersion>) => {
  const source = keyringPackage(configuration);
  return {
    fingerprint: newestKey(configuration.archiveKeys)?.fingerprint as string | undefined,
    file: keyFile(configuration),
    package: source as string,
    packageVersion: ofSource(holds, source)?.version as string | undefined,
  };
};

/** What the suite that packages migrate to has of one, and why it would not migrate; only asked of what is there now. */
const onward = (world: World, target: Target, held: HeldVersion, isNow: boolean) => {
  const { migratesTo } = target.suite;
  if (!isNow || migratesTo === null) return { next: undefined, stays: undefined, byItself: undefined };
  const there = slotOf(world.contents, siblingOf(target, migratesTo), held.source);
  return {
    next: there.present?.version as string | undefined,
    stays: whyItStays(target, held, world),
    byItself: byItself(world, target, held),
  };
};

const rowOf = (
  { contents, retention }: World,
  repository: RepositoryId,
  { name }: Target,
  { source, version, component, binaries }: HeldVersion,
  isPast: boolean,
) => ({
  source: source as string,
  version: version as string,
  component: component as string,
  binaries: new Set(binaries.map((binary) => binary.package)).size,
  architectures: [...new Set(binaries.map(({ architecture }) => architecture as string))].sort(),
  /** What stands there now instead, asked of the past. */
  now: isPast ? (slotOf(contents, name, source).present?.version as string | undefined) : undefined,
  isLost: lossOf(retention, repository, source, version) !== undefined,
});
