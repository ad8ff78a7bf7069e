import type { Instant } from '../../../../domain/codec.ts';
import type { Standing } from '../standing.ts';

/** What builds, and other instances that are known. */
export type MachinesModel = {
  readonly builder: string;
  readonly running: number;
  /** Builds at once. */
  readonly room: number;
  /** What the machine gives to builds; `true`, or what is missing. */
  readonly confinement: readonly { readonly what: string; readonly state: true | string }[];
  /** Builders on the log of this instance. */
  readonly nodes: readonly NodeLine[];
  readonly remotes: readonly RemoteLine[];
  /** Who asks to be known. */
  readonly introductions: readonly {
    readonly remote: string;
    readonly url: string;
    readonly fingerprint: string;
    readonly at: Instant;
    readonly refused: readonly Refused[];
  }[];
  /** What the administrators of others are to compare. */
  readonly ownKeys: readonly string[];
};

/** Who is told of what, and what is owed. */
export type NotificationsModel = {
  /** Who mail is from; `undefined`: none is sent. */
  readonly mailFrom: string | undefined;
  readonly delay: Delay | undefined;
  readonly owed: readonly {
    readonly kind: string;
    readonly source: string | undefined;
    readonly version: string | undefined;
    readonly distribution: string;
    readonly at: Instant;
    /** How many are still to be told. */
    readonly open: number;
  }[];
  readonly moreOwed: number;
  readonly webhooks: readonly WebhookLine[];
  readonly subscriptions: readonly {
    readonly login: string;
    readonly account: string;
    readonly wanted: string;
    readonly standing: Standing;
  }[];
  /** Told of everything, of an instance or a repository. */
  readonly always: readonly { readonly of: string; readonly logins: readonly string[] }[];
};

/** The builder of this machine. */
export type BuilderLine = {
  readonly builder: string;
  readonly standing: Standing;
  readonly running: number;
  /** Builds at once. */
  readonly room: number;
  /** What of them is for other instances, in words. */
  readonly guests: string | undefined;
  readonly chroots: readonly { readonly name: string; readonly standing: Standing }[];
  readonly building: readonly {
    readonly build: string;
    readonly source: string;
    readonly version: string;
    readonly architecture: string;
  }[];
};

export type NodeLine = {
  readonly node: string;
  readonly standing: Standing;
  readonly running: number;
  /** Builds at once; none while it does not work. */
  readonly room: number;
  readonly chroots: readonly string[];
};

export type WebhookLine = {
  readonly webhook: string;
  readonly host: string;
  /** In words. */
  readonly wanted: string;
  /** News that it was not told yet. */
  readonly owed: number;
  readonly standing: Standing;
};

type Delay = { readonly fact: string; readonly since: Instant };

/** Another instance, and what is known of it. Load and room are `undefined` until it says them. */
export type RemoteLine = {
  readonly remote: string;
  readonly url: string;
  readonly fingerprint: string;
  readonly active: boolean;
  /** Whose builds go there; none named is all. */
  readonly repositories: readonly string[];
  /** What we call it. */
  readonly tags: readonly string[];
  readonly wokenAt: Instant | undefined;
  readonly standing: Standing;
  readonly chroots: readonly string[];
  readonly load: number | undefined;
  readonly room: number | undefined;
  readonly refused: readonly Refused[];
};

export type Refused = { readonly at: Instant; readonly rule: string; readonly fact: string };
