import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Instant } from '../../domain/codec.ts';
import { resolveDistribution, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { Dsc } from '../../domain/debian/dsc.ts';
import type { FileName, SourceName, StoredFile, Version } from '../../domain/debian/names.ts';
import { portId, type UploadId } from '../../domain/ids.ts';
import type { PortOrigin, PortRequested } from '../../domain/port/events.ts';
import { foreignVersion, portedVersion, rebuiltVersion } from '../../domain/port/port-version.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { suiteRefusal } from '../../domain/upload/judge-upload.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { slotOf, versionOf } from '../../projections/contents.ts';
import type { OutdatedPort } from '../../projections/followed-ports.ts';
import type { World } from '../../projections/world.ts';

/** What somebody wants ported, whatever and wherever to. */
export type Wish = Pick<PortRequested, 'askedBy' | 'generation' | 'options' | 'migrates' | 'requestedAt'> & {
  /** Names the wish: the same again is the same ports. */
  readonly id: UploadId;
  /** The ids of the uploads that its ports become, as many as are taken. */
  readonly newUpload: () => UploadId;
};

type Plan = Either<Refusal, readonly PortRequested[]>;

/** Ports of what a distribution of ours holds; into that distribution itself it is a rebuild. All of them, or none. */
export const planPort = (
  world: World,
  source: SourceName,
  from: DistributionName,
  version: Version | undefined,
  to: readonly string[],
  wish: Wish,
): Plan => {
  const origin = resolveDistribution(world.configuration, from);
  if (isLeft(origin)) return origin;
  const held = heldAt(world, source, origin.right);
  if (held === undefined || (version !== undefined && held.version !== version)) {
    return left(notThere(source, version, from, held));
  }
  return planPortOf(world, held, origin.right, to, wish);
};

/** Ports of a version that a distribution has, or had. */
export const planPortOf = (
  world: World,
  { source, version, dsc, sources }: HeldVersion,
  from: Target,
  to: readonly string[],
  wish: Wish,
): Plan => {
  const origin = { kind: 'internal', distribution: from.name } as const;
  return planEach(world, { origin, source, version, files: [dsc, ...sources] }, to, wish, (target) =>
    target.name === from.name
      ? rebuiltVersion(version, stampOf(wish.requestedAt))
      : portedVersion(version, from, target),
  );
};

/** Ports of a source package from elsewhere, as its `.dsc` describes it. */
export const planForeignPort = (
  world: World,
  { origin, dsc, file }: { readonly origin: PortOrigin; readonly dsc: Dsc; readonly file: StoredFile },
  to: readonly string[],
  wish: Wish,
): Plan => {
  const expected = `${dsc.source}_${dsc.version.slice(dsc.version.indexOf(':') + 1)}.dsc`;
  const total = dsc.files.reduce((sum, { size }) => sum + size, 0);
  if (dsc.files.length > most.files || total > most.bytes) return left(tooLarge(file.name, dsc.files.length, total));
  if (file.name !== expected) {
    const fact = `${file.name} is the .dsc of ${dsc.source} ${dsc.version}, which is called ${expected}`;
    return left(refusal('dsc-mismatch', fact, 'give the address of the right .dsc'));
  }
  const files = [file, ...dsc.files.map(({ name, size, sha256 }) => ({ name, size, sha256 }))];
  const original: Original = { origin, source: dsc.source, version: dsc.version, files };
  return planEach(world, original, to, wish, (target) => foreignVersion(dsc.version, target));
};

/** The version that a source package from elsewhere would get in a distribution; else why it may not go there. */
export const versionThere = (
  world: World,
  source: SourceName,
  version: Version,
  name: DistributionName,
): Either<Refusal, Version> => {
  const target = portTarget(world, name);
  return isLeft(target) ? target : taken(world, source, foreignVersion(version, target.right), target.right);
};

/** The same of a version that another distribution of ours has. */
export const versionOfOurs = (
  world: World,
  source: SourceName,
  version: Version,
  from: DistributionName,
  name: DistributionName,
): Either<Refusal, Version> => {
  const origin = resolveDistribution(world.configuration, from);
  if (isLeft(origin)) return origin;
  const target = portTarget(world, name);
  if (isLeft(target)) return target;
  return taken(world, source, portedVersion(version, origin.right, target.right), target.right);
};

/** Whether a port from a distribution of ours may follow to the version that this has by now. */
export const isTaken = (world: World, { port: { requested }, version }: OutdatedPort): boolean => {
  const { origin, source, to } = requested;
  return origin.kind === 'internal' && !isLeft(versionOfOurs(world, source, version, origin.distribution, to));
};

const taken = (world: World, source: SourceName, as: Version, { name: to }: Target): Either<Refusal, Version> => {
  const fault = fitsIn(world, { to, source, as });
  return fault === undefined ? right(as) : left(fault);
};

/** Ports of what we wrote ourselves: `file` holds its tree. */
export const planGenerated = (
  world: World,
  {
    origin,
    source,
    version,
    file,
  }: Pick<PortRequested, 'origin' | 'source' | 'version'> & { readonly file: StoredFile },
  to: readonly string[],
  wish: Wish,
): Plan =>
  planEach(world, { origin, source, version, files: [file] }, to, wish, (target) => foreignVersion(version, target));

/** Files of one source package, and bytes of all of them. */
const most = { files: 150, bytes: 4 * 2 ** 30 };

type Original = Pick<PortRequested, 'origin' | 'source' | 'version' | 'files'>;

const planEach = (
  world: World,
  original: Original,
  to: readonly string[],
  wish: Wish,
  versionFor: (target: Target) => Version,
): Plan => {
  const planned = new Map<DistributionName, PortRequested>();
  for (const name of to) {
    const target = portTarget(world, name);
    if (isLeft(target)) return target;
    const requested = request(original, target.right, versionFor(target.right), wish);
    const fault = fitsIn(world, requested) ?? sameAs(planned.values(), requested);
    if (fault !== undefined) return left(fault);
    planned.set(requested.to, requested);
  }
  return right([...planned.values()]);
};

/** A distribution that a port may go to: any that people upload to. */
const portTarget = ({ configuration }: World, name: string): Either<Refusal, Target> => {
  const target = resolveDistribution(configuration, name);
  if (isLeft(target)) return target;
  const refused = suiteRefusal(target.right, configuration);
  return refused === undefined
    ? target
    : left({ ...refused, remedy: refused.remedy.replace('set Distribution to', 'port to') });
};

const request = (original: Original, { name }: Target, as: Version, wish: Wish): PortRequested => {
  const { id, newUpload, ...asked } = wish;
  return { type: 'PortRequested', port: portId(id, name), upload: newUpload(), ...original, to: name, as, ...asked };
};

const fitsIn = (
  { contents }: World,
  { to, source, as }: Pick<PortRequested, 'to' | 'source' | 'as'>,
): Refusal | undefined => {
  if (as.length > 200)
    return refusal('version-too-long', `${as} has ${as.length} characters, 200 are taken`, 'upload it by hand');
  const { repository } = parseDistribution(to);
  return versionOf(contents, repository, source, as) === undefined
    ? undefined
    : refusal(
        'version-exists',
        `${source} ${as} was installed in repository ${repository} before`,
        'to build the same again, port it into the distribution it is in',
      );
};

/** A version is in a repository once. */
const sameAs = (planned: Iterable<PortRequested>, { to, source, as }: PortRequested): Refusal | undefined => {
  const { repository } = parseDistribution(to);
  const other = [...planned].find(
    (each) => each.to !== to && each.as === as && parseDistribution(each.to).repository === repository,
  );
  return other === undefined
    ? undefined
    : refusal(
        'version-exists',
        `${source} ${as} would be in ${other.to} and in ${to}`,
        'name one distribution of the two',
      );
};

const heldAt = ({ contents }: World, source: SourceName, { name, rollback }: Target): HeldVersion | undefined => {
  const { codename, repository, suite } = parseDistribution(name);
  const slot = slotOf(contents, distributionName({ codename, repository, suite }), source);
  return rollback === undefined ? slot.present : slot.earlier[rollback];
};

/** `20261122101500`. */
const stampOf = (instant: Instant): string => instant.replace(/\D/g, '').slice(0, 14);

const notThere = (
  source: SourceName,
  version: Version | undefined,
  from: DistributionName,
  held: HeldVersion | undefined,
): Refusal =>
  refusal(
    'not-there',
    version === undefined || held === undefined
      ? `${from} has no ${source}`
      : `${from} has ${source} ${held.version}, not ${version}`,
    'see show for what is where',
  );

const tooLarge = (name: FileName, files: number, bytes: number): Refusal =>
  refusal(
    'oversized',
    `${name} lists ${files} files of ${bytes} bytes, at most ${most.files} of ${most.bytes} bytes are fetched`,
    'upload it by hand',
  );
