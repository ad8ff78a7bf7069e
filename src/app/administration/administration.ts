import type { Caller } from '../../domain/account/caller.ts';
import type { LastBackup } from '../../domain/backup/last.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Typed } from '../../domain/form/typed.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { HostMachine } from '../../ports/host.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import { accountRows } from '../accounts/account-rows.ts';
import { keyRows } from '../archive-key/key-rows.ts';
import { keptChrootLog } from '../chroot-log.ts';
import { exported } from '../configuration/apply.ts';
import type { NeedsAttention } from '../needs-attention.ts';
import type { Sealing } from '../pages/sealing.ts';
import type { Preparations } from '../preparations.ts';
import { readNowAndThen } from '../read-now-and-then.ts';
import { outlookOf } from '../retention/outlook.ts';
import type { HeldThen } from '../snapshots/past-states.ts';
import { firstSteps } from './first-steps.ts';
import { applyForm, type FormParts, openForm, type Sent, sentForm } from './forms.ts';
import { builderPage, nodePage, remotePage, uploaderPage, webhookPage } from './known-pages.ts';
import { type MachineParts, machinesPage, notificationsPage } from './machines.ts';
import {
  accountsHolding,
  machinesHolding,
  notificationsHolding,
  objectsHolding,
  uploadersHolding,
} from './narrowed.ts';
import { objectPage } from './object-page.ts';
import { linesOf, overview } from './overview.ts';
import { accountPage, type PeopleParts, uploadersPage } from './people.ts';
import { applyRemoval, removalOf } from './removal.ts';
import { subjectOf } from './subjects.ts';
import { answered, openQuestions } from './welcome.ts';
import { applyDocument, openDocument, sentDocument } from './whole-document.ts';

type Agreed = { readonly agreed: string; readonly force: boolean };
type SentForm = {
  readonly section: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly typed: Typed;
  readonly shown: string;
};

type AdministrationParts = FormParts &
  PeopleParts &
  MachineParts & {
    readonly keys: Pick<KeyReader, 'keysIn' | 'readKey'>;
    readonly files: Pick<FileStore, 'has' | 'path'>;
    readonly host: HostMachine;
    readonly preparations: Preparations;
    readonly log: Pick<EventLog, 'query' | 'readStream'>;
    readonly sealing: Sealing;
    readonly attention: () => readonly NeedsAttention[];
    readonly lastBackup?: (() => LastBackup | undefined) | undefined;
    readonly heldThen: HeldThen;
    readonly now: () => number;
  };

export type Administration = ReturnType<typeof administration>;

/** Administration as pages ask for it. `undefined` for what is not there. */
export const administration = (parts: AdministrationParts) => {
  const { world, files, preparations: preparing, sealing } = parts;
  const sentOf = ({ section, ...sent }: SentForm): Sent | undefined => {
    const subject = subjectOf(section);
    return subject && { subject, ...sent };
  };
  const host = readNowAndThen(parts.host, parts.now);
  return {
    overview: () => {
      const { attention: _, ...rest } = overview(world, parts.silentNodes());
      return { ...rest, attention: parts.attention(), sealing: sealing(), lastBackup: parts.lastBackup?.() };
    },
    section: (section: string, part = '') => {
      const subject = subjectOf(section);
      return subject && { section, noun: subject.noun, objects: objectsHolding(linesOf(subject, world), part) };
    },
    object: async (section: string, name: string, caller: Caller) => {
      const subject = subjectOf(section);
      return subject && objectPage(parts, subject, name, caller);
    },
    openForm: async (section: string, name: string | undefined, like: string | undefined) => {
      const subject = subjectOf(section);
      return subject && openForm(parts, subject, name, like);
    },
    sentForm: async (given: SentForm) => {
      const sent = sentOf(given);
      return sent && (await sentForm(parts, sent)).form;
    },
    applyForm: async (given: SentForm, agreed: Agreed, { actor }: Caller) => {
      const sent = sentOf(given);
      return sent && applyForm(parts, sent, agreed, actor);
    },
    removal: async (section: string, name: string) => {
      const subject = subjectOf(section);
      return subject && (await removalOf(parts, subject, name))?.removal;
    },
    applyRemoval: async (section: string, name: string, agreed: Agreed, { actor }: Caller) => {
      const subject = subjectOf(section);
      return subject && applyRemoval(parts, subject, name, agreed, actor);
    },
    document: () => openDocument(parts),
    sentDocument: async (text: string, shown: string) => (await sentDocument(parts, text, shown)).document,
    applyDocument: (text: string, shown: string, agreed: Agreed, { actor }: Caller) =>
      applyDocument(parts, { text, shown, ...agreed }, actor),
    yaml: () => exported(world.configuration, parts.people),
    questions: () => openQuestions({ ...parts, host }),
    answered: (typed: Typed) => answered({ ...parts, host }, typed),
    accounts: async (part = '') => accountsHolding(await accountRows(world.accounts, parts.people), part),
    account: (account: string, caller: Caller) => accountPage(parts, account, caller),
    /** What retention lets go of a repository, now and later; `undefined` where it keeps everything. */
    outlook: async (repository: string) => {
      const policy = world.configuration.retention.get(repository as RepositoryId);
      return policy && outlookOf(world, parts.heldThen, policy, parts.now());
    },
    archiveKeys: () => keyRows(parts),
    uploaders: async (part = '') => uploadersHolding(await uploadersPage(parts), part),
    uploader: (account: string, caller: Caller) => uploaderPage(parts, account, caller),
    remote: (remote: string, caller: Caller) => remotePage(parts, remote, caller),
    builder: (builder: string, caller: Caller) => builderPage(parts, builder, caller),
    node: (node: string, caller: Caller) => nodePage(parts, node, caller),
    webhook: (webhook: string, caller: Caller) => webhookPage(parts, webhook, caller),
    machines: (part = '') => machinesHolding(machinesPage(parts), part),
    notifications: async (part = '') => notificationsHolding(await notificationsPage(parts), part),
    firstSteps: (repository: RepositoryId) => firstSteps(world, preparing, repository),
    /** What a chroot's preparation printed: one that is under way, else the last one. */
    preparation: async (name: string) => {
      const lines = preparing.lines(name);
      if (lines !== undefined) return { lines, isUnderWay: true };
      const kept = await keptChrootLog(name, world, files);
      return kept === undefined ? undefined : { lines: kept.trimEnd().split('\n'), isUnderWay: false };
    },
  };
};
