import { type Configuration, configure, noConfiguration } from '../domain/configuration/configuration.ts';
import type { Position } from '../ports/event-log.ts';
import { type AcceptedSources, foldAcceptedSources, noAcceptedSources } from './accepted-sources.ts';
import { type Accounts, foldAccounts, noAccounts } from './accounts.ts';
import { type AutoPorts, foldAutoPorts, noAutoPorts } from './auto-ports.ts';
import { type BinNmus, foldBinNmus, noBinNmus } from './binnmus.ts';
import { type BuildProgress, foldProgress, noProgress } from './build-progress.ts';
import { type BuildQueue, foldBuilds, forgetUpload, noBuilds } from './build-queue.ts';
import { type Buildrequests, foldBuildrequests, noBuildrequests } from './buildrequests.ts';
import { type Changes, foldChanges, noChanges } from './changes.ts';
import { type Checks, foldChecks, forgetBuilt, noChecks } from './checks.ts';
import type { Contents } from './contents.ts';
import { foldMetDependencies, type MetDependencies, noMetDependencies } from './dep-wait.ts';
import { type Expiries, foldExpiries, noExpiries } from './expiries.ts';
import { foldContents, noContents } from './fold-contents.ts';
import { type FollowedPorts, foldFollowedPorts, noFollowedPorts } from './followed-ports.ts';
import { type Followers, foldFollowers, noFollowers } from './followers.ts';
import { type FormerDistributions, foldFormerDistributions, noFormerDistributions } from './former-distributions.ts';
import { foldKeyrings, type Keyrings, noKeyrings } from './keyrings.ts';
import { foldNodes, type Nodes, noNodes } from './nodes.ts';
import { foldNotices, type Notices, noNotices } from './notices.ts';
import { foldPlaces } from './places.ts';
import { foldPorts, noPorts, type Ports } from './ports.ts';
import { foldPublicationHistory, noPublicationHistory, type PublicationHistory } from './publication-history.ts';
import { foldPublications, noPublications, type Publications } from './publications.ts';
import type { Recorded } from './recorded.ts';
import { foldRecordedClock, noRecordedClock, type RecordedClock } from './recorded-clock.ts';
import { foldRemotes, noRemotes, type Remotes } from './remotes.ts';
import { foldRemovals, noRemovals, type Removals } from './removals.ts';
import { foldRetention, noRetention, type Retention } from './retention.ts';
import { foldSeals, noSeals, type Seals } from './seals.ts';
import { foldSources, noSources, type Sources } from './sources.ts';
import { foldStatistics, noStatistics, type Statistics } from './statistics.ts';
import { foldStays, noStays, type Stays } from './stays.ts';
import { foldSubscribers, noSubscribers, type Subscribers } from './subscribers.ts';
import { foldCheckTemplates, foldTemplates, noTemplates, type Templates } from './templates.ts';
import { foldUploadFiles, noUploadFiles, type UploadFiles } from './upload-files.ts';
import { foldUploads, noUploads, type Uploads } from './uploads.ts';
import { foldWebhooks, noWebhooks, type Webhooks } from './webhooks.ts';

/** Everything that is so, after the event at `position`. One value, folded in place by its only owner, the projector. */
export type World = {
  position: Position | undefined;
  events: number;
  readonly clock: RecordedClock;
  engine: 'started' | 'stopped';
  /** What was said when it was stopped. */
  stoppedBecause: string;
  configuration: Configuration;
  readonly uploads: Uploads;
  readonly accepted: AcceptedSources;
  readonly uploadFiles: UploadFiles;
  readonly builds: BuildQueue;
  /** Of other instances. */
  readonly buildrequests: Buildrequests;
  readonly checks: Checks;
  readonly progress: BuildProgress;
  readonly binNmus: BinNmus;
  readonly contents: Contents;
  readonly stays: Stays;
  readonly changes: Changes;
  readonly publications: Publications;
  readonly met: MetDependencies;
  readonly followers: Followers;
  readonly removals: Removals;
  readonly sources: Sources;
  readonly ports: Ports;
  readonly autoPorts: AutoPorts;
  readonly followedPorts: FollowedPorts;
  readonly keyrings: Keyrings;
  readonly expiries: Expiries;
  readonly published: PublicationHistory;
  readonly former: FormerDistributions;
  readonly remotes: Remotes;
  /** Builders on this log. */
  readonly nodes: Nodes;
  readonly retention: Retention;
  readonly seals: Seals;
  readonly statistics: Statistics;
  readonly templates: Templates;
  /** Templates that hold the tools of checks besides. */
  readonly checkTemplates: Templates;
  readonly accounts: Accounts;
  readonly subscribers: Subscribers;
  readonly webhooks: Webhooks;
  readonly notices: Notices;
};

