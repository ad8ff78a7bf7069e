import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { RemoteConfigured, RemoteId, RemoteRemoved } from '../configuration/events.ts';
import type { Fingerprint } from '../debian/names.ts';
import type { Decider } from '../decider.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { isSame } from '../same.ts';
import type {
  RemoteActivated,
  RemoteDeactivated,
  RemoteEvent,
  RemoteFound,
  RemoteIntroduced,
  RemoteLost,
  RemoteUploadRefused,
  RemoteWoken,
} from './events.ts';

/** What is said of another instance. */
export type Remote = {
  /** The key that its administrator vouched for; `undefined` before it was added. */
  readonly key: Fingerprint | undefined;
  /** Who asked to be known, until it is added or dismissed. */
  readonly introduced: Fingerprint | undefined;
  readonly activated: RemoteActivated | undefined;
  readonly seen: RemoteFound | RemoteLost | undefined;
  /** Keys that came and were not believed. */
  readonly refused: readonly Fingerprint[];
  /** What it sent last that was not taken. */
  readonly refusedUploads: readonly string[];
};

export type RemoteCommand =
  | { readonly command: 'IntroduceRemote'; readonly introduced: RemoteIntroduced }
  | { readonly command: 'DismissIntroduction'; readonly remote: RemoteId }
  | { readonly command: 'ActivateRemote'; readonly activated: RemoteActivated }
  | { readonly command: 'DeactivateRemote'; readonly deactivated: RemoteDeactivated }
  | { readonly command: 'FindRemote'; readonly found: RemoteFound }
  | { readonly command: 'WakeRemote'; readonly woken: RemoteWoken }
  | { readonly command: 'LoseRemote'; readonly lost: RemoteLost }
  | { readonly command: 'RefuseRemoteUpload'; readonly refused: RemoteUploadRefused };

type Decision = Either<Refusal, readonly RemoteEvent[]>;

const nobody: Remote = {
  key: undefined,
  introduced: undefined,
  activated: undefined,
  seen: undefined,
  refused: [],
  refusedUploads: [],
};

/** The stream is also that of the remote's configuration: to add it under another key is to begin anew. */
export const remoteDecider: Decider<Remote, RemoteCommand, RemoteEvent, Refusal> = {
  initial: nobody,
  evolve: (remote, event) => evolve(remote, event),
  decide: (command, remote) => {
    switch (command.command) {
      case 'IntroduceRemote':
        return introduce(command.introduced, remote);
      case 'DismissIntroduction':
        return right(
          remote.introduced === undefined ? [] : [{ type: 'RemoteIntroductionDismissed', remote: command.remote }],
        );
      case 'ActivateRemote':
        return activate(command.activated, remote);
      case 'DeactivateRemote':
        return right(remote.activated === undefined ? [] : [command.deactivated]);
      case 'FindRemote':
        return right(find(command.found, remote));
      case 'LoseRemote':
        return right(remote.key === undefined || isAsLost(command.lost, remote) ? [] : [command.lost]);
      case 'WakeRemote':
        return right(remote.activated === undefined ? [] : [command.woken]);
      case 'RefuseRemoteUpload':
        return right(remote.refusedUploads.includes(command.refused.changes.sha256) ? [] : [command.refused]);
    }
  },
};

const evolve = (remote: Remote, event: RemoteEvent | RemoteConfigured | RemoteRemoved): Remote => {
  switch (event.type) {
    case 'RemoteConfigured':
      return event.fingerprint === remote.key
        ? { ...remote, introduced: undefined }
        : { ...nobody, key: event.fingerprint };
    case 'RemoteRemoved':
      return nobody;
    case 'RemoteIntroduced':
      return { ...remote, introduced: event.fingerprint };
    case 'RemoteIntroductionDismissed':
      return { ...remote, introduced: undefined, refused: [] };
    case 'RemoteIntroductionRefused':
      return { ...remote, refused: [...remote.refused, event.fingerprint] };
    case 'RemoteActivated':
      return { ...remote, activated: event };
    case 'RemoteDeactivated':
      return { ...remote, activated: undefined };
    case 'RemoteFound':
    case 'RemoteLost':
      return { ...remote, seen: event };
    case 'RemoteWoken':
      return remote;
    case 'RemoteUploadRefused':
      return {
        ...remote,
        refusedUploads: [...remote.refusedUploads, event.changes.sha256].slice(-mostRefusedUploads),
      };
  }
};

/** More would let strangers fill the log. */
const mostRefused = 8;
/** Who sends the same again is told apart from who sends something else. */
const mostRefusedUploads = 50;

/** Whoever came first with a key stands for its address, until an administrator says otherwise. */
const introduce = (introduced: RemoteIntroduced, { key, introduced: first, refused }: Remote): Decision => {
  const { remote, fingerprint } = introduced;
  const stands = key ?? first;
  if (stands === undefined) return right([introduced]);
  if (stands === fingerprint) return right([]);
  if (refused.includes(fingerprint) || refused.length >= mostRefused) return left(anotherKey(introduced, stands));
  const { rule, fact } = anotherKey(introduced, stands);
  return right([{ type: 'RemoteIntroductionRefused', remote, fingerprint, rule, fact }]);
};

export const anotherKey = ({ remote, fingerprint }: Omit<RemoteIntroduced, 'type'>, stands: Fingerprint): Refusal =>
  refusal(
    'another-key',
    `${remote} came with the key ${fingerprint}; ${stands} stands for it here`,
    'if its key was changed, let the administrators remove each other and add each other anew',
  );

const activate = (activated: RemoteActivated, { key, activated: present }: Remote): Decision => {
  if (key !== undefined) return right(present !== undefined && isSame(present, activated) ? [] : [activated]);
  return left(
    refusal(
      'unknown-remote',
      `${activated.remote} was not added here`,
      `compare its key and add it first: remote add ${activated.remote}`,
    ),
  );
};

const find = (found: RemoteFound, { key, seen }: Remote): readonly RemoteEvent[] =>
  key === undefined || (seen !== undefined && isSame(seen, found)) ? [] : [found];

/** Another reason of the same kind is no news. */
const isAsLost = ({ rule }: RemoteLost, { seen }: Remote): boolean => seen?.type === 'RemoteLost' && seen.rule === rule;
