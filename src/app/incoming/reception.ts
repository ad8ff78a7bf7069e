import { readFile } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { ulid } from 'ulid';
import { parseChanges } from '../../domain/debian/changes.ts';
import type { Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { UploadId } from '../../domain/ids.ts';
import { type Refusal, refusal, sentence } from '../../domain/refusal.ts';
import type { UploadReceived } from '../../domain/upload/events.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IncomingFile, IncomingFolder, Receive } from '../../ports/incoming.ts';
import type { Tell } from '../../ports/tell.ts';
import type { ExchangeDesk } from '../remotes/exchange-desk.ts';
import { type Announced, type Arrived, gather, strays } from './gathering.ts';
import { type ArrivalParts, largestControlFile, readArrival } from './read-arrival.ts';

export type Reception = {
  /** Called for each file before it is answered 226. */
  readonly receive: Receive;
  /** Remembers what an earlier life left in incoming, and goes on with it. Call before the door opens. */
  readonly resume: () => Promise<void>;
  /** Rejects uploads that waited too long for their files, collects strays, tries again what failed. Call now and then. */
  readonly tidy: () => Promise<void>;
};

export type ReceptionParts = ArrivalParts & {
  readonly folder: IncomingFolder;
  /** When a `.changes` with these bytes was last received (ISO), if ever. */
  readonly lastReceived: (changes: Sha256) => string | undefined;
  /** Who takes buildrequests and buildresults. */
  readonly exchange: ExchangeDesk;
  readonly clock: Clock;
  readonly tell: Tell;
  /** How long files of one upload may be apart, in milliseconds. */
  readonly bound: number;
};

/** Files of one upload: an event stays below 64 kB. */
const mostFiles = 150;

/**
 * Puts uploads together from files that arrive in any order and in several sessions. An upload is complete when every file
 * its `.changes` names is there; then everything moves to the file store, `UploadReceived` is appended, and only then
 * are the files dropped from incoming. A crash in between is seen at the next start: a `.changes` older than its own event
 * is dropped without another word.
 */
export const reception = (parts: ReceptionParts): Reception => {
  const { folder, clock, bound } = parts;
  const arrived = new Map<string, Arrived>();
  const arrivals = new Map<string, number>();
  const announced = new Map<string, Announced>();
  const completing = new Map<string, Promise<void>>();

  const arrive = async (file: Arrived): Promise<Refusal | undefined> => {
    if (!file.name.endsWith('.changes')) {
      arrived.set(file.path, file);
      arrivals.set(file.path, (arrivals.get(file.path) ?? 0) + 1);
      return undefined;
    }
    if (file.size > largestControlFile) return tooLarge(file);
    const needs = await needsOf(file, parts);
    const upload = announced.get(file.path)?.upload ?? (ulid(clock.now()) as UploadId);
    announced.set(file.path, { upload, changes: file, needs });
    return undefined;
  };

  const isComplete = (upload: Announced): boolean => gather(upload, [...arrived.values()]).missing.length === 0;

  /** Whether an upload is what the sender of a file waits for. */
  const concerns = ({ path }: Pick<Arrived, 'path'>, upload: Announced): boolean =>
    [upload.changes, ...gather(upload, [...arrived.values()]).files].some((file) => file.path === path);

  const settle = (uploads: readonly Announced[]): Promise<void> =>
    allDone(uploads.filter(isComplete).map((each) => completeOnce(each, [])));

  /** One `.changes` is completed by one caller; the others wait for it. */
  const completeOnce = (upload: Announced, faults: readonly Refusal[]): Promise<void> => {
    const { path } = upload.changes;
    const underWay = completing.get(path) ?? complete(upload, faults).finally(() => completing.delete(path));
    completing.set(path, underWay);
    return underWay;
  };

  const complete = async (upload: Announced, faults: readonly Refusal[]): Promise<void> => {
    const { files } = gather(upload, [...arrived.values()]);
    const exchanged = await parts.exchange(upload.changes, files, faults);
    if (exchanged !== 'taken') {
      const all = exchanged === 'not-ours' ? faults : [exchanged, ...faults];
      await recordUpload(await receivedUpload(upload, files, all, parts), parts);
    }
    announced.delete(upload.changes.path);
    await forget([upload.changes, ...files.filter(isSpent)]);
  };

  /** A tarball that came twice may be meant for two uploads, of which the other one is yet to be announced. */
  const isSpent = ({ path }: Arrived): boolean => {
    const left = (arrivals.get(path) ?? 1) - 1;
    arrivals.set(path, left);
    return left <= 0;
  };

  /** A file that another upload waits for stays. */
  const forget = async (files: readonly Arrived[]): Promise<void> => {
    const wanted = new Set([...announced.values()].flatMap(({ needs }) => needs.map(({ sha256 }) => sha256)));
    for (const file of files.filter(({ sha256 }) => !wanted.has(sha256))) {
      arrived.delete(file.path);
      arrivals.delete(file.path);
      await folder.drop(file);
    }
  };

  const wasReceived = ({ name, sha256, receivedAt }: IncomingFile): boolean => {
    const last = name.endsWith('.changes') ? parts.lastReceived(sha256) : undefined;
    if (last === undefined || Date.parse(last) < receivedAt) return false;
    // An event of a time to come says nothing of a file that came by a clock that was put right since: better received twice than not.
    return Date.parse(last) <= clock.now() || receivedAt > clock.now();
  };

  return {
    receive: async (file) => {
      const refused = await arrive({ ...file, since: clock.awake() });
      if (refused === undefined) await settle([...announced.values()].filter((upload) => concerns(file, upload)));
      return refused;
    },
    resume: async () => {
      for (const found of await folder.list()) {
        // By a clock that was ahead, it came just now.
        const since = clock.awake() - Math.max(0, clock.now() - found.receivedAt);
        // How it came is forgotten by now; nearly all come so.
        const file = { ...found, since, session: undefined, door: 'ftp' as const };
        if (wasReceived(found) || (await arrive(file)) !== undefined) await folder.drop(found);
      }
      await settle([...announced.values()]);
    },
    tidy: async () => {
      const awake = clock.awake();
      const isLate = (upload: Announced): boolean => awake - upload.changes.since > bound && !isComplete(upload);
      const late = [...announced.values()]
        .filter(isLate)
        .map((upload) => completeOnce(upload, [lateness(upload, [...arrived.values()], bound)]));
      await allDone([
        ...late,
        settle([...announced.values()]),
        forget(strays([...arrived.values()], [...announced.values()], awake, bound)),
      ]);
    },
  };
};

/** Waits for all, also when one fails: nobody's upload suffers from another one's. */
const allDone = async (work: readonly Promise<void>[]): Promise<void> => {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
};

const tooLarge = ({ name, size }: Arrived): Refusal =>
  refusal(
    'control-file-too-large',
    `${name} has ${size} bytes, a .changes may have ${largestControlFile}`,
    'shorten its Changes field',
  );

const lateness = (upload: Announced, arrived: readonly Arrived[], bound: number): Refusal =>
  refusal(
    'missing-files',
    `${gather(upload, arrived).missing.join(', ')} did not arrive within ${Math.round(bound / 60_000)} minutes of ${upload.changes.name}`,
    'upload everything again, for example with dput -f',
  );

/** An unreadable `.changes` names nothing, hence waits for nothing, and is rejected at once. */
const needsOf = async (file: Arrived, parts: ReceptionParts): Promise<Announced['needs']> => {
  const { signedText } = await parts.verify(await readFile(file.path));
  const changes = signedText === undefined ? undefined : parseChanges(signedText);
  if (changes === undefined || isLeft(changes) || changes.right.files.length > mostFiles) return [];
  return changes.right.files.map(({ name, sha256 }) => ({ name, sha256 }));
};

/** Moves the files to the store and says what arrived, without judging it. */
const receivedUpload = async (
  { upload, changes }: Announced,
  arrived: readonly Arrived[],
  faults: readonly Refusal[],
  parts: ReceptionParts,
): Promise<UploadReceived> => {
  const adopted = await parts.files.adopt(changes.name, changes.path);
  const files: StoredFile[] = [];
  for (const { name, path } of arrived) files.push(await parts.files.adopt(name, path));
  return readArrival({ upload, door: changes.door, changes: adopted, files, faults }, parts);
};

const recordUpload = async (received: UploadReceived, { tell }: ReceptionParts): Promise<void> => {
  const { signature, upload } = received;
  const told = await tell(
    { command: 'ReceiveUpload', received },
    {
      actor:
        signature.status === 'good'
          ? { kind: 'key', name: signature.fingerprint }
          : { kind: 'anonymous', name: 'unauthenticated' },
      causedBy: undefined,
      correlation: upload,
    },
  );
  if (isLeft(told)) throw new Error(sentence(told.left));
};
