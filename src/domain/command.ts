import { right } from 'fp-ts/lib/Either.js';
import type { AccountCommand } from './account/account.ts';
import type { PublicationEvent } from './archive/events.ts';
import type { PackageCommand } from './archive/package.ts';
import type { BuildCommand } from './build/build.ts';
import type { ChrootFailed, ChrootLost, ChrootPrepared, ConfigurationEvent } from './configuration/events.ts';
import type { Decider } from './decider.ts';
import type { DaemonEvent } from './event.ts';
import type { UploadCommand } from './upload/upload.ts';

/** Says how something shall be from now on. The same again is nothing new. */
export type ConfigureCommand = { readonly command: 'Configure'; readonly event: ConfigurationEvent };

/** Reports what happened in the world. Every report counts. */
export type ReportCommand = {
  readonly command: 'Report';
  readonly event: PublicationEvent | ChrootPrepared | ChrootFailed | ChrootLost;
};

export type DaemonCommand =
  | UploadCommand
  | BuildCommand
  | PackageCommand
  | AccountCommand
  | ConfigureCommand
  | ReportCommand;

/** The last word of each type on a configuration stream, as JSON. */
type Said = ReadonlyMap<string, string>;

export const configureDecider: Decider<Said, ConfigureCommand, DaemonEvent, never> = {
  initial: new Map(),
  evolve: (said, event) => {
    const next = new Map(said).set(event.type, JSON.stringify(event));
    // Starting and stopping undo each other: only the last of the two counts.
    if (event.type === 'EngineStarted') next.delete('EngineStopped');
    if (event.type === 'EngineStopped') next.delete('EngineStarted');
    return next;
  },
  decide: ({ event }, said) => right(said.get(event.type) === JSON.stringify(event) ? [] : [event]),
};

export const reportDecider: Decider<undefined, ReportCommand, DaemonEvent, never> = {
  initial: undefined,
  evolve: () => undefined,
  decide: ({ event }) => right([event]),
};
