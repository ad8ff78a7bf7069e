import { join } from 'node:path';
import { keptThings } from './adapters/backup/kept-copy.ts';
import { systemClock } from './adapters/clock/system-clock.ts';
import type { StandbyDoor } from './adapters/http/standby-routes.ts';
import { listIncoming } from './adapters/incoming/received-files.ts';
import { doorWithout } from './app/standby/concerns.ts';
import { copiedFiles, copiedIncoming, copiedKeys, deliveredFiles, patiently } from './app/standby/copied.ts';
import { type Standing, standbySeat } from './app/standby/seat.ts';
import type { FileStore } from './ports/file-store.ts';
import type { IncomingFolder, Receive } from './ports/incoming.ts';
import type { Keyring } from './ports/keyring.ts';
import type { Settings } from './settings.ts';

/** What the parts of an archive become where a standby copies what lies beside the log; without one they stay as they are. */
export type ArchiveCopies = {
  readonly standing: (() => Standing) | undefined;
  /** The store for who can be told to come again; for what comes of hours of work; and for nodes, which ask whether it has what they delivered. */
  readonly files: (own: FileStore) => FileStore;
  readonly results: (own: FileStore) => FileStore;
  readonly delivered: (own: FileStore) => FileStore;
  readonly keyring: <Keys extends Keyring>(own: Keys) => Keys;
  readonly received: (receive: Receive) => Receive;
  readonly dropping: (drop: IncomingFolder['drop']) => IncomingFolder['drop'];
  /** Why nothing is taken at present. */
  readonly closed: () => string | undefined;
  readonly door: (isStandby: StandbyDoor['isStandby'], files: FileStore) => StandbyDoor | undefined;
};

export const archiveCopies = ({ standby: need, home }: Pick<Settings, 'standby' | 'home'>): ArchiveCopies => {
  if (need === undefined) return noCopies;
  const seat = standbySeat({ need, clock: systemClock, kept: keptThings(home) });
  const { received, lying, dropping, onOffer } = copiedIncoming(seat, systemClock.now);
  // A fault of the disk is told to whoever asks for the file next.
  seat.onSeated(() => void lying(() => listIncoming(join(home, 'incoming'))).catch(() => undefined));
  return {
    standing: seat.standing,
    files: (own) => copiedFiles(own, seat),
    results: (own) => copiedFiles(own, patiently(seat, systemClock)),
    delivered: (own) => deliveredFiles(own, seat),
    keyring: (own) => copiedKeys(own, seat),
    received,
    dropping,
    closed: () => doorWithout(seat.standing()),
    door: (isStandby, files) => ({ isStandby, seat, onOffer: onOffer(files) }),
  };
};

const noCopies: ArchiveCopies = {
  standing: undefined,
  files: (own) => own,
  results: (own) => own,
  delivered: (own) => own,
  keyring: (own) => own,
  received: (receive) => receive,
  dropping: (drop) => drop,
  closed: () => undefined,
  door: () => undefined,
};
