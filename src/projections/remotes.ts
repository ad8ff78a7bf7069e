import type { Instant } from '../domain/codec.ts';
import type { BuilderTag, RemoteConfigured, RemoteId } from '../domain/configuration/events.ts';
import type { Fingerprint, RepositoryId } from '../domain/debian/names.ts';
import type { RemoteChroot } from '../domain/remote/events.ts';
import type { Recorded } from './recorded.ts';

/** Another instance, as far as the log knows it. */
export type RemoteStory = {
  readonly remote: RemoteId;
  /** `undefined` while it only asked to be known. */
  readonly configured: RemoteConfigured | undefined;
  readonly introduced: { readonly url: string; readonly fingerprint: Fingerprint; readonly at: Instant } | undefined;
  readonly active: boolean;
  /** Of these repositories builds of ours may go there; all of them when it is empty. */
  readonly repositories: readonly RepositoryId[];
  /** What administrators here call it. */
  readonly tags: readonly BuilderTag[];
  readonly state: 'unknown' | 'found' | 'lost';
  /** Since when it is in this state. */
  readonly since: Instant | undefined;
  readonly lost: { readonly rule: string; readonly fact: string } | undefined;
  readonly chroots: readonly RemoteChroot[];
  readonly binNmus: boolean;
  /** When its command to wake was run last. */
  readonly woken: { readonly at: Instant } | undefined;
  /** What was refused of it, or in its name, the newest first. */
  readonly refused: readonly { readonly at: Instant; readonly rule: string; readonly fact: string }[];
};

export type AddedRemote = RemoteStory & { readonly configured: RemoteConfigured };

/** Folded in place: ask, do not keep. */
export type Remotes = Map<RemoteId, RemoteStory>;

export const noRemotes = (): Remotes => new Map();

const mostRefused = 20;

export const foldRemotes = (remotes: Remotes, { event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'RemoteConfigured': {
      const known = remotes.get(event.remote);
      const fresh = known?.configured?.fingerprint === event.fingerprint ? known : stranger(event.remote);
      remotes.set(event.remote, { ...fresh, configured: event, introduced: undefined });
      break;
    }
    case 'RemoteRemoved':
      remotes.delete(event.remote);
      break;
    case 'RemoteIntroduced': {
      const { url, fingerprint } = event;
      change(remotes, event.remote, { introduced: { url, fingerprint, at: recordedAt } });
      break;
    }
    case 'RemoteIntroductionDismissed':
      if (remotes.get(event.remote)?.configured === undefined) remotes.delete(event.remote);
      else change(remotes, event.remote, { introduced: undefined });
      break;
    case 'RemoteUploadRefused':
    case 'RemoteIntroductionRefused':
      refuse(remotes, event, recordedAt);
      break;
    case 'RemoteActivated':
      change(remotes, event.remote, { active: true, repositories: event.repositories, tags: event.tags });
      break;
    case 'RemoteDeactivated':
      change(remotes, event.remote, { active: false });
      break;
    case 'RemoteWoken':
      change(remotes, event.remote, { woken: { at: recordedAt } });
      break;
    case 'RemoteFound': {
      const { chroots, binNmus } = event;
      const since = remotes.get(event.remote)?.state === 'found' ? remotes.get(event.remote)?.since : recordedAt;
      change(remotes, event.remote, { state: 'found', since, lost: undefined, chroots, binNmus });
      break;
    }
    case 'RemoteLost': {
      const { rule, fact } = event;
      const since = remotes.get(event.remote)?.state === 'lost' ? remotes.get(event.remote)?.since : recordedAt;
      change(remotes, event.remote, { state: 'lost', since, lost: { rule, fact } });
      break;
    }
  }
};

const stranger = (remote: RemoteId): RemoteStory => ({
  remote,
  configured: undefined,
  introduced: undefined,
  active: false,
  repositories: [],
  tags: [],
  state: 'unknown',
  since: undefined,
  lost: undefined,
  chroots: [],
  binNmus: false,
  woken: undefined,
  refused: [],
});

const change = (remotes: Remotes, remote: RemoteId, news: Partial<RemoteStory>): void => {
  remotes.set(remote, { ...(remotes.get(remote) ?? stranger(remote)), ...news });
};

const refuse = (
  remotes: Remotes,
  { remote, rule, fact }: { readonly remote: RemoteId; readonly rule: string; readonly fact: string },
  at: Instant,
): void => {
  const known = remotes.get(remote)?.refused ?? [];
  change(remotes, remote, { refused: [{ at, rule, fact }, ...known].slice(0, mostRefused) });
};

/** Those that were added here. */
export const addedRemotes = (remotes: Remotes): readonly AddedRemote[] =>
  [...remotes.values()].filter((each): each is AddedRemote => each.configured !== undefined);

/** Active ones that do not answer. */
export const lostRemotes = (remotes: Remotes): readonly RemoteStory[] =>
  [...remotes.values()].filter(({ active, state }) => active && state === 'lost');

/** Those that ask to be known, and that nobody answered yet. */
export const introductions = (remotes: Remotes): readonly RemoteStory[] =>
  [...remotes.values()].filter(({ introduced }) => introduced !== undefined);
