import { left, right } from 'fp-ts/lib/Either.js';
import { shownTo, type Viewer } from '../../domain/account/viewer.ts';
import type { Architecture, SourceName, Version } from '../../domain/debian/names.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import { architectureOfBuild, BuildId, UploadId, uploadOfBuild } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { rebuildOf } from '../../projections/binnmus.ts';
import { rememberedBuilds } from '../../projections/build-queue.ts';
import { checksOf, isEnded } from '../../projections/checks.ts';
import type { Recorded } from '../../projections/recorded.ts';
import { storyOf } from '../../projections/uploads.ts';
import { whyChecking } from '../../projections/waiting-checks.ts';
import { inQueue, type Place, queuePlaces, whyWaiting } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { type Doer, type Doers, doerKey } from '../accounts/doers.ts';
import type { BuildsName } from '../builds/builds-meant.ts';
import { chainOf, chainOfPort, chainOfRebuild, claimants } from '../why/chain.ts';
import { sentenceOf } from '../why/sentence.ts';
import { Why } from './answer-shapes.ts';
import { maybeVersion } from './arguments.ts';
import { builds } from './build-arguments.ts';
import { type Command, command } from './command.ts';

type WhyParts = {
  readonly world: World;
  readonly log: Pick<EventLog, 'readStream' | 'query'>;
  readonly health: { readonly place: Place };
  readonly doers: Doers;
};

/** `why`: the whole chain of reasons on record, and what is waited for now. */
export const why = ({ world, log, health: { place }, doers }: WhyParts): Command =>
  command({
    name: 'why',
    answer: Why,
    summary: 'Says why an upload, build or package is where it is: each reason on record, and what is waited for',
    arguments: {
      builds: { ...builds, summary: 'Id of an upload or build, or a source package: then its last upload or binNMU' },
      version: maybeVersion('Only this version'),
    },
    privilege: 'none',
    run: async ({ builds: name, version }, _actor, caller) => {
      const meant = await uploadMeant(world, log, name, version);
      const rebuild = meant && rebuildOf(world.binNmus, meant.upload);
      const chain =
        meant === undefined
          ? []
          : await (rebuild === undefined
              ? [
                  ...(await chainOfPort(log, world.ports, meant.upload)),
                  ...(await chainOf(log, meant.upload, meant.architecture)),
                ]
              : chainOfRebuild(log, rebuild));
      if (meant === undefined || chain.length === 0) {
        return left(refusal('no-upload', `nothing is on record of ${name}`, 'look for it with uploads or history'));
      }
      const viewer = viewerOf(world.accounts, caller);
      const known = await doers.of(
        chain.map(({ actor }) => actor),
        viewer,
      );
      const reasons = chain.flatMap((each) => reasonFor(viewer, each, known));
      const waits = heldOf(meant, world, place);
      const status = storyOf(world.uploads, meant.upload)?.status ?? null;
      const answer = { upload: meant.upload, status, reasons, waits };
      return right({ json: answer, plain: plain(answer, rebuild === undefined ? 'upload' : 'binNMU') });
    },
  });

/** Builds of it that wait, and checks that have not ended. */
const heldOf = ({ upload, architecture }: Meant, world: World, place: Place) => {
  const isMeant = ({ requested }: { readonly requested: { readonly architecture: Architecture } }): boolean =>
    architecture === undefined || requested.architecture === architecture;
  const places = queuePlaces(world);
  const builds = rememberedBuilds(world.builds, upload)
    .filter((build) => isHeld(build.status) && isMeant(build))
    .map((build) => ({
      build: build.id,
      architecture: build.requested.architecture,
      check: null,
      position: places.get(build.id) ?? null,
      because: whyWaiting(build, world, place),
    }));
  const checks = checksOf(world.checks, upload)
    .filter((check) => !isEnded(check) && isMeant(check))
    .map((check) => ({
      build: check.requested.build,
      architecture: check.requested.architecture,
      check: check.requested.tool,
      position: null,
      because: whyChecking(check, world, place),
    }));
  return [...builds, ...checks];
};

const isHeld = (status: string): boolean => status === 'needs-build' || status === 'dep-wait';

type Meant = { readonly upload: UploadId; readonly architecture: Architecture | undefined };

const uploadMeant = async (
  world: World,
  log: WhyParts['log'],
  name: BuildsName,
  version: Version | undefined,
): Promise<Meant | undefined> => {
  if (UploadId.is(name)) return { upload: name, architecture: undefined };
  if (BuildId.is(name)) return { upload: uploadOfBuild(name), architecture: architectureOfBuild(name) };
  // What was rejected never claimed a version: it is found only as long as it is remembered.
  const remembered = [...world.uploads.open.values(), ...world.uploads.ended].filter(
    ({ received: { facts } }) =>
      facts?.source === (name as string) && (version === undefined || facts.version === version),
  );
  const repositories = world.configuration.repositories.keys();
  const claimed = await claimants(log, repositories, name as string as SourceName, version);
  const rebuild = world.binNmus.bySource
    .get(name as string as SourceName)
    ?.findLast((planned) => (version ?? planned.version) === planned.version)?.upload;
  const [upload] = [...remembered.map((story) => story.id), ...claimed].sort().reverse();
  const last = isSince(rebuild, upload) ? rebuild : upload;
  return last === undefined ? undefined : { upload: last, architecture: undefined };
};

/** An id begins with its time. What is built again was uploaded before. */
const isSince = (rebuild: UploadId | undefined, upload: UploadId | undefined): boolean =>
  rebuild !== undefined && (upload === undefined || rebuild.slice(0, 10) >= upload.slice(0, 10));

/** As much of it as is the viewer's business. */
const reasonFor = (viewer: Viewer, { event, ...envelope }: Recorded, known: ReadonlyMap<string, Doer>) => {
  const shown = shownTo(viewer, { ...envelope, body: event });
  const says = shown === undefined ? undefined : sentenceOf(shown.body as DaemonEvent);
  if (shown === undefined || says === undefined) return [];
  const { id, recordedAt, stream, actor, causedBy } = shown;
  return [
    {
      event: id,
      at: recordedAt,
      type: event.type,
      stream,
      actor: { kind: actor.kind, name: actor.name, login: known.get(doerKey(actor))?.login ?? null },
      causedBy: causedBy ?? null,
      says,
    },
  ];
};

const plain = (
  {
    upload,
    status,
    reasons,
    waits,
  }: {
    readonly upload: string;
    readonly status: string | null;
    readonly reasons: ReturnType<typeof reasonFor>;
    readonly waits: ReturnType<typeof heldOf>;
  },
  what: 'upload' | 'binNMU',
): string =>
  [
    `${what} ${upload}${status === null ? '' : `: ${status}`}`,
    ...reasons.map(({ at, stream, actor, says }) => `${at} ${about(stream)}${says} (${doneBy(actor)})`),
    ...waits.map(
      ({ architecture, check, position, because }) =>
        `now: ${architecture} waits${check === null ? '' : ` for ${check}`}: ${because}${inQueue(position)}`,
    ),
    '',
  ].join('\n');

/** People by login, where that is known, and with the key that they used; all others as the log has them. */
const doneBy = ({ kind, name, login }: ReturnType<typeof reasonFor>[number]['actor']): string => {
  const recorded = [kind, name].filter(Boolean).join(' ');
  if (login === null) return recorded;
  return kind === 'account' ? login : `${login}, ${recorded}`;
};

/** Which build it is about; the other streams are about the whole upload. */
const about = (stream: string): string =>
  stream.startsWith('build-') ? `${architectureOfBuild(stream.slice('build-'.length))}: ` : '';
