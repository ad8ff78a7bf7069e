import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { ulid } from 'ulid';
import { instant } from '../../domain/codec.ts';
import type { Actor, UploadId } from '../../domain/ids.ts';
import { readPortOptions } from '../../domain/port/changelog-entry.ts';
import type { PortRequested } from '../../domain/port/events.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { streamOf } from '../../domain/stream.ts';
import type { Signature } from '../../domain/upload/events.ts';
import type { Answer } from '../../ports/api.ts';
import type { Voice } from '../../ports/tell.ts';
import { slotOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import type { Wish } from '../porting/plan-port.ts';
import { heard } from './deed.ts';

/** What a person wishes for now. `options` have `|` between them. */
export const wishFor = (options: string, now: number): Either<Refusal, Wish> => {
  const read = readPortOptions(options);
  if (isLeft(read)) return read;
  const newUpload = (): UploadId => ulid(now) as UploadId;
  return right({
    id: newUpload(),
    newUpload,
    askedBy: null,
    generation: 1,
    options: read.right,
    migrates: false,
    requestedAt: instant(Math.floor(now / 1000) * 1000),
  });
};

/** Requests what was planned, and says so. */
export const requestAll = async (
  plan: readonly PortRequested[],
  given: { readonly 'dry-run': boolean },
  actor: Actor,
  parts: Voice & { readonly world: World },
): Promise<Either<Refusal, Answer>> => {
  const isDryRun = given['dry-run'];
  const [correlation, tell] = [plan[0]?.upload ?? '', heard(parts, given)];
  const was = plan.map((each) => presentOf(each, parts.world));
  for (const requested of plan) {
    const told = await tell({ command: 'RequestPort', requested }, { actor, causedBy: undefined, correlation });
    if (isLeft(told)) return told;
  }
  const rows = plan.map(({ port: id, source, version, to, as, upload, origin }) => ({
    port: id,
    source,
    version,
    distribution: to,
    as,
    upload,
    signature: origin.kind === 'external' ? describeSignature(origin.signature) : null,
  }));
  return right({
    json: { done: !isDryRun, ports: rows },
    plain: rows.map((row) => plain(row, isDryRun)).join(''),
    // What we write ourselves has the time for its version, and so has what a rebuild becomes.
    basis: plan.map(({ origin, source, version, to }, index) => ({
      source,
      version: origin.kind === 'internal' || origin.kind === 'external' ? version : null,
      to,
      signature: rows[index]?.signature ?? null,
    })),
    was,
    follow: isDryRun ? [] : plan.map(streamOf),
  });
};

/** What the distribution holds of it, and what is on its way there. */
const presentOf = ({ to, source }: PortRequested, { contents, ports, uploads }: World): unknown => [
  slotOf(contents, to, source).present?.version,
  [...ports.open.values()]
    .filter(({ requested }) => requested.to === to && requested.source === source)
    .map(({ id }) => id),
  [...uploads.open.values()]
    .filter(({ received: { facts } }) => facts?.source === source && facts.distribution === to)
    .map(({ id }) => id),
];

const describeSignature = (signature: Signature): string =>
  signature.status === 'good'
    ? `good, by ${signature.fingerprint}`
    : `${signature.because.rule}: ${signature.because.fact}`;

type Row = {
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
  readonly as: string;
  readonly signature: string | null;
};

const plain = ({ source, version, distribution: to, as, signature }: Row, isDryRun: boolean): string =>
  `${source} ${version} ${isDryRun ? 'would be ported' : 'is being ported'} to ${to} as ${as}${
    signature === null ? '' : ` (signature of the .dsc: ${signature})`
  }\n`;
