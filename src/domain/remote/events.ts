import * as t from 'io-ts';
import { BuilderTag, RemoteId } from '../configuration/events.ts';
import { Architecture, Codename, FileName, Fingerprint, RepositoryId, Sha256 } from '../debian/names.ts';

/** Another instance asks to be known here, and proved that it holds the key. Nothing is trusted by that: an administrator compares. */
export const RemoteIntroduced = t.strict(
  { type: t.literal('RemoteIntroduced'), remote: RemoteId, url: t.string, fingerprint: Fingerprint },
  'RemoteIntroduced',
);
export type RemoteIntroduced = t.TypeOf<typeof RemoteIntroduced>;

/** Somebody came with another key than the one that stands for this address; nothing changed by that. */
export const RemoteIntroductionRefused = t.strict(
  {
    type: t.literal('RemoteIntroductionRefused'),
    remote: RemoteId,
    fingerprint: Fingerprint,
    rule: t.string,
    fact: t.string,
  },
  'RemoteIntroductionRefused',
);
export type RemoteIntroductionRefused = t.TypeOf<typeof RemoteIntroductionRefused>;

/** An administrator wants nothing of who introduced itself. */
export const RemoteIntroductionDismissed = t.strict(
  { type: t.literal('RemoteIntroductionDismissed'), remote: RemoteId },
  'RemoteIntroductionDismissed',
);
export type RemoteIntroductionDismissed = t.TypeOf<typeof RemoteIntroductionDismissed>;

/** From now on builds are exchanged with it; those of ours only of these repositories, if any are named. `tags` are what we call it. */
export const RemoteActivated = t.strict(
  {
    type: t.literal('RemoteActivated'),
    remote: RemoteId,
    repositories: t.readonlyArray(RepositoryId),
    tags: t.readonlyArray(BuilderTag),
  },
  'RemoteActivated',
);
export type RemoteActivated = t.TypeOf<typeof RemoteActivated>;

/** Trust is withdrawn: nothing it signed counts from now on. */
export const RemoteDeactivated = t.strict(
  { type: t.literal('RemoteDeactivated'), remote: RemoteId, reason: t.string },
  'RemoteDeactivated',
);
export type RemoteDeactivated = t.TypeOf<typeof RemoteDeactivated>;

/** What an instance has a chroot for. */
export const RemoteChroot = t.strict({ codename: Codename, architecture: Architecture }, 'RemoteChroot');
export type RemoteChroot = t.TypeOf<typeof RemoteChroot>;

/** It answers, signed with its key: said when it was not found before, and when it builds for others than before. */
export const RemoteFound = t.strict(
  {
    type: t.literal('RemoteFound'),
    remote: RemoteId,
    chroots: t.readonlyArray(RemoteChroot),
    /** Whether it knows what a binNMU is; an older one would build the plain version. */
    binNmus: t.boolean,
  },
  'RemoteFound',
);
export type RemoteFound = t.TypeOf<typeof RemoteFound>;

/** It does not answer as it should; it is asked again, ever more seldom. */
export const RemoteLost = t.strict(
  { type: t.literal('RemoteLost'), remote: RemoteId, rule: t.string, fact: t.string },
  'RemoteLost',
);
export type RemoteLost = t.TypeOf<typeof RemoteLost>;

/** What it sent, signed with its key, was not taken, and changed nothing: `changes` names it by its bytes. */
export const RemoteUploadRefused = t.strict(
  {
    type: t.literal('RemoteUploadRefused'),
    remote: RemoteId,
    changes: t.strict({ name: FileName, sha256: Sha256 }),
    rule: t.string,
    fact: t.string,
  },
  'RemoteUploadRefused',
);
export type RemoteUploadRefused = t.TypeOf<typeof RemoteUploadRefused>;

/** A build waits for it alone, and it does not answer: the command of the administrator was run that wakes it. */
export const RemoteWoken = t.strict(
  { type: t.literal('RemoteWoken'), remote: RemoteId, because: t.string },
  'RemoteWoken',
);
export type RemoteWoken = t.TypeOf<typeof RemoteWoken>;

export type RemoteEvent =
  | RemoteIntroduced
  | RemoteIntroductionRefused
  | RemoteIntroductionDismissed
  | RemoteActivated
  | RemoteDeactivated
  | RemoteFound
  | RemoteLost
  | RemoteUploadRefused
  | RemoteWoken;
