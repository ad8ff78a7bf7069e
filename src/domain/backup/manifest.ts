import * as t from 'io-ts';
import { Count, Instant, text } from '../codec.ts';
import { Sha256 } from '../debian/names.ts';

/** Where in its home something is put back: keys, people and hooks, and nowhere else. */
export const KeptPath = text(
  'KeptPath',
  /^(?:keys|people|hooks\.d)(?:\/(?!\.{1,2}(?:\/|$))[\w.+@=-]{1,200}){1,4}$/,
  'a path below keys, people or hooks.d',
);
export type KeptPath = t.TypeOf<typeof KeptPath>;

/**
 * What one backup holds. Everything in it is an object that is named by its SHA-256, so that a later backup adds only what is new, and every byte is
 * checked when it is put back. A backup is there once its manifest is.
 */
export const Manifest = t.strict(
  {
    format: t.literal('mini-buildd-backup 1'),
    taken: Instant,
    /** Events of the log, in order: the objects with their lines, each line behind the hash that chains it to those before. */
    events: Count,
    chain: Sha256,
    log: t.readonlyArray(Sha256),
    /** The object that lists the files, a SHA-256 a line; how many there are, and their bytes. */
    files: t.strict({ list: Sha256, count: Count, bytes: t.number }),
    /** What is beside the log and says who and with which keys. Secret. */
    kept: t.readonlyArray(t.strict({ path: KeptPath, sha256: Sha256, mode: t.number })),
  },
  'Manifest',
);
export type Manifest = t.TypeOf<typeof Manifest>;

/** When a backup was taken; not known of one whose time is to come: it is of a clock that was ahead. */
export const whenTaken = ({ taken }: Pick<Manifest, 'taken'>, now: Instant): Instant | undefined =>
  taken > now ? undefined : taken;
