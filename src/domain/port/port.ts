import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Version } from '../debian/names.ts';
import type { Decider } from '../decider.ts';
import type {
  PortEvent,
  PortFailed,
  PortMigrated,
  PortOutdated,
  PortOvertaken,
  PortRequested,
  PortUploaded,
} from './events.ts';

export type Port =
  | { readonly status: 'absent' }
  | { readonly status: 'requested' | 'uploaded'; readonly migrates: boolean; readonly newer?: Version }
  | { readonly status: 'done' | 'failed'; readonly newer?: Version };

export type PortRefusal = 'unknown-port' | 'already-ended';

export type PortCommand =
  | { readonly command: 'RequestPort'; readonly requested: PortRequested }
  | { readonly command: 'ReportPort'; readonly event: Told };

type Told = PortUploaded | PortMigrated | PortFailed | PortOvertaken | PortOutdated;
type Decision = Either<PortRefusal, readonly PortEvent[]>;

export const portDecider: Decider<Port, PortCommand, PortEvent, PortRefusal> = {
  initial: { status: 'absent' },
  evolve: (port, event) => evolve(port, event),
  decide: (command, port) => {
    switch (command.command) {
      case 'RequestPort':
        return port.status === 'absent' ? right([command.requested]) : right([]);
      case 'ReportPort':
        return report(command.event, port);
    }
  },
};

const evolve = (port: Port, event: PortEvent): Port => {
  switch (event.type) {
    case 'PortRequested':
      return { status: 'requested', migrates: event.migrates };
    case 'PortUploaded':
      return 'migrates' in port && port.migrates ? { status: 'uploaded', migrates: true } : { status: 'done' };
    case 'PortMigrated':
      return { status: 'done' };
    case 'PortFailed':
      return { status: 'failed' };
    case 'PortOvertaken':
    case 'PortOutdated':
      return port.status === 'absent' ? port : { ...port, newer: event.version };
  }
};

const report = (event: Told, port: Port): Decision => {
  switch (event.type) {
    case 'PortUploaded':
      return uploaded(event, port);
    case 'PortMigrated':
      return migrated(event, port);
    case 'PortFailed':
      return failed(event, port);
    case 'PortOvertaken':
    case 'PortOutdated':
      return overtaken(event, port);
  }
};

const uploaded = (event: PortUploaded, { status }: Port): Decision => {
  if (status === 'absent') return left('unknown-port');
  if (status === 'failed') return left('already-ended');
  return status === 'requested' ? right([event]) : right([]);
};

const migrated = (event: PortMigrated, { status }: Port): Decision => {
  if (status === 'absent' || status === 'requested') return left('unknown-port');
  if (status === 'failed') return left('already-ended');
  return status === 'uploaded' ? right([event]) : right([]);
};

/** Only what became an upload can be overtaken. */
const overtaken = (event: PortOvertaken | PortOutdated, port: Port): Decision => {
  if (port.status === 'absent' || port.status === 'requested') return left('unknown-port');
  return port.newer === event.version ? right([]) : right([event]);
};

/** Of what `auto-ports` asked for, also what could not even be requested fails on record. */
const failed = (event: PortFailed, { status }: Port): Decision => {
  if (status === 'done') return left('already-ended');
  return status === 'failed' ? right([]) : right([event]);
};
