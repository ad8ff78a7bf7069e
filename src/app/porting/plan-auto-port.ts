import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ulid } from 'ulid';
import { instant } from '../../domain/codec.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import type { UploadId } from '../../domain/ids.ts';
import { readPortOptions, usualPortOptions } from '../../domain/port/changelog-entry.ts';
import type { PortRequested } from '../../domain/port/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { AutoPort } from '../../projections/auto-ports.ts';
import { versionOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { planPortOf } from './plan-port.ts';

/**
 * Ports in a row that an upload may set off. What `auto-ports` makes has no such option itself; only a person who asks for a port with it makes a
 * second generation, and nothing makes a third.
 */
const mostGenerations = 2;

/** The port that an upload asked for by `auto-ports`, of the very version it installed, whatever has become of it since. */
export const planAutoPort = (
  world: World,
  { port, to, installed, generation }: AutoPort,
  now: number,
): Either<Refusal, PortRequested> => {
  if (generation > mostGenerations) return left(tooFar(to));
  const { upload, repository, source, version, distribution } = installed;
  const held = versionOf(world.contents, repository, source, version);
  const from = resolveDistribution(world.configuration, distribution);
  const options = readPortOptions(usualPortOptions);
  if (isLeft(from)) return from;
  if (isLeft(options)) return options;
  if (held === undefined) {
    return left(refusal('not-there', `${repository} has no ${source} ${version} any more`, 'port another version'));
  }
  const plan = planPortOf(world, held, from.right, [to], {
    id: upload,
    newUpload: () => ulid(now) as UploadId,
    askedBy: upload,
    generation,
    options: options.right,
    migrates: false,
    requestedAt: instant(Math.floor(now / 1000) * 1000),
  });
  if (isLeft(plan)) return plan;
  const [requested] = plan.right;
  return requested?.port === port
    ? right(requested)
    : left(refusal('not-there', `${to} is not what it was`, 'port it by hand'));
};

const tooFar = (to: string): Refusal =>
  refusal(
    'too-many-generations',
    `the port to ${to} would be the last of more than ${mostGenerations} in a row`,
    'ask for it by the command port',
  );
