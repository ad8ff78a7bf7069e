import type { Either } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Typed } from '../../domain/form/typed.ts';
import type { KnownModel, RemoteModel, UploaderModel } from './views/administration/known-pages.ts';
import type {
  BuilderLine,
  MachinesModel,
  NodeLine,
  NotificationsModel,
  WebhookLine,
} from './views/administration/machines-model.ts';
import type {
  ArchiveKeyLine,
  DocumentModel,
  FormModel,
  ObjectModel,
  OverviewModel,
  Preparation,
  RemovalModel,
  SectionModel,
} from './views/administration/models.ts';
import type { OutlookModel } from './views/administration/outlook.ts';
import type { AccountLine, AccountModel, UploadersModel } from './views/administration/people-model.ts';
import type { FirstSteps, Questions } from './views/administration/welcome-model.ts';

export type Agreed = { readonly agreed: string; readonly force: boolean };

export type SentForm = {
  readonly section: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly typed: Typed;
  readonly shown: string;
};

/** What administrators see and do. `undefined` is what is not there; `left` is what was not done, as it stands now. */
export type Administration = {
  readonly overview: () => OverviewModel;
  /** Of its objects those whose words hold `part`. */
  readonly section: (section: string, part?: string) => SectionModel | undefined;
  readonly object: (section: string, name: string, caller: Caller) => Promise<ObjectModel | undefined>;
  readonly openForm: (
    section: string,
    name: string | undefined,
    like: string | undefined,
  ) => Promise<FormModel | undefined>;
  readonly sentForm: (sent: SentForm) => Promise<FormModel | undefined>;
  readonly applyForm: (
    sent: SentForm,
    agreed: Agreed,
    caller: Caller,
  ) => Promise<Either<FormModel, undefined> | undefined>;
  readonly removal: (section: string, name: string) => Promise<RemovalModel | undefined>;
  readonly applyRemoval: (
    section: string,
    name: string,
    agreed: Agreed,
    caller: Caller,
  ) => Promise<Either<RemovalModel | undefined, undefined> | undefined>;
  readonly document: () => Promise<DocumentModel>;
  readonly sentDocument: (text: string, shown: string) => Promise<DocumentModel>;
  readonly applyDocument: (
    text: string,
    shown: string,
    agreed: Agreed,
    caller: Caller,
  ) => Promise<Either<DocumentModel, undefined>>;
  readonly yaml: () => Promise<string>;
  /** What the wizard asks of who sets up a first repository. */
  readonly questions: () => Promise<Questions>;
  /** The questions as they were answered, and the document that the answers come to; `undefined` where something is wrong. */
  readonly answered: (
    typed: Typed,
  ) => Promise<{ readonly questions: Questions; readonly document: DocumentModel | undefined }>;
  readonly firstSteps: (repository: RepositoryId) => FirstSteps | undefined;
  readonly accounts: (part?: string) => Promise<readonly AccountLine[]>;
  readonly account: (account: string, caller: Caller) => Promise<AccountModel | undefined>;
  /** What retention lets go of a repository; `undefined` where it keeps everything. */
  readonly outlook: (repository: string) => Promise<OutlookModel | undefined>;
  /** Of the archive, the oldest first. */
  readonly archiveKeys: () => Promise<readonly ArchiveKeyLine[]>;
  readonly uploaders: (part?: string) => Promise<UploadersModel>;
  readonly uploader: (account: string, caller: Caller) => Promise<UploaderModel | undefined>;
  readonly remote: (remote: string, caller: Caller) => Promise<RemoteModel | undefined>;
  readonly builder: (builder: string, caller: Caller) => Promise<KnownModel<BuilderLine> | undefined>;
  readonly node: (node: string, caller: Caller) => Promise<KnownModel<NodeLine> | undefined>;
  readonly webhook: (webhook: string, caller: Caller) => Promise<KnownModel<WebhookLine> | undefined>;
  readonly machines: (part?: string) => MachinesModel;
  readonly notifications: (part?: string) => Promise<NotificationsModel>;
  /** What a chroot's preparation printed. */
  readonly preparation: (name: string) => Promise<Preparation | undefined>;
};
