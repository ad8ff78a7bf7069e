import { setImmediate as turn } from 'node:timers/promises';
import type { Caller } from '../../domain/account/caller.ts';
import { refusalShownTo, type Viewer } from '../../domain/account/viewer.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { UploadId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { uploadStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { EveryUpload, UploadEver } from '../../projections/every-upload.ts';
import type { World } from '../../projections/world.ts';
import { recordedOf } from '../events-of.ts';
import { pageOf } from './listing.ts';

/** Those by which uploads are sought: as the manual says where an upload stands. */
export const soughtUploads = ['any', 'received', 'accepted', 'rejected', 'failed', 'installed', 'published'] as const;

/** Which uploads are asked for; `undefined` is any. */
export type UploadsSought = {
  readonly state: (typeof soughtUploads)[number];
  readonly distribution: DistributionName | undefined;
  readonly source: (name: string) => boolean;
  readonly version: (version: string) => boolean;
  readonly changes: Sha256 | undefined;
};

/** A page of every upload that ever came, the last that came first. What is said of each is read from the log, as `caller` may see it. */
export const uploadsList =
  (world: World, log: Pick<EventLog, 'readStream'>) =>
  async (asked: UploadsSought & { readonly page: number | undefined }, caller: Caller) => {
    const viewer = viewerOf(world.accounts, caller);
    const found = (await soughtAmong(world.uploads.every, isUploadSought(asked))).reverse();
    const { items, ...where } = pageOf(found, asked.page ?? 1);
    return { ...where, items: await Promise.all(items.map(([id, upload]) => lineOf(id, upload, log, viewer))) };
  };

/** So many are looked at before others have their turn. */
const atOnce = 1000;

/** In the order they came. There may be millions, and any stranger may ask: nobody waits until all were looked at. */
const soughtAmong = async (
  every: EveryUpload,
  isSought: (upload: UploadEver) => boolean,
): Promise<(readonly [UploadId, UploadEver])[]> => {
  const found: (readonly [UploadId, UploadEver])[] = [];
  let looked = 0;
  for (const [id, upload] of every) {
    if (isSought(upload)) found.push([id, upload]);
    looked += 1;
    if (looked % atOnce === 0) await turn();
  }
  return found;
};

export const isUploadSought =
  ({ state, distribution, source, version, changes }: UploadsSought) =>
  (upload: UploadEver): boolean =>
    (state === 'any' || state === upload.status) &&
    (distribution === undefined || distribution === upload.distribution) &&
    (changes === undefined || changes === upload.changes) &&
    source(upload.source ?? '') &&
    version(upload.version ?? '');

const lineOf = async (id: UploadId, upload: UploadEver, log: Pick<EventLog, 'readStream'>, viewer: Viewer) => {
  const told = await recordedOf(log, uploadStream(id));
  const received = told.find(({ event }) => event.type === 'UploadReceived');
  const rejected = told.map(({ event }) => event).find((event) => event.type === 'UploadRejected');
  return {
    upload: id,
    changes: received?.event.type === 'UploadReceived' ? (received.event.changes.name as string) : null,
    source: (upload.source ?? null) as string | null,
    version: (upload.version ?? null) as string | null,
    distribution: (upload.distribution ?? null) as string | null,
    state: upload.status,
    receivedAt: received?.recordedAt ?? null,
    note: rejected === undefined ? (upload.reason ?? null) : inShort(refusalShownTo(viewer, rejected)),
  };
};

const inShort = ({ rule, fact }: Refusal): string => `${rule}: ${fact}`;
