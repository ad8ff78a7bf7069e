import { left, right } from 'fp-ts/lib/Either.js';
import type { AccountCommand } from './account/account.ts';
import type { PublicationEvent } from './archive/events.ts';
import type { PackageCommand } from './archive/package.ts';
import type { ArchiveKeyCommand } from './archive-key/archive-keys.ts';
import type { InstanceRestored } from './backup/events.ts';
import type { BinNmuCommand } from './binnmu/binnmu.ts';
import type { BuildCommand } from './build/build.ts';
import type { BuildrequestCommand } from './buildrequest/buildrequest.ts';
import type { ChangeCommand } from './change/change.ts';
import type { CheckCommand } from './check/check.ts';
import type {
  CheckChrootFailed,
  CheckChrootLost,
  CheckChrootPrepared,
  ChrootFailed,
  ChrootLogKept,
  ChrootLost,
  ChrootOutdated,
  ChrootPrepared,
} from './configuration/chroot-events.ts';
import type {
  ConfigurationEvent,
  SourceChecked,
  SourceCheckFailed,
  SourceCheckRequested,
} from './configuration/events.ts';
import { faultsOf } from './configuration/rules/faults.ts';
import type { Decider } from './decider.ts';
import type { DaemonEvent } from './event.ts';
import type { ExpiryAnnounced } from './expiry/events.ts';
import type { ImportAbandoned, RepositoryImported } from './import/events.ts';
import type { LeaseCommand } from './lease/archive-lease.ts';
import type { NodeCommand } from './node/node.ts';
import type { NotificationEvent } from './notification/events.ts';
import type { PortCommand } from './port/port.ts';
import type { Refusal } from './refusal.ts';
import type { RemoteCommand } from './remote/remote.ts';
import type { SnapshotCommand } from './retention/named-snapshot.ts';
import type { WithdrawalCommand } from './retention/withdrawal.ts';
import { isSame } from './same.ts';
import type { SealCommand } from './seal/seal.ts';
import type { UploadCommand } from './upload/upload.ts';
import type { WebhookCommand } from './webhook/webhook.ts';

/** Says how something shall be from now on. The same again is nothing new. */
export type ConfigureCommand = { readonly command: 'Configure'; readonly event: ConfigurationEvent };

type ChrootReport =
  | ChrootPrepared
  | ChrootFailed
  | ChrootLost
  | ChrootOutdated
  | ChrootLogKept
  | CheckChrootPrepared
  | CheckChrootFailed
  | CheckChrootLost;

/** Reports what happened in the world. Every report counts. */
export type ReportCommand = {
  readonly command: 'Report';
  readonly event:
    | PublicationEvent
    | ExpiryAnnounced
    | InstanceRestored
    | RepositoryImported
    | ImportAbandoned
    | NotificationEvent
    | ChrootReport
    | SourceChecked
    | SourceCheckFailed
    | SourceCheckRequested;
};

export type DaemonCommand =
  | UploadCommand
  | BuildCommand
  | BuildrequestCommand
  | PackageCommand
  | CheckCommand
  | ChangeCommand
  | BinNmuCommand
  | PortCommand
  | SnapshotCommand
  | WithdrawalCommand
  | AccountCommand
  | ConfigureCommand
  | ArchiveKeyCommand
  | WebhookCommand
  | RemoteCommand
  | LeaseCommand
  | NodeCommand
  | SealCommand
  | ReportCommand;

/** The last word of each type on a configuration stream. */
type Said = ReadonlyMap<string, DaemonEvent>;

/** What takes back what: of the two only the last counts. */
const opposites: ReadonlyMap<string, string> = new Map(
  [
    ['EngineStarted', 'EngineStopped'],
    ['SourceConfigured', 'SourceRemoved'],
    ['DistributionConfigured', 'DistributionRemoved'],
    ['LayoutConfigured', 'LayoutRemoved'],
    ['RepositoryConfigured', 'RepositoryRemoved'],
    ['ChrootConfigured', 'ChrootRemoved'],
    ['RemoteConfigured', 'RemoteRemoved'],
  ].flatMap(([one = '', other = '']) => [
    [one, other],
    [other, one],
  ]),
);

export const configureDecider: Decider<Said, ConfigureCommand, DaemonEvent, Refusal> = {
  initial: new Map(),
  evolve: (said, event) => {
    const next = new Map(said).set(event.type, event);
    next.delete(opposites.get(event.type) ?? '');
    return next;
  },
  decide: ({ event }, said) => {
    if (isSaid(event, said)) return right([]);
    const [fault] = faultsOf(event);
    return fault === undefined ? right([event]) : left(fault);
  },
};

/** What was never there need not be removed. */
const isSaid = (event: ConfigurationEvent, said: Said): boolean =>
  isSame(said.get(event.type), event) || (event.type.endsWith('Removed') && !said.has(opposites.get(event.type) ?? ''));

export const reportDecider: Decider<undefined, ReportCommand, DaemonEvent, never> = {
  initial: undefined,
  evolve: () => undefined,
  decide: ({ event }) => right([event]),
};
