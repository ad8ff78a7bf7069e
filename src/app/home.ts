import { suitesOf } from '../domain/configuration/configuration.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { Confinement } from '../ports/builder.ts';
import type { LogState } from '../ports/event-log.ts';
import { type BuildStatus, type BuildStory, rememberedBuilds } from '../projections/build-queue.ts';
import { held as packagesOf } from '../projections/contents.ts';
import type { UploadStatus, UploadStory } from '../projections/uploads.ts';
import { held, load, type Place, whyWaiting } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { toBeginWith } from './to-begin-with.ts';

/** What the home page is made from beside the world. */
export type Surroundings = {
  readonly log: () => LogState;
  readonly confinement: Confinement;
  readonly place: Place;
};

const mostRecent = 20;

/** The state of everything in the words of the home page. */
export const home = (world: World, surroundings: Surroundings) => ({
  engine: engineLine(world, surroundings.log()),
  notices: notices(world, surroundings),
  waiting: held(world).map((build) => ({
    ...buildLine(build),
    since: build.requestedAt,
    because: whyWaiting(build, world, surroundings.place),
  })),
  running: [...world.builds.open.values()]
    .filter(({ status }) => status === 'building' || status === 'assigned')
    .map((build) => ({
      ...buildLine(build),
      builder: build.builder ?? '',
      attempt: build.attempts,
      startedAt: build.changedAt,
    })),
  recent: [...[...world.uploads.open.values()].reverse(), ...world.uploads.ended]
    .slice(0, mostRecent)
    .map((upload) => recentPackage(upload, world)),
  repositories: [...world.configuration.repositories.values()].map((repository) => ({
    id: repository.repository,
    layout: repository.layout,
    distributions: suitesOf(world.configuration, repository).map(({ name }) => ({
      name: name as DistributionName,
      packages: packagesOf(world.contents, name).length,
    })),
    publishedAt: world.publications.get(repository.repository)?.publishedAt,
  })),
  builders: [
    {
      name: surroundings.place.builder,
      running: load(world, surroundings.place),
      room: surroundings.place.room,
      note: undefined,
    },
  ],
  chroots: [...world.templates.values()].flatMap(({ chroot, prepared, failed }) =>
    chroot === undefined
      ? []
      : [
          {
            codename: chroot.codename,
            architecture: chroot.architecture,
            state: prepared !== undefined ? ('ready' as const) : failed ? ('failed' as const) : ('preparing' as const),
            note: failed === undefined ? undefined : `${failed.stage}: ${failed.fact}`,
          },
        ],
  ),
});

const engineLine = ({ engine }: World, log: LogState) => {
  if (log.status !== 'writable') return { state: 'fenced' as const, note: log.reason };
  return { state: engine === 'started' ? ('running' as const) : ('stopped' as const), note: undefined };
};

const notices = (world: World, { log, confinement }: Surroundings) => {
  const state = log();
  const found: { fact: string; remedy: string }[] = [...toBeginWith(world)];
  if (state.status === 'writable') {
    for (const fact of state.notices) found.push({ fact, remedy: 'nothing needs to be done' });
  }
  for (const [repository, { failure }] of world.publications) {
    if (failure !== undefined) found.push({ fact: `${repository}: ${failure.fact}`, remedy: failure.remedy });
  }
  const remedy = 'see the manual on what the machine must give';
  if (confinement.network !== true) found.push({ fact: `builds reach the network: ${confinement.network}`, remedy });
  if (confinement.processes !== true) {
    found.push({ fact: `builds may leave processes behind: ${confinement.processes}`, remedy });
  }
  if (confinement.bounds !== true) found.push({ fact: `builds are not bounded: ${confinement.bounds}`, remedy });
  return found;
};

const buildLine = ({ id, requested }: BuildStory) => ({
  build: id,
  source: requested.source as string,
  version: requested.version as string,
  distribution: requested.distribution as string,
  architecture: requested.architecture as string,
});

/** What apt cannot see yet is not called installed. */
const states = {
  received: 'building',
  accepted: 'building',
  rejected: 'rejected',
  failed: 'failed',
  installed: 'publishing',
  published: 'installed',
} as const satisfies Record<UploadStatus, string>;

const recentPackage = (upload: UploadStory, world: World) => ({
  source: upload.received.facts?.source ?? upload.received.changes.name,
  version: upload.received.facts?.version ?? '',
  distribution: upload.accepted?.distribution ?? upload.received.facts?.distribution ?? '',
  repository: upload.accepted?.repository,
  at: upload.changedAt,
  state: states[upload.status],
  note: upload.refusal === undefined ? undefined : `${upload.refusal.rule}: ${upload.refusal.fact}`,
  results: rememberedBuilds(world.builds, upload.id).map((build) => ({
    architecture: build.requested.architecture as string,
    build: build.id,
    state: wordFor[build.status],
    note: build.outcome?.type === 'BuildFailed' ? build.outcome.class : build.because,
  })),
});

const wordFor = {
  'needs-build': 'needs-build',
  assigned: 'building',
  building: 'building',
  'dep-wait': 'dep-wait',
  built: 'built',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<BuildStatus, string>;
