import { type Either, isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { sourceFiles } from '../domain/archive/arrivals.ts';
import type { Package } from '../domain/archive/package-state.ts';
import { resolveDistribution } from '../domain/configuration/configuration.ts';
import type { StoredFile } from '../domain/debian/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Signature, UploadAccepted, UploadReceived } from '../domain/upload/events.ts';
import { judgeUpload } from '../domain/upload/judge-upload.ts';
import type { Clock } from '../ports/clock.ts';
import { type Because, duty, type Tell } from '../ports/tell.ts';
import { autoPortsOf } from '../projections/auto-ports.ts';
import { replayOf, type UploadStory, unjudged } from '../projections/uploads.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Reads a package's stream: what judging needs of it is too much to keep in mind for every package. */
export type PackageOf = (repository: string, source: string) => Promise<Package>;

/** What the signature is worth at this moment against the keys of those who may upload there: where it is for, or elsewhere. */
export type SignatureOf = (received: UploadReceived, there?: string) => Promise<Signature>;

/**
 * Gives every received upload its verdict. The version is claimed on the package's stream first; a judge that finds
 * its own claim (it was killed in between) goes on.
 */
export const judgeUploads = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  signatureOf: SignatureOf,
  packageOf: PackageOf,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'judge-uploads',
    owed: ({ uploads }) => unjudged(uploads),
    key: ({ id }) => id,
    work: async (story) => {
      const because = duty('judge-uploads', story.id, story.because);
      const verdict = await judge(story, world, signatureOf, packageOf);
      if (isLeft(verdict)) return reject(story, verdict.left, world, because, tell);
      return claimAndAccept(story, verdict.right, world, because, tell);
    },
  });

const judge = async (
  { received }: UploadStory,
  world: World,
  signatureOf: SignatureOf,
  packageOf: PackageOf,
): Promise<Either<Refusal, UploadAccepted>> =>
  judgeUpload(received, {
    configuration: world.configuration,
    signature: await signatureOf(received),
    autoPorts: await autoPortsFor(received, signatureOf),
    replayOf: otherThan(received, replayOf(world.uploads, received.changes)),
    pool: await poolFor(received, world, packageOf),
  });

const autoPortsFor = async (
  received: UploadReceived,
  signatureOf: SignatureOf,
): Promise<ReadonlyMap<string, Signature>> => {
  const signatures = new Map<string, Signature>();
  for (const written of autoPortsOf(received)) signatures.set(written, await signatureOf(received, written));
  return signatures;
};

const otherThan = ({ upload }: UploadReceived, earlier: UploadReceived['upload'] | undefined) =>
  earlier === upload ? undefined : earlier;

const poolFor = async (
  { facts }: UploadReceived,
  { configuration }: World,
  packageOf: PackageOf,
): Promise<ReadonlyMap<string, StoredFile>> => {
  if (facts === null) return new Map();
  const target = resolveDistribution(configuration, facts.distribution);
  if (isLeft(target)) return new Map();
  return sourceFiles(await packageOf(target.right.repository.repository, facts.source));
};

const claimAndAccept = async (
  story: UploadStory,
  accepted: UploadAccepted,
  world: World,
  because: Because,
  tell: Tell,
) => {
  const { repository, source, version, distribution, upload } = accepted;
  const sources = accepted.sources.slice(1);
  const claim = await tell(
    { command: 'ReserveVersion', repository, source, version, distribution, upload, sources },
    because,
  );
  if (isLeft(claim)) return reject(story, claim.left, world, because, tell);
  return tell({ command: 'AcceptUpload', accepted }, because);
};

/** A claim of an earlier try, judged under other circumstances, is let go first: nobody else would ever do it. */
const reject = async (
  { id, received }: UploadStory,
  { rule, fact, remedy }: Refusal,
  { configuration }: World,
  because: Because,
  tell: Tell,
): Promise<void> => {
  const { facts } = received;
  const target = facts === null ? undefined : resolveDistribution(configuration, facts.distribution);
  if (facts !== null && target !== undefined && isRight(target)) {
    const { repository } = target.right.repository;
    const { source, version } = facts;
    const reason = `the upload was rejected: ${rule}`;
    await tell({ command: 'ReleaseVersion', repository, source, version, upload: id, reason }, because);
  }
  await tell(
    { command: 'RejectUpload', rejected: { type: 'UploadRejected', upload: id, rule, fact, remedy } },
    because,
  );
};
