import { merge } from 'rxjs';
import type { Doers } from './app/accounts/doers.ts';
import type { Said } from './app/builders-now.ts';
import { builtFile } from './app/builds/built-before.ts';
import { feeds } from './app/feeds/feed.ts';
import { homeOf } from './app/home.ts';
import { arrivingWorks } from './app/incoming/arriving-files.ts';
import { packageLogs, storedLog } from './app/kept-logs.ts';
import { buildPage } from './app/pages/build-page.ts';
import { buildsList } from './app/pages/builds-list.ts';
import { comparisonPage } from './app/pages/comparison-page.ts';
import { distributionPage } from './app/pages/distribution-page.ts';
import { eventPage } from './app/pages/event-page.ts';
import { foundPackages } from './app/pages/found-packages.ts';
import { historyPage, newerEvents } from './app/pages/history-page.ts';
import { machinesList } from './app/pages/machines-list.ts';
import { packagePage } from './app/pages/package-page.ts';
import { repositoriesList } from './app/pages/repositories-list.ts';
import { formerOf, repositoryPage } from './app/pages/repository-page.ts';
import { sealsPage } from './app/pages/seals-page.ts';
import { statisticsPage } from './app/pages/statistics-page.ts';
import { touchesOf } from './app/pages/touches.ts';
import { movedIn, rebuiltBy, uploadOfVersion, uploadPage } from './app/pages/upload-page.ts';
import { uploadsList } from './app/pages/uploads-list.ts';
import { uploadVerdict } from './app/pages/verdict.ts';
import { nthPublication } from './app/pages/when.ts';
import { usualDurations } from './app/usual-durations.ts';
import { type Works, worksAt } from './app/works.ts';
import type { Caller } from './domain/account/caller.ts';
import { newestKey } from './domain/archive-key/archive-keys.ts';
import { instanceUrl } from './domain/configuration/instance-address.ts';
import { RepositoryId } from './domain/debian/names.ts';
import type { BuildId } from './domain/ids.ts';
import type { Engine } from './engine.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Archive } from './ports/archive.ts';
import type { LiveLog } from './ports/builder.ts';
import type { Certificate } from './ports/certificate.ts';
import type { EventLog } from './ports/event-log.ts';
import { viewerOf } from './projections/accounts.ts';
import type { World } from './projections/world.ts';

type Surroundings = Pick<EngineParts, 'confinement' | 'place' | 'clock' | 'standby' | 'lastBackup' | 'homeRoom'> & {
  readonly certificate?: Pick<Certificate, 'state'> | undefined;
};

/** What readers are shown, wherever it is kept in step with the log. */
export type Readable = Pick<
  Engine,
  'world' | 'world$' | 'recorded$' | 'snapshots' | 'sealing' | 'expiries' | 'silentNodes' | 'clockLeap'
> & {
  readonly works: Pick<Works, 'now' | 'changes$'>;
  readonly peers: Said;
  readonly doers: Doers;
  /** Of builds that run, wherever. */
  readonly liveLog: (build: BuildId) => (Pick<LiveLog, 'stage' | 'end'> & Partial<Pick<LiveLog, 'stages'>>) | undefined;
};

/** What the web server shows of an engine and its log: every page, feed and answer. Files and trees come from the adapters. */
export const servedPages = (engine: Engine, log: EventLog, surroundings: Surroundings) => ({
  ...readersPages({ ...engine, works: shownWorks(engine) }, log, surroundings),
  arriving: (mayKnowNames: boolean) =>
    worksAt(arrivingWorks(engine.arriving.now(), mayKnowNames), surroundings.clock.now()),
  api: engine.api,
  access: engine.access,
  enrolment: engine.enrolment,
  administration: engine.administration,
  snapshots: engine.snapshots,
});

/** What is under way, uploads that come in among it, as everybody may know of it. */
export const shownWorks = ({ works, arriving }: Pick<Engine, 'works' | 'arriving'>): Readable['works'] => ({
  now: () => [...works.now(), ...arrivingWorks(arriving.now(), false)],
  changes$: merge(works.changes$, arriving.changes$),
});

/** What apt reads: of a fenced log nobody knows what its damaged records said, and what was published is served. */
export const publishedRoots = (
  world: Pick<World, 'configuration' | 'published'>,
  log: Pick<EventLog, 'state'>,
  archive: Pick<Archive, 'root'>,
) => {
  const root = (id: RepositoryId): string | undefined =>
    RepositoryId.is(id) && (log.state().status === 'fenced' || world.configuration.repositories.has(id))
      ? archive.root(id)
      : undefined;
  return { root, all: () => [...world.published.keys()].filter((id) => root(id) !== undefined) };
};

/** Every page and feed for who only reads. */
export const readersPages = (
  {
    world,
    world$,
    recorded$,
    snapshots,
    sealing,
    expiries,
    silentNodes,
    clockLeap,
    works,
    liveLog,
    peers,
    doers: who,
  }: Readable,
  log: EventLog,
  { confinement, place, clock, certificate, standby, lastBackup, homeRoom }: Surroundings,
) => ({
  touched: touchesOf(world, recorded$),
  instanceName: (): string => world.configuration.instance?.instance ?? 'mini-buildd',
  identity: () => ({
    fingerprint: newestKey(world.configuration.archiveKeys)?.fingerprint,
    origin: instanceUrl(world.configuration),
  }),
  viewer: (caller: Caller) => viewerOf(world.accounts, caller),
  storedLog: storedLog(log),
  packageLogs: packageLogs(world, log),
  feeds: feeds(world, log),
  packages: { page: packagePage(world, log, who), search: foundPackages(world) },
  home: homeOf(world, {
    log: log.state,
    confinement,
    certificate: () => certificate?.state(),
    place,
    peers,
    liveLog,
    usual: usualDurations(log),
    works: works.now,
    sealing,
    expiries,
    silentNodes,
    clockLeap,
    standby,
    lastBackup,
    homeRoom,
    now: clock.now,
  }),
  repository: {
    repository: repositoryPage(world),
    former: (repository: RepositoryId) => formerOf(world, repository),
    works: (repository: string) => worksAt(works.now(), clock.now()).filter(({ about }) => about === repository),
    distribution: distributionPage(world, snapshots),
    comparison: comparisonPage(world, snapshots),
    publication: nthPublication(world),
  },
  history: {
    page: historyPage(world, log, sealing, who),
    newer: newerEvents(world, log, who),
    event: eventPage(world, log, who),
    names: who.names,
  },
  lists: {
    builds: buildsList(world, place, clock.now),
    uploads: uploadsList(world, log),
    repositories: repositoriesList(world),
    machines: machinesList(world, place, peers, silentNodes),
  },
  builtFile: builtFile(log),
  build: buildPage(world, { log, doers: who, place, liveLog, now: clock.now }),
  upload: {
    page: uploadPage(world, log, who),
    ofVersion: uploadOfVersion(log),
    rebuilt: rebuiltBy(world),
    movedIn: movedIn(world),
  },
  statistics: statisticsPage(world),
  seals: sealsPage(world, log, sealing),
  verdict: uploadVerdict(world),
  changes$: merge(world$, works.changes$),
});
