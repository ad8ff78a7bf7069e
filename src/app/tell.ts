import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import { type Account, accountDecider } from '../domain/account/account.ts';
import type { AccountEvent, AccountId } from '../domain/account/events.ts';
import type { PackageEvent } from '../domain/archive/events.ts';
import { packageDecider } from '../domain/archive/package.ts';
import type { Package } from '../domain/archive/package-state.ts';
import { archiveKeyDecider } from '../domain/archive-key/archive-keys.ts';
import { binNmuDecider } from '../domain/binnmu/binnmu.ts';
import { buildDecider } from '../domain/build/build.ts';
import { buildrequestDecider } from '../domain/buildrequest/buildrequest.ts';
import { changeDecider } from '../domain/change/change.ts';
import { checkDecider } from '../domain/check/check.ts';
import { instant } from '../domain/codec.ts';
import { configureDecider, type DaemonCommand, reportDecider } from '../domain/command.ts';
import type { Decider } from '../domain/decider.ts';
import { type DaemonEvent, decodeEvent } from '../domain/event.ts';
import type { StreamName } from '../domain/ids.ts';
import { archiveLeaseDecider } from '../domain/lease/archive-lease.ts';
import { nodeDecider } from '../domain/node/node.ts';
import { portDecider } from '../domain/port/port.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import { remoteDecider } from '../domain/remote/remote.ts';
import { namedSnapshotDecider } from '../domain/retention/named-snapshot.ts';
import { withdrawalDecider } from '../domain/retention/withdrawal.ts';
import { sealDecider } from '../domain/seal/seal.ts';
import {
  accountStream,
  archiveLeaseStream,
  binNmuStream,
  buildrequestStream,
  changeStream,
  checkStream,
  fileStream,
  instanceStream,
  nodeStream,
  packageStream,
  sealStream,
  snapshotStream,
  streamOf,
  uploadStream,
} from '../domain/stream.ts';
import { type Subject, subjectOf } from '../domain/subject.ts';
import { uploadDecider } from '../domain/upload/upload.ts';
import { webhookDecider } from '../domain/webhook/webhook.ts';
import { type EventLog, type NewEvent, type Position, type RecordedEvent, TooMuchAtOnce } from '../ports/event-log.ts';
import type { Because, Tell } from '../ports/tell.ts';
import { newEventId } from './event-ids.ts';

/** How often a command is decided anew when somebody else was faster on its stream. */
const mostConflicts = 20;

/**
 * Read, decide, append; again on conflict. `folded` waits until the projections hold what was appended, so that whoever
 * told reads its own writing.
 */
export const teller =
  (
    log: Pick<EventLog, 'readStream' | 'append'>,
    folded: (last: RecordedEvent) => Promise<void>,
    now: () => number = Date.now,
  ): Tell =>
  async (command, because) => {
    const { stream, decider } = deciderOf(command);
    for (let attempt = 0; attempt < mostConflicts; attempt += 1) {
      const history = await log.readStream(stream);
      const decision = decide(decider, history, command);
      if (isLeft(decision)) return left(asRefusal(command, decision.left));
      if (decision.right.length === 0) return right([]);
      const events = envelop(decision.right, history, because, now());
      const appended = await log.append(stream, revisionOf(history), events).catch(tooMuch);
      if (appended instanceof TooMuchAtOnce) return left(tooMuchAtOnce(command, appended));
      if (isRight(appended)) {
        await Promise.all(appended.right.slice(-1).map(folded));
        return right(appended.right);
      }
    }
    throw new Error(`${stream} changed ${mostConflicts} times while ${command.command} was being decided`);
  };

/** Decides as `teller` does, on what is in the log and what was said in this rehearsal; the log is only read. */
export const rehearsal = (log: Pick<EventLog, 'readStream'>): Tell => {
  const rehearsed = new Map<StreamName, readonly RecordedEvent[]>();
  const readStream: EventLog['readStream'] = async (stream) => [
    ...(await log.readStream(stream)),
    ...(rehearsed.get(stream) ?? []),
  ];
  const append: EventLog['append'] = async (stream, expected, events) => {
    const first = expected === 'none' ? 0 : expected + 1;
    const recorded = events.map((event, n) => ({
      ...event,
      stream,
      revision: first + n,
      position: '' as Position,
      recordedAt: instant(0),
    }));
    rehearsed.set(stream, [...(rehearsed.get(stream) ?? []), ...recorded]);
    return right(recorded);
  };
  return teller({ readStream, append }, async () => undefined);
};

