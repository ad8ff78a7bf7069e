import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ulid } from 'ulid';
import { instant } from '../../domain/codec.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import { type UploadId, wishOfPort } from '../../domain/ids.ts';
import type { PortOutdated, PortOvertaken, PortRequested } from '../../domain/port/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { slotOf } from '../../projections/contents.ts';
import type { FollowedPort, OvertakenPort } from '../../projections/followed-ports.ts';
import type { World } from '../../projections/world.ts';
import { type FetchParts, fetchDsc } from './fetch-dsc.ts';
import { planForeignPort, planPortOf, type Wish } from './plan-port.ts';

type Plan = Either<Refusal, PortRequested>;

/** The port that an overtaken one comes to, with the options that it had: what the `.dsc` in the signed lists is, or what the distribution of ours holds. */
export const planUpdate = async (
  { requested, overtaken }: OvertakenPort,
  parts: FetchParts & { readonly files: Pick<FileStore, 'put'>; readonly now: () => number },
): Promise<Plan> => {
  const wish = wishOf(requested, overtaken, parts.now());
  const planned =
    overtaken.type === 'PortOvertaken' ? await ofOthers(overtaken, wish, parts) : ofOurs(overtaken, wish, parts.world);
  if (isLeft(planned)) return planned;
  const [port] = planned.right;
  return port?.port === overtaken.next
    ? right(port)
    : left(refusal('not-there', `${overtaken.to} is not what it was`, 'port it by hand'));
};

/** Ports that were set off by this one would be asked for twice: they are followed themselves. */
const wishOf = ({ options }: FollowedPort['requested'], { next }: PortOvertaken | PortOutdated, now: number): Wish => ({
  id: wishOfPort(next),
  newUpload: () => ulid(now) as UploadId,
  askedBy: null,
  generation: 1,
  options: options.filter((option) => !option.startsWith('auto-ports')),
  migrates: false,
  requestedAt: instant(Math.floor(now / 1000) * 1000),
});

const ofOthers = async (
  { url, sha256, source, version, to }: PortOvertaken,
  wish: Wish,
  parts: FetchParts & { readonly files: Pick<FileStore, 'put'> },
): Promise<Either<Refusal, readonly PortRequested[]>> => {
  const found = await fetchDsc(url, parts);
  if (isLeft(found)) return found;
  const { toBe, dsc, signature } = found.right;
  if (toBe.file.sha256 !== sha256 || dsc.source !== source || dsc.version !== version) {
    const fact = `${url} is not what the signed list of its archive says it is`;
    return left(refusal('dsc-mismatch', fact, 'look at it, and port it by hand'));
  }
  const origin = { kind: 'external', url, signature } as const;
  const plan = planForeignPort(parts.world, { origin, dsc, file: toBe.file }, [to], wish);
  if (!isLeft(plan)) await toBe.keep(parts.files);
  return plan;
};

const ofOurs = (
  { from, source, version, to }: PortOutdated,
  wish: Wish,
  world: World,
): Either<Refusal, readonly PortRequested[]> => {
  const origin = resolveDistribution(world.configuration, from);
  if (isLeft(origin)) return origin;
  const held = slotOf(world.contents, from, source).present;
  return held?.version === version
    ? planPortOf(world, held, origin.right, [to], wish)
    : left(refusal('not-there', `${from} does not have ${source} ${version} any more`, 'port another version'));
};
