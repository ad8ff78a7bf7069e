import type { BuildrequestEvent, BuildrequestReceived, BuildresultMade } from '../domain/buildrequest/events.ts';
import type { Instant } from '../domain/codec.ts';
import type { Sha256, StoredFile } from '../domain/debian/names.ts';
import { type BuildId, buildId, type EventId, type UploadId } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

/** A buildrequest of another instance. */
export type RequestStory = {
  readonly received: BuildrequestReceived;
  readonly status: 'waiting' | 'building' | 'built' | 'declined' | 'cancelled' | 'sent';
  readonly attempts: number;
  readonly changedAt: Instant;
  readonly changedBy: EventId;
  /** Why it ended so. */
  readonly note: string;
  readonly result: BuildresultMade | undefined;
};

/** Those under way, oldest first, and the last that ended. Folded in place. */
export type Buildrequests = {
  readonly open: Map<Sha256, RequestStory>;
  readonly ended: Map<Sha256, RequestStory>;
};

const mostEnded = 100;

export const noBuildrequests = (): Buildrequests => ({ open: new Map(), ended: new Map() });

export const foldBuildrequests = (requests: Buildrequests, { event, recordedAt, id }: Recorded): void => {
  switch (event.type) {
    case 'BuildrequestReceived':
      requests.open.set(event.request, {
        received: event,
        status: 'waiting',
        attempts: 0,
        changedAt: recordedAt,
        changedBy: id,
        note: '',
        result: undefined,
      });
      break;
    case 'BuildrequestStarted':
      change(requests, event, recordedAt, id, { status: 'building', attempts: event.attempt });
      break;
    case 'BuildrequestInterrupted':
      change(requests, event, recordedAt, id, { status: 'waiting', note: event.reason });
      break;
    case 'BuildresultMade':
      change(requests, event, recordedAt, id, { status: 'built', note: event.status, result: event });
      break;
    case 'BuildrequestDeclined':
      end(requests, event, recordedAt, id, { status: 'declined', note: `${event.rule}: ${event.fact}` });
      break;
    case 'BuildrequestCancelled':
      end(requests, event, recordedAt, id, { status: 'cancelled', note: event.reason });
      break;
    case 'BuildresultSent':
      end(requests, event, recordedAt, id, { status: 'sent' });
      break;
  }
};

const change = (
  { open }: Buildrequests,
  { request }: BuildrequestEvent,
  changedAt: Instant,
  changedBy: EventId,
  news: Partial<RequestStory>,
): void => {
  const story = open.get(request);
  if (story !== undefined) open.set(request, { ...story, ...news, changedAt, changedBy });
};

const end = (
  requests: Buildrequests,
  event: BuildrequestEvent,
  at: Instant,
  by: EventId,
  news: Partial<RequestStory>,
): void => {
  change(requests, event, at, by, news);
  const story = requests.open.get(event.request);
  if (story === undefined) return;
  requests.open.delete(event.request);
  requests.ended.set(event.request, story);
  const [oldest] = requests.ended.keys();
  if (requests.ended.size > mostEnded && oldest !== undefined) requests.ended.delete(oldest);
};

export const requestsIn = ({ open }: Buildrequests, ...statuses: RequestStory['status'][]): readonly RequestStory[] =>
  [...open.values()].filter(({ status }) => statuses.includes(status));

/** Files that are still needed. */
export const heldByRequests = ({ open }: Buildrequests): readonly StoredFile[] =>
  [...open.values()].flatMap(({ received, result }) => [
    received.changes,
    received.tar,
    ...(result === undefined ? [] : [result.changes, ...result.files]),
  ]);

/** What a build for others is called here: by the hash of its request, so that who sent it knows the name too. */
export const guestBuild = (request: Sha256, architecture: string): BuildId =>
  buildId(request.slice(0, 26).toUpperCase() as UploadId, architecture);
