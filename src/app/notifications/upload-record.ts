import { readFile } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { checkTools } from '../../domain/check/findings.ts';
import { type Configuration, resolveDistribution } from '../../domain/configuration/configuration.ts';
import { parseChanges } from '../../domain/debian/changes.ts';
import type { Architecture, StoredFile } from '../../domain/debian/names.ts';
import { type DaemonEvent, decodeEvent } from '../../domain/event.ts';
import { buildId, checkId, portId, type StreamName, type UploadId } from '../../domain/ids.ts';
import { type PeopleOfChanges, peopleOfChanges } from '../../domain/mail/people-of-changes.ts';
import type { PortFailed, PortRequested } from '../../domain/port/events.ts';
import { checkStream, packageStream, portStream, uploadStream } from '../../domain/stream.ts';
import type { UploadAccepted, UploadReceived, UploadRejected } from '../../domain/upload/events.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { autoPortsOf } from '../../projections/auto-ports.ts';
import type { Notice } from '../../projections/notice.ts';

/** Everything on record of the upload that a notice is about, however long ago that was. */
export type UploadRecord = {
  readonly received: UploadReceived;
  readonly rejected: UploadRejected | undefined;
  /** Why it was not installed, if that is so. */
  readonly released: string | undefined;
  readonly accepted: UploadAccepted | undefined;
  /** By architecture, what was said of its build, in order. */
  readonly builds: ReadonlyMap<Architecture, readonly DaemonEvent[]>;
  /** By architecture, what was said of the checks of its build. */
  readonly checks: ReadonlyMap<Architecture, readonly DaemonEvent[]>;
  /** By distribution, how the ports began that it asked for by `auto-ports`, as far as that is decided. */
  readonly ports: ReadonlyMap<string, PortRequested | PortFailed>;
  /** The changelog entry; empty when the `.changes` cannot be read or is not kept any more. */
  readonly changes: string;
  readonly people: PeopleOfChanges;
};

export type RecordParts = { readonly log: EventLog; readonly files: FileStore; readonly keyring: Keyring };

export const uploadRecord = async (
  notice: Notice,
  parts: RecordParts,
  configuration: Configuration,
): Promise<UploadRecord | undefined> => {
  const upload = notice.upload ?? (await broughtBy(notice, parts));
  if (upload === undefined) return undefined;
  const story = await events(parts.log, uploadStream(upload));
  const received = story.find((event) => event.type === 'UploadReceived');
  if (received === undefined) return undefined;
  const accepted = story.find((event) => event.type === 'UploadAccepted');
  const text = await signedText(received.changes, parts);
  const changes = parseChanges(text);
  return {
    received,
    accepted,
    released: notice.kind === 'failed' ? await releaseOf(notice, upload, parts) : undefined,
    rejected: story.find((event) => event.type === 'UploadRejected'),
    builds: new Map(
      await Promise.all(
        (accepted?.builds ?? []).map(async ({ architecture }) => {
          const stream = `build-${buildId(received.upload, architecture)}` as StreamName;
          return [architecture, await events(parts.log, stream)] as const;
        }),
      ),
    ),
    checks: new Map(
      await Promise.all(
        (accepted?.builds ?? []).map(async ({ architecture }) => {
          const build = buildId(received.upload, architecture);
          const told = checkTools.map((tool) => events(parts.log, checkStream(checkId(build, tool))));
          return [architecture, (await Promise.all(told)).flat()] as const;
        }),
      ),
    ),
    ports: await portsOf(received, parts, configuration),
    changes: isLeft(changes) ? '' : changes.right.changes.replace(/^\n/, ''),
    people: peopleOfChanges(text),
  };
};

/** A port that fails later did not begin otherwise: the first that was said of it counts. */
const portsOf = async (
  received: UploadReceived,
  { log }: RecordParts,
  configuration: Configuration,
): Promise<UploadRecord['ports']> => {
  const ports = new Map<string, PortRequested | PortFailed>();
  for (const written of autoPortsOf(received)) {
    const target = resolveDistribution(configuration, written);
    const to = isLeft(target) ? written : target.right.name;
    const [begun] = await events(log, portStream(portId(received.upload, to)));
    if (begun?.type === 'PortRequested' || begun?.type === 'PortFailed') ports.set(to, begun);
  }
  return ports;
};

/** The upload that a version came with. */
const broughtBy = async (
  { repository, source, version }: Notice,
  { log }: RecordParts,
): Promise<UploadId | undefined> => {
  if (repository === undefined || source === undefined) return undefined;
  const installed = (await events(log, packageStream(repository, source))).findLast(
    (event) => event.type === 'PackageInstalled' && event.version === version,
  );
  return installed?.type === 'PackageInstalled' ? installed.upload : undefined;
};

const releaseOf = async (
  { repository = '', source = '' }: { readonly repository?: string | undefined; readonly source?: string | undefined },
  upload: UploadId,
  { log }: RecordParts,
): Promise<string | undefined> => {
  const released = (await events(log, packageStream(repository, source))).findLast(
    (event) => event.type === 'VersionReleased' && event.upload === upload,
  );
  return released?.type === 'VersionReleased' ? released.reason : undefined;
};

const events = async (log: EventLog, stream: StreamName): Promise<readonly DaemonEvent[]> =>
  (await log.readStream(stream)).map(({ body, revision }) => decodeEvent(body, `event ${revision} of ${stream}`));

/** Bytes of a `.changes` that are read: it was taken with less. */
const largest = 4 * 1024 * 1024;

/** Who signed it was seen when it arrived and is on record; here only the text is wanted, and framing is as strict. */
const signedText = async ({ sha256, size }: StoredFile, { files, keyring }: RecordParts): Promise<string> => {
  if (size > largest || !(await files.has(sha256))) return '';
  return (await keyring.verify(await readFile(await files.path(sha256)), [])).signedText ?? '';
};
