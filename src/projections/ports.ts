import type { Instant } from '../domain/codec.ts';
import type { EventId, PortId, UploadId } from '../domain/ids.ts';
import type { PortEvent, PortRequested } from '../domain/port/events.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { PortNews } from './followed-ports.ts';
import type { Recorded } from './recorded.ts';

export type PortStory = {
  readonly id: PortId;
  readonly status: 'requested' | 'uploaded' | 'migrated' | 'failed';
  readonly requested: PortRequested;
  readonly changedAt: Instant;
  /** The event that brought it into this status. */
  readonly because: EventId;
  readonly correlation: string;
  readonly refusal: Refusal | undefined;
};

/** Ports about which something is to be done, and the last ones that ended. Folded in place: ask, do not keep. */
export type Ports = {
  readonly open: Map<PortId, PortStory>;
  /** Newest first, at most `mostEnded`. */
  readonly ended: PortStory[];
};

const mostEnded = 200;

export const noPorts = (): Ports => ({ open: new Map(), ended: [] });

export const foldPorts = (ports: Ports, { event, id, recordedAt, correlation }: Recorded): void => {
  switch (event.type) {
    case 'PortRequested':
      ports.open.set(event.port, {
        id: event.port,
        status: 'requested',
        requested: event,
        changedAt: recordedAt,
        because: id,
        correlation,
        refusal: undefined,
      });
      break;
    case 'PortUploaded':
    case 'PortMigrated':
    case 'PortFailed': {
      const story = ports.open.get(event.port);
      if (story === undefined) break;
      change(ports, { ...story, ...news(event), changedAt: recordedAt, because: id });
      break;
    }
  }
};

const news = (event: Exclude<PortEvent, PortRequested | PortNews>): Pick<PortStory, 'status' | 'refusal'> => {
  switch (event.type) {
    case 'PortUploaded':
      return { status: 'uploaded', refusal: undefined };
    case 'PortMigrated':
      return { status: 'migrated', refusal: undefined };
    case 'PortFailed': {
      const { rule, fact, remedy } = event;
      return { status: 'failed', refusal: { rule, fact, remedy } };
    }
  }
};

const change = (ports: Ports, story: PortStory): void => {
  if (story.status === 'requested' || (story.status === 'uploaded' && story.requested.migrates)) {
    ports.open.set(story.id, story);
    return;
  }
  ports.open.delete(story.id);
  ports.ended.unshift(story);
  if (ports.ended.length > mostEnded) ports.ended.pop();
};

/** Those that have no upload yet. */
export const unmadePorts = ({ open }: Ports): readonly PortStory[] =>
  [...open.values()].filter(({ status }) => status === 'requested');

/** Those whose upload is on its way, and is to migrate once it is installed. */
export const migratingPorts = ({ open }: Ports): readonly PortStory[] =>
  [...open.values()].filter(({ status }) => status === 'uploaded');

export const portOf = ({ open, ended }: Ports, id: PortId): PortStory | undefined =>
  open.get(id) ?? ended.find((story) => story.id === id);

/** That of an upload: as `portOf`, of those that ended only the last ones. */
export const portOfUpload = ({ open, ended }: Ports, upload: UploadId): PortStory | undefined =>
  [...open.values(), ...ended].find(({ requested }) => requested.upload === upload);
