import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ulid } from 'ulid';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import { Version } from '../../domain/debian/names.ts';
import type { Actor, UploadId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { uploadStream } from '../../domain/stream.ts';
import type { UploadRetried } from '../../domain/upload/events.ts';
import type { Answer } from '../../ports/api.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { Voice } from '../../ports/tell.ts';
import { buildsOf } from '../../projections/build-queue.ts';
import type { World } from '../../projections/world.ts';
import { type Archives, failedUpload, type Holder, lastHolder } from '../builds/failed-upload.ts';
import { flag, namePattern, sourceName } from './arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import { heard } from './deed.ts';

const versionArgument: ArgumentOf<Version> = {
  codec: Version,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary: 'Its version',
};

/**
 * `retry`: an upload that failed is judged and built again as a new upload with the same files; one that waits for
 * dependencies is tried at once.
 */
export const retry = (parts: RetryParts): Command =>
  command({
    name: 'retry',
    summary: 'Builds a failed upload again where it failed, and installs it; tries at once what waits for dependencies',
    arguments: {
      package: sourceName('Source package'),
      version: versionArgument,
      repository: namePattern('Only in repositories whose name matches', 'R'),
      all: flag('Also builds again what was built', 'a'),
      'dry-run': flag('Only shows what would be', 'n'),
    },
    privilege: 'staff',
    changes: true,
    needsEngine: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const found = await find(parts, given.package, given.version, given.repository);
      if (isLeft(found)) return found;
      const doing: Doing = { ...parts, tell: heard(parts, given), actor, isDryRun: given['dry-run'] };
      return found.right.status === 'building'
        ? resume(found.right.upload, doing)
        : parts.inTurn(() => again(found.right.upload, given.all, doing));
    },
  });

type RetryParts = Archives &
  Voice & {
    readonly world: World;
    readonly now: () => number;
    readonly inTurn: InTurn;
  };
type Doing = RetryParts & { readonly actor: Actor; readonly isDryRun: boolean };

const find = async (
  parts: RetryParts,
  source: SourceName,
  version: Version,
  repositories: RegExp,
): Promise<Either<Refusal, Holder>> => {
  const found = new Map<RepositoryId, Holder>();
  for (const repository of parts.world.configuration.repositories.keys()) {
    const holder = repositories.test(repository) ? await lastHolder(parts, repository, source, version) : undefined;
    if (holder !== undefined && holder.status !== 'installed') found.set(repository, holder);
  }
  const [only, ...more] = found.values();
  if (only === undefined) {
    const fact = `no repository has an upload of ${source} ${version} that failed or waits`;
    return left(refusal('no-failed-upload', fact, 'see uploads; what was rejected has to be uploaded again'));
  }
  return more.length === 0
    ? right(only)
    : left(refusal('ambiguous', `it failed in ${[...found.keys()].join(', ')}`, 'name one of them: repository'));
};

const again = async (of: UploadId, isAll: boolean, doing: Doing): Promise<Either<Refusal, Answer>> => {
  const { now, tell, actor, isDryRun } = doing;
  const failed = await failedUpload(doing, of);
  if (isLeft(failed)) return failed;
  const { received, accepted, built } = failed.right;
  const upload = ulid(now()) as UploadId;
  const retried: UploadRetried = { type: 'UploadRetried', upload, of, keeps: isAll ? [] : built };
  const builds = accepted.builds
    .map(({ architecture }) => architecture)
    .filter((architecture) => !retried.keeps.includes(architecture));
  const told = await tell(
    { command: 'RetryUpload', received: { ...received, upload }, retried },
    { actor, causedBy: undefined, correlation: upload },
  );
  if (isLeft(told)) return told;
  return right({
    json: {
      done: !isDryRun,
      upload: isDryRun ? null : upload,
      of,
      changes: received.changes.name,
      builds,
      keeps: retried.keeps,
    },
    plain: inWords(received.changes.name, builds, retried.keeps, isDryRun),
    ...(isDryRun ? {} : { follow: [uploadStream(upload)] }),
  });
};

/** What is built once more, and what is taken as it was built. */
const inWords = (changes: string, builds: readonly string[], keeps: readonly string[], isDryRun: boolean): string =>
  [
    changes,
    ...(builds.length > 0 ? [`  ${builds.join(' ')}: ${isDryRun ? 'would be built' : 'built'} again`] : []),
    ...(keeps.length > 0 ? [`  ${keeps.join(' ')}: ${isDryRun ? 'would be kept' : 'kept'} as built`] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');

const resume = async (upload: UploadId, { world, tell, actor, isDryRun }: Doing): Promise<Either<Refusal, Answer>> => {
  const waiting = buildsOf(world.builds, upload).filter(({ status }) => status === 'dep-wait');
  if (waiting.length === 0) {
    return left(refusal('version-in-progress', `upload ${upload} is being built`, 'see why; cancel it first'));
  }
  const because = { actor, causedBy: undefined, correlation: upload };
  for (const { id, attempts: attempt, found } of waiting) {
    const told = await tell({ command: 'ResumeBuild', build: id, attempt, because: 'asked for', found }, because);
    if (isLeft(told)) return told;
  }
  const builds = waiting.map(({ requested }) => requested.architecture);
  return right({
    json: { done: !isDryRun, upload, of: null, changes: null, builds, keeps: [] },
    plain: `${builds.join(' ')}: ${isDryRun ? 'would be tried' : 'tried'} again\n`,
    ...(isDryRun ? {} : { follow: [uploadStream(upload)] }),
  });
};
