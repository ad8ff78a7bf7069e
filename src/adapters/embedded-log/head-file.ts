import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How far the log was acknowledged. Position 0 and the genesis hash: nothing yet. */
export type Head = {
  /** Of the last event. */
  readonly position: number;
  readonly hash: string;
  /** No event to come stands at this position or below; above `position` only after a loss was accepted. */
  readonly reserved: number;
};

export type HeadFile = {
  /** Durable when it returns. Throws what the disk says. */
  readonly write: (head: Head) => void;
  readonly read: () => HeadReading;
  readonly close: () => void;
};

/** `damaged`: a slot is neither empty nor whole, as after a power cut in mid-write, or since the disk changed it. */
export type HeadReading = { readonly head: Head | undefined; readonly damaged: boolean };

export const headPath = (folder: string): string => join(folder, 'head');

/**
 * Two slots, written in turn, each in a disk block of its own: what tears one leaves the other, and with it the head
 * before. Overwritten in place, so that a write needs no space and one `fdatasync` makes it durable.
 */
export const openHeadFile = (path: string, flags: 'r' | 'r+' | 'w+'): HeadFile => {
  const file = openSync(path, flags, 0o640);
  if (flags === 'w+') writeSync(file, Buffer.alloc(2 * slotSize));
  let turn = latest(slots(file))?.turn ?? 0;
  return {
    write: (head) => {
      turn += 1;
      writeSync(file, slotOf(turn, head), 0, slotSize, (turn % 2) * slotSize);
      fdatasyncSync(file);
    },
    read: () => {
      const found = slots(file);
      return { head: latest(found)?.head, damaged: found.includes('damaged') };
    },
    close: () => closeSync(file),
  };
};

const slotSize = 4096;

type Slot = { readonly turn: number; readonly head: Head };

const slotOf = (turn: number, { position, hash, reserved }: Head): Buffer => {
  const said = `mini-buildd-log-head ${turn} ${position} ${hash} ${reserved}`;
  return Buffer.from(`${said} ${checksum(said)}\n`.padEnd(slotSize, '\0'));
};

const checksum = (said: string): string => hash('sha256', said);

const slots = (file: number): readonly (Slot | 'empty' | 'damaged')[] => {
  const bytes = Buffer.alloc(2 * slotSize);
  readSync(file, bytes, 0, bytes.length, 0);
  return [bytes.subarray(0, slotSize), bytes.subarray(slotSize)].map(readSlot);
};

const readSlot = (bytes: Buffer): Slot | 'empty' | 'damaged' => {
  if (bytes.every((byte) => byte === 0)) return 'empty';
  const line = /^(mini-buildd-log-head (\d+) (\d+) ([0-9a-f]{64}) (\d+)) ([0-9a-f]{64})\n\0*$/.exec(
    bytes.toString('latin1'),
  );
  if (line === null) return 'damaged';
  const [, said = '', turn, position, hash = '', reserved, sum] = line;
  if (checksum(said) !== sum) return 'damaged';
  return { turn: Number(turn), head: { position: Number(position), hash, reserved: Number(reserved) } };
};

const latest = (found: readonly (Slot | 'empty' | 'damaged')[]): Slot | undefined =>
  found
    .filter((slot) => typeof slot !== 'string')
    .reduce<Slot | undefined>((best, slot) => (best === undefined || slot.turn > best.turn ? slot : best), undefined);
