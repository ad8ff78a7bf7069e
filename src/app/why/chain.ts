import { checkTools } from '../../domain/check/findings.ts';
import type { Architecture, SourceName, Version } from '../../domain/debian/names.ts';
import { buildId, checkId, type PortId, type StreamName, type UploadId } from '../../domain/ids.ts';
import { binNmuStream, checkStream, packageStream, portStream, uploadStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Rebuild } from '../../projections/binnmus.ts';
import type { PortNews } from '../../projections/followed-ports.ts';
import { type Ports, portOfUpload } from '../../projections/ports.ts';
import type { Recorded } from '../../projections/recorded.ts';
import { decoded, recordedAs, recordedOf } from '../events-of.ts';

type Log = Pick<EventLog, 'readStream'>;
type AskedLog = Pick<EventLog, 'readStream' | 'query'>;

/**
 * Everything on record about one upload in the order of the log: its own story, that of its version, and those of its builds and their checks (of one
 * of them, where only that is asked for).
 */
export const chainOf = async (
  log: Log,
  upload: UploadId,
  architecture: Architecture | undefined,
): Promise<readonly Recorded[]> => {
  const story = await recordedOf(log, uploadStream(upload));
  const accepted = story.map(({ event }) => event).find((event) => event.type === 'UploadAccepted');
  if (accepted === undefined) return story;
  const { repository, source, version } = accepted;
  const builds = accepted.builds
    .map((each) => each.architecture)
    .filter((each) => architecture === undefined || each === architecture);
  const chains = await Promise.all([
    recordedOf(log, packageStream(repository, source)).then((events) =>
      events.filter(({ event }) => isAbout(event, upload, version)),
    ),
    ...builds.map((each) => recordedOf(log, `build-${buildId(upload, each)}` as StreamName)),
    ...builds.flatMap((each) =>
      checkTools.map((tool) => recordedOf(log, checkStream(checkId(buildId(upload, each), tool)))),
    ),
  ]);
  return [...story, ...chains.flat()].sort((one, other) => (one.position < other.position ? -1 : 1));
};

/** The same of a rebuild: its plan as far as it is about it, what its package says of it, and its build with its checks. */
export const chainOfRebuild = async (log: Log, { planned, of }: Rebuild): Promise<readonly Recorded[]> => {
  const { upload, source, architecture } = planned;
  const build = buildId(upload, architecture);
  const isIts = ({ event }: Recorded): boolean =>
    event.type === 'BinNmuPlanned' ||
    event.type === 'BinNmuCancelled' ||
    ('upload' in event && event.upload === upload);
  const chains = await Promise.all([
    ...[binNmuStream(of.binNmu), packageStream(of.repository, source)].map((stream) =>
      recordedOf(log, stream).then((events) => events.filter(isIts)),
    ),
    recordedOf(log, `build-${build}` as StreamName),
    ...checkTools.map((tool) => recordedOf(log, checkStream(checkId(build, tool)))),
  ]);
  return chains.flat().sort((one, other) => (one.position < other.position ? -1 : 1));
};

/** Why an upload was made here: its port, and what was overtaken so that a rule asked for that. */
export const chainOfPort = async (log: AskedLog, ports: Ports, upload: UploadId): Promise<readonly Recorded[]> => {
  const port = portOfUpload(ports, upload)?.id ?? (await portBefore(log, upload));
  if (port === undefined) return [];
  const story = (await recordedOf(log, portStream(port))).filter(({ event }) => !isNews(event));
  const requested = story.find(({ event }) => event.type === 'PortRequested');
  return [...(requested === undefined ? [] : await newsBefore(log, requested)), ...story];
};

/** The log knows those of old: an upload is received for the same reason as its port was asked for. */
const portBefore = async (log: AskedLog, upload: UploadId): Promise<PortId | undefined> => {
  const [received] = await recordedOf(log, uploadStream(upload));
  if (received === undefined) return undefined;
  const { correlation } = received;
  const found = decoded(await log.query({ type: 'PortRequested', correlation, limit: mostAsked }));
  return found.filter((event) => event.type === 'PortRequested').find((event) => event.upload === upload)?.port;
};

/** The news for whose sake a rule asked for a port. */
const newsBefore = async (log: AskedLog, { event, causedBy }: Recorded): Promise<readonly Recorded[]> => {
  if (event.type !== 'PortRequested' || causedBy === undefined) return [];
  const about = { package: event.source, distribution: event.to, limit: mostAsked };
  const found = await Promise.all(newsTypes.map((type) => log.query({ ...about, type })));
  return found
    .flat()
    .filter(({ id }) => id === causedBy)
    .map(recordedAs);
};

const newsTypes: readonly PortNews['type'][] = ['PortOvertaken', 'PortOutdated'];

/** Ports of one command, or news of one package: more than there are. */
const mostAsked = 1000;

const isNews = (event: Recorded['event']): event is PortNews =>
  event.type === 'PortOvertaken' || event.type === 'PortOutdated';

/** Events that name an upload are about that one; the others are about whoever brought the version. */
const isAbout = (event: Recorded['event'], upload: UploadId, version: Version): boolean =>
  'upload' in event ? event.upload === upload : 'version' in event && event.version === version;

/** The uploads that claimed a version of a package (any version without one), the last first. */
export const claimants = async (
  log: Log,
  repositories: Iterable<string>,
  source: SourceName,
  version: Version | undefined,
): Promise<readonly UploadId[]> => {
  const found: UploadId[] = [];
  for (const repository of repositories)
    found.push(...claimantsIn(await recordedOf(log, packageStream(repository, source)), version));
  return found.sort().reverse();
};

/** The same of one repository, whose story of the package was read; the last first. */
export const claimantsIn = (story: readonly Recorded[], version: Version | undefined): readonly UploadId[] =>
  story
    .flatMap(({ event }) =>
      event.type === 'VersionReserved' && (version === undefined || event.version === version) ? [event.upload] : [],
    )
    .sort()
    .reverse();
