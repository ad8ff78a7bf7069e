import type { Caller } from '../../domain/account/caller.ts';
import { suffices } from '../../domain/account/privilege.ts';
import { refusalShownTo, type Viewer } from '../../domain/account/viewer.ts';
import type { Instant } from '../../domain/codec.ts';
import type { Fingerprint, RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { type BuildId, buildId, type UploadId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { packageStream } from '../../domain/stream.ts';
import type { UploadAccepted, UploadReceived } from '../../domain/upload/events.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { rebuildOf } from '../../projections/binnmus.ts';
import { versionOf } from '../../projections/contents.ts';
import type { Recorded } from '../../projections/recorded.ts';
import type { World } from '../../projections/world.ts';
import { type Doer, type Doers, doerKey } from '../accounts/doers.ts';
import { recordedOf } from '../events-of.ts';
import { chainOf, claimants, claimantsIn } from '../why/chain.ts';
import { isReleased } from './build-fate.ts';
import { stateAfter } from './build-states.ts';
import { happeningsOf } from './happenings.ts';
import { attemptsIn, filesOf } from './upload-files.ts';

type Log = Pick<EventLog, 'readStream'>;

/** Events of the timeline. */
const mostShown = 15;

/** One upload and its way, asked of the log itself: any there ever was has an answer; `undefined` for one that never was. */
export const uploadPage = (world: World, log: Log, doers: Doers) => async (upload: UploadId, caller: Caller) => {
  const chain = await chainOf(log, upload, undefined);
  const flow = flowOf(upload, chain);
  const received = chain.map(({ event }) => event).find((event) => event.type === 'UploadReceived');
  if (flow === undefined || received === undefined) return undefined;
  const accepted = acceptedIn(chain);
  const story =
    accepted === undefined ? [] : await recordedOf(log, packageStream(accepted.repository, accepted.source));
  const viewer = viewerOf(world.accounts, caller);
  const last = chain.slice(-mostShown).reverse();
  return {
    ...flow,
    ...filesOf(world, received, accepted, isLastToBring(story, accepted)),
    ...attemptsIn(chain),
    signer: await signerOf(received, viewer, doers),
    canRetry: accepted !== undefined && canRetry(story, accepted, flow),
    happenings: await happeningsOf(
      last.map(({ event, ...envelope }) => ({ ...envelope, body: event })),
      viewer,
      doers,
    ),
    moreHappenings: chain.length - last.length,
    because: rejectionIn(chain, viewer),
  };
};

/** Whose key it came with, as far as the viewer may know: by login, or else by what the log has. */
const signerOf = async ({ signature }: UploadReceived, viewer: Viewer, doers: Doers): Promise<Signer> => {
  if (signature.status !== 'good') return { is: 'nobody', ...refusalShownTo(viewer, signature.because) };
  const key = { kind: 'key', name: signature.fingerprint } as const;
  const doer = (await doers.of([key], viewer)).get(doerKey(key));
  const mayKnow = suffices(viewer.privilege, 'staff') || viewer.names.has(signature.fingerprint);
  return { is: 'a key', fingerprint: mayKnow ? signature.fingerprint : undefined, at: signature.signedAt, doer };
};

type Signer =
  | { readonly is: 'nobody'; readonly fact: string }
  | {
      readonly is: 'a key';
      /** Nothing for who may not know whose it is. */
      readonly fingerprint: Fingerprint | undefined;
      readonly at: Instant;
      readonly doer: Doer | undefined;
    };

/** The upload that claimed a version last: the one that brought it, where it was ever installed. */
export const uploadOfVersion =
  (log: Log) =>
  async (repository: RepositoryId, source: SourceName, version: Version): Promise<UploadId | undefined> =>
    (await claimants(log, [repository], source, version))[0];

/** The build of a rebuild, by what stands where others have their upload. */
export const rebuiltBy =
  ({ binNmus }: Pick<World, 'binNmus'>) =>
  (upload: UploadId): BuildId | undefined => {
    const rebuild = rebuildOf(binNmus, upload);
    return rebuild && buildId(upload, rebuild.planned.architecture);
  };

/** Files are kept below the version, of several of one name the last: those of an upload before it have the same names and other bytes. */
const isLastToBring = (story: readonly Recorded[], accepted: UploadAccepted | undefined): boolean =>
  accepted !== undefined && claimantsIn(story, accepted.version)[0] === accepted.upload;

/** Asked where no upload claimed a version: it came with a repository that moved in. */
export const movedIn =
  ({ contents }: Pick<World, 'contents'>) =>
  (repository: RepositoryId, source: SourceName, version: Version): boolean =>
    versionOf(contents, repository, source, version) !== undefined;

const acceptedIn = (chain: readonly Recorded[]): UploadAccepted | undefined =>
  chain.map(({ event }) => event).find((event) => event.type === 'UploadAccepted');

/** Its version is nobody's since it came to nothing, or one of its builds may be tried at once. */
const canRetry = (story: readonly Recorded[], accepted: UploadAccepted, { builds }: UploadFlow): boolean =>
  builds.some(({ state }) => state === 'dep-wait') || isReleased(story, accepted);

const rejectionIn = (chain: readonly Recorded[], viewer: Viewer): Refusal | undefined => {
  const rejected = chain.map(({ event }) => event).find((event) => event.type === 'UploadRejected');
  return rejected && refusalShownTo(viewer, rejected);
};

/** The way of one upload alone, for other pages to show. */
export const uploadFlow =
  (log: Log) =>
  async (upload: UploadId): Promise<UploadFlow | undefined> =>
    flowOf(upload, await chainOf(log, upload, undefined));

type BuildFlow = {
  readonly build: BuildId;
  readonly architecture: string;
  readonly state: 'needs-build' | 'building' | 'dep-wait' | 'built' | 'failed' | 'skipped' | 'cancelled';
  /** Seconds that it took. */
  readonly seconds: number | undefined;
  readonly checks: readonly {
    readonly tool: string;
    readonly state: 'running' | 'passed' | 'failed' | 'skipped' | 'open';
  }[];
};

/** A distribution that the version came into, and from which one. */
type Stop = { readonly distribution: string; readonly from: string | undefined; readonly at: Instant };

type UploadFlow = {
  readonly upload: UploadId;
  readonly source: string | undefined;
  readonly version: string | undefined;
  readonly repository: string | undefined;
  readonly receivedAt: Instant;
  readonly verdict: 'received' | 'accepted' | 'rejected';
  readonly builds: readonly BuildFlow[];
  /** `open`: something is still to come; `released`: it came to nothing. */
  readonly result: 'open' | 'installed' | 'released';
  /** Where the version went, in order. */
  readonly stops: readonly Stop[];
};

const flowOf = (upload: UploadId, chain: readonly Recorded[]): UploadFlow | undefined => {
  const received = chain.find(({ event }) => event.type === 'UploadReceived');
  if (received?.event.type !== 'UploadReceived') return undefined;
  const accepted = acceptedIn(chain);
  const has = (type: Recorded['event']['type']): boolean => chain.some(({ event }) => event.type === type);
  return {
    upload,
    source: accepted?.source ?? received.event.facts?.source,
    version: accepted?.version ?? received.event.facts?.version,
    repository: accepted?.repository,
    receivedAt: received.recordedAt,
    verdict: accepted !== undefined ? 'accepted' : has('UploadRejected') ? 'rejected' : 'received',
    builds: buildsIn(chain),
    result: has('PackageInstalled') ? 'installed' : has('VersionReleased') ? 'released' : 'open',
    stops: chain.flatMap(({ event, recordedAt: at }): readonly Stop[] => {
      if (event.type === 'PackageInstalled') return [{ distribution: event.distribution, from: undefined, at }];
      return event.type === 'PackageMigrated' ? [{ distribution: event.to, from: event.from, at }] : [];
    }),
  };
};

const buildsIn = (chain: readonly Recorded[]): readonly BuildFlow[] => {
  const builds = new Map<BuildId, BuildFlow>();
  for (const { event } of chain) {
    if (event.type === 'BuildRequested')
      builds.set(event.build, {
        build: event.build,
        architecture: event.architecture,
        state: 'needs-build',
        seconds: undefined,
        checks: [],
      });
    const state = stateAfter(event);
    const known = 'build' in event && typeof event.build === 'string' ? builds.get(event.build) : undefined;
    if (state !== undefined && known !== undefined)
      builds.set(known.build, { ...known, state, seconds: secondsOf(event) });
    if ('check' in event) noteCheck(builds, event);
  }
  return [...builds.values()];
};

const secondsOf = (event: Recorded['event']): number | undefined =>
  event.type === 'BuildSucceeded' || event.type === 'BuildFailed' ? event.times.total : undefined;

type CheckEvent = Extract<Recorded['event'], { readonly check: unknown }>;

/** `BUILD-TOOL`. */
const noteCheck = (builds: Map<BuildId, BuildFlow>, { check, type }: CheckEvent): void => {
  const end = check.lastIndexOf('-');
  const build = builds.get(check.slice(0, end) as BuildId);
  if (build === undefined) return;
  const tool = check.slice(end + 1);
  const others = build.checks.filter((each) => each.tool !== tool);
  builds.set(build.build, { ...build, checks: [...others, { tool, state: checkStates[type] ?? 'open' }] });
};

const checkStates: Readonly<Partial<Record<CheckEvent['type'], BuildFlow['checks'][number]['state']>>> = {
  CheckStarted: 'running',
  CheckPassed: 'passed',
  CheckFailed: 'failed',
  CheckAbandoned: 'failed',
  CheckSkipped: 'skipped',
};