/** Reads what a package's stream says. */
export const packageReader =
  (log: EventLog) =>
  async (repository: string, source: string): Promise<Package> =>
    (await log.readStream(packageStream(repository, source)))
      .map((event) => read(event) as PackageEvent)
      .reduce(packageDecider.evolve, packageDecider.initial);

/** Reads what an account's stream says. */
export const accountReader =
  (log: EventLog) =>
  async (account: AccountId): Promise<Account> =>
    (await log.readStream(accountStream(account)))
      .map((event) => read(event) as AccountEvent)
      .reduce(accountDecider.evolve, accountDecider.initial);

type AnyDecider = Decider<unknown, DaemonCommand, DaemonEvent, Refusal | string>;

/** Which stream a command speaks to, and who decides there. */
const deciderOf = (command: DaemonCommand): { readonly stream: StreamName; readonly decider: AnyDecider } => {
  switch (command.command) {
    case 'ReceiveUpload':
    case 'RetryUpload':
      return { stream: uploadStream(command.received.upload), decider: uploadDecider as AnyDecider };
    case 'AcceptUpload':
      return { stream: uploadStream(command.accepted.upload), decider: uploadDecider as AnyDecider };
    case 'LetGoUpload':
    case 'RemoveUploadFiles':
      return { stream: uploadStream(command.upload), decider: uploadDecider as AnyDecider };
    case 'RejectUpload':
      return { stream: uploadStream(command.rejected.upload), decider: uploadDecider as AnyDecider };
    case 'RequestBuild':
    case 'AdoptBuild':
    case 'AssignBuild':
    case 'StartBuild':
    case 'FinishBuild':
    case 'GiveBackBuild':
    case 'InterruptBuild':
    case 'DispatchBuild':
    case 'ReceiveBuildresult':
    case 'WithdrawBuild':
    case 'RefuseBuildresult':
    case 'ResumeBuild':
    case 'GiveUpBuild':
    case 'PrioritiseBuild':
    case 'CancelBuild':
      return { stream: `build-${command.build}` as StreamName, decider: buildDecider as AnyDecider };
    case 'ReceiveBuildrequest':
      return { stream: streamOf(command.received), decider: buildrequestDecider as AnyDecider };
    case 'MakeBuildresult':
      return { stream: streamOf(command.made), decider: buildrequestDecider as AnyDecider };
    case 'DeclineBuildrequest':
    case 'StartBuildrequest':
    case 'InterruptBuildrequest':
    case 'ReportBuildresult':
    case 'CancelBuildrequest':
      return { stream: buildrequestStream(command.request), decider: buildrequestDecider as AnyDecider };
    case 'RequestCheck':
    case 'StartCheck':
    case 'FinishCheck':
    case 'TakeCheck':
    case 'GiveBackCheck':
    case 'InterruptCheck':
    case 'CancelCheck':
      return { stream: checkStream(command.check), decider: checkDecider as AnyDecider };
    case 'ReserveVersion':
    case 'ReleaseVersion':
    case 'InstallPackage':
    case 'TakeStep':
    case 'ClaimPackage':
    case 'SettlePackage':
    case 'ReleasePackage':
    case 'AddArchitecture':
    case 'InstallBinNmu':
    case 'LetGoFiles':
    case 'RemoveFiles':
    case 'ImportPackage':
      return { stream: packageStream(command.repository, command.source), decider: packageDecider as AnyDecider };
    case 'PlanChange':
    case 'CompleteChange':
    case 'AbandonChange':
      return { stream: changeStream(command.change), decider: changeDecider as AnyDecider };
    case 'PlanBinNmu':
    case 'ScheduleBinNmu':
    case 'DropBinNmu':
    case 'CancelBinNmu':
      return { stream: binNmuStream(command.binNmu), decider: binNmuDecider as AnyDecider };
    case 'RequestPort':
      return { stream: streamOf(command.requested), decider: portDecider as AnyDecider };
    case 'ReportPort':
      return { stream: streamOf(command.event), decider: portDecider as AnyDecider };
    case 'NameSnapshot':
    case 'ReleaseSnapshot':
      return {
        stream: snapshotStream(command.repository, command.label),
        decider: namedSnapshotDecider as AnyDecider,
      };
    case 'WithdrawFile':
    case 'RemoveWithdrawnFile':
      return { stream: fileStream(command.sha256), decider: withdrawalDecider as AnyDecider };
    case 'RegisterAccount':
    case 'ActivateAccount':
    case 'ChangeRole':
    case 'DisableAccount':
    case 'EnableAccount':
    case 'IssueToken':
    case 'RevokeToken':
    case 'RenewPassword':
    case 'SubmitUploaderKey':
    case 'ApproveUploader':
    case 'RevokeUploader':
    case 'AddSubscription':
    case 'RemoveSubscription':
    case 'ErasePerson':
      return { stream: accountStream(command.account), decider: accountDecider as AnyDecider };
    case 'AddWebhook':
      return { stream: streamOf(command.added), decider: webhookDecider as AnyDecider };
    case 'RemoveWebhook':
      return { stream: `webhook-${command.webhook}` as StreamName, decider: webhookDecider as AnyDecider };
    case 'IntroduceRemote':
      return { stream: streamOf(command.introduced), decider: remoteDecider as AnyDecider };
    case 'ActivateRemote':
      return { stream: streamOf(command.activated), decider: remoteDecider as AnyDecider };
    case 'DeactivateRemote':
      return { stream: streamOf(command.deactivated), decider: remoteDecider as AnyDecider };
    case 'RefuseRemoteUpload':
      return { stream: streamOf(command.refused), decider: remoteDecider as AnyDecider };
    case 'WakeRemote':
      return { stream: streamOf(command.woken), decider: remoteDecider as AnyDecider };
    case 'LoseRemote':
      return { stream: streamOf(command.lost), decider: remoteDecider as AnyDecider };
    case 'FindRemote':
      return { stream: streamOf(command.found), decider: remoteDecider as AnyDecider };
    case 'DismissIntroduction':
      return { stream: `remote-${command.remote}` as StreamName, decider: remoteDecider as AnyDecider };
    case 'AddArchiveKey':
    case 'ScheduleArchiveKeyRetirement':
    case 'CancelArchiveKeyRetirement':
    case 'RetireArchiveKey':
    case 'SetArchiveKeyExpiry':
      return { stream: instanceStream, decider: archiveKeyDecider as AnyDecider };
    case 'TakeArchiveLease':
    case 'ReleaseArchiveLease':
      return { stream: archiveLeaseStream, decider: archiveLeaseDecider as AnyDecider };
    case 'AddNode':
      return { stream: streamOf(command.added), decider: nodeDecider as AnyDecider };
    case 'StartNode':
      return { stream: streamOf(command.started), decider: nodeDecider as AnyDecider };
    case 'ReportNode':
      return { stream: streamOf(command.event), decider: nodeDecider as AnyDecider };
    case 'RemoveNode':
    case 'StopNode':
      return { stream: nodeStream(command.node), decider: nodeDecider as AnyDecider };
    case 'SealLog':
      return { stream: sealStream(command.seal), decider: sealDecider as AnyDecider };
    case 'Configure':
      return { stream: streamOf(command.event), decider: configureDecider as AnyDecider };
    case 'Report':
      return { stream: streamOf(command.event), decider: reportDecider as AnyDecider };
  }
};

