import type { Instant } from '../domain/codec.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import type { RepositoryId, SourceName, Version } from '../domain/debian/names.ts';
import type { ExpiryAnnounced } from '../domain/expiry/events.ts';
import type { EventId, UploadId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Accounts } from './accounts.ts';
import type { BinNmuStory, BinNmus } from './binnmus.ts';
import type { Contents } from './contents.ts';
import type { FollowedPorts, PortNews } from './followed-ports.ts';
import type { Publications } from './publications.ts';
import type { Subscribers } from './subscribers.ts';
import type { Uploads } from './uploads.ts';
import type { Webhooks } from './webhooks.ts';

export type NoticeKind =
  | 'installed'
  | 'failed'
  | 'rejected'
  | 'invalid'
  | 'migrated'
  | 'removed'
  | 'restored'
  | 'overtaken'
  | 'port-failed'
  | 'rebuilt'
  | 'rebuilt-in-part'
  | 'expires';

/** Something that people want to be told of. `id` is the event that it tells. */
export type Notice = {
  readonly id: EventId;
  readonly at: Instant;
  readonly kind: NoticeKind;
  /** What is not known of an upload that could not be read, or that goes nowhere. */
  readonly repository: RepositoryId | undefined;
  readonly source: SourceName | undefined;
  readonly version: Version | undefined;
  /** As written, where it means nothing here. */
  readonly distribution: string;
  /** That of which this came; undefined when nothing was uploaded for it. */
  readonly upload: UploadId | undefined;
  /** Of a notice that something ends. */
  readonly expiry?: ExpiryAnnounced;
  /** Of a notice that a port was overtaken, or that a rule could not have what overtook it. */
  readonly newer?: NewerPort;
  /** Of a notice that a whole binNMU came to its end. */
  readonly binNmu?: BinNmuStory;
};

/** `rule`: what the repository did about such when it happened. */
export type NewerPort = {
  readonly news: PortNews;
  readonly rule: 'offer' | 'build';
  readonly failure: Refusal | undefined;
};

/** What else the world holds, as of the same event. */
export type Circumstances = {
  readonly configuration: Configuration;
  readonly contents: Contents;
  readonly accounts: Accounts;
  readonly subscribers: Subscribers;
  readonly uploads: Uploads;
  readonly publications: Publications;
  readonly followedPorts: FollowedPorts;
  readonly binNmus: BinNmus;
  readonly webhooks: Webhooks;
};