export const newWorld = (): World => ({
  position: undefined,
  events: 0,
  clock: noRecordedClock(),
  engine: 'stopped',
  stoppedBecause: '',
  configuration: noConfiguration,
  uploads: noUploads(),
  accepted: noAcceptedSources(),
  uploadFiles: noUploadFiles(),
  builds: noBuilds(),
  buildrequests: noBuildrequests(),
  checks: noChecks(),
  progress: noProgress(),
  binNmus: noBinNmus(),
  contents: noContents(),
  stays: noStays(),
  changes: noChanges(),
  publications: noPublications(),
  met: noMetDependencies(),
  followers: noFollowers(),
  removals: noRemovals(),
  sources: noSources(),
  ports: noPorts(),
  autoPorts: noAutoPorts(),
  followedPorts: noFollowedPorts(),
  keyrings: noKeyrings(),
  expiries: noExpiries(),
  published: noPublicationHistory(),
  former: noFormerDistributions(),
  remotes: noRemotes(),
  nodes: noNodes(),
  retention: noRetention(),
  seals: noSeals(),
  statistics: noStatistics(),
  templates: noTemplates(),
  checkTemplates: noTemplates(),
  accounts: noAccounts(),
  subscribers: noSubscribers(),
  webhooks: noWebhooks(),
  notices: noNotices(),
});

/** Events seen before are passed over: the log delivers at least once. */
export const foldWorld = (world: World, recorded: Recorded): void => {
  if (world.position !== undefined && recorded.position <= world.position) return;
  world.position = recorded.position;
  world.events += 1;
  foldRecordedClock(world.clock, recorded);
  if (recorded.event.type === 'EngineStarted') world.engine = 'started';
  if (recorded.event.type === 'EngineStopped') {
    world.engine = 'stopped';
    world.stoppedBecause = recorded.event.reason;
  }
  const configuration = configure(world.configuration, recorded.event);
  foldFormerDistributions(world.former, recorded, configuration, world);
  world.configuration = configuration;
  foldPublications(world.publications, recorded);
  foldUploads(world.uploads, recorded, world.publications);
  foldAcceptedSources(world.accepted, recorded.event);
  foldUploadFiles(world.uploadFiles, recorded);
  foldBuilds(world.builds, recorded, world.binNmus);
  foldBuildrequests(world.buildrequests, recorded);
  foldChecks(world.checks, recorded);
  const over = foldProgress(world.progress, recorded);
  if (over !== undefined) {
    forgetUpload(world.builds, over);
    forgetBuilt(world.checks, over);
  }
  foldBinNmus(world.binNmus, recorded);
  // Before contents are: it asks which change is planned.
  foldStays(world.stays, recorded, world);
  foldContents(world.contents, recorded, world.configuration);
  foldPlaces(world.contents, recorded, world.configuration);
  foldChanges(world.changes, recorded);
  foldMetDependencies(world.met, recorded, world);
  foldFollowers(world.followers, recorded, world);
  foldRemovals(world.removals, recorded);
  foldSources(world.sources, recorded);
  foldPorts(world.ports, recorded);
  foldAutoPorts(world.autoPorts, recorded, world.configuration);
  foldFollowedPorts(world.followedPorts, recorded);
  foldKeyrings(world.keyrings, recorded, world.configuration);
  foldExpiries(world.expiries, recorded);
  foldPublicationHistory(world.published, recorded);
  foldStatistics(world.statistics, recorded, world);
  foldRemotes(world.remotes, recorded);
  foldRetention(world.retention, recorded);
  foldSeals(world.seals, recorded, world.events);
  foldTemplates(world.templates, recorded);
  foldCheckTemplates(world.checkTemplates, recorded);
  foldNodes(world.nodes, recorded, world.templates);
  foldAccounts(world.accounts, recorded);
  foldSubscribers(world.subscribers, recorded);
  foldWebhooks(world.webhooks, recorded);
  // Last: it asks what the event made of everything else.
  foldNotices(world.notices, recorded, world);
};