const decide = (
  { initial, evolve, decide: by }: AnyDecider,
  history: readonly RecordedEvent[],
  command: DaemonCommand,
): Either<Refusal | string, readonly DaemonEvent[]> => by(command, history.map(read).reduce(evolve, initial));

const read = ({ body, stream, revision }: RecordedEvent): DaemonEvent =>
  decodeEvent(body, `event ${revision} of ${stream}`);

const revisionOf = (history: readonly RecordedEvent[]): number | 'none' => history.at(-1)?.revision ?? 'none';

/** An event is about what its stream is about, also when it does not say so itself. */
const envelop = (
  events: readonly DaemonEvent[],
  history: readonly RecordedEvent[],
  { actor, causedBy, correlation }: Because,
  now: number,
): readonly NewEvent[] => {
  const about = Object.assign({}, ...history.map(({ subject }) => subject)) as Subject;
  return events.map((body) => ({
    id: newEventId(now),
    body,
    actor,
    causedBy,
    correlation,
    subject: { ...about, ...subjectOf(body) },
  }));
};

/** It will not be less another time: who told hears of it as of anything else that cannot be. */
const tooMuch = (error: unknown): TooMuchAtOnce => {
  if (error instanceof TooMuchAtOnce) return error;
  throw error;
};

const tooMuchAtOnce = ({ command }: DaemonCommand, { message }: TooMuchAtOnce): Refusal =>
  refusal('too-much-at-once', `${command}: ${message}`, 'do it in smaller parts');

const asRefusal = ({ command }: DaemonCommand, refused: Refusal | string): Refusal =>
  typeof refused === 'string'
    ? refusal(refused, `${command} does not fit what happened before`, 'look at the history of the upload')
    : refused;
