import * as t from 'io-ts';
import { Count } from '../domain/codec.ts';
import { isOnOneLineInSight } from '../domain/out-of-sight.ts';

/** What may take long on the host while the daemon of the same home goes on, each as it is called. */
export const HostVerb = t.keyof({
  backup: null,
  'restore --dry-run': null,
  'import --dry-run': null,
  'log verify': null,
  'log export': null,
  'log show': null,
});
export type HostVerb = t.TypeOf<typeof HostVerb>;

/** Characters of what is said. */
export const longestLine = 200;

const Line = new t.Type<string, string, unknown>(
  'Line',
  (input): input is string => typeof input === 'string' && isLine(input),
  (input, context) =>
    typeof input === 'string' && isLine(input) ? t.success(input) : t.failure(input, context, 'a short line of text'),
  (value) => value,
);
const isLine = (text: string): boolean => text !== '' && text.length <= longestLine && isOnOneLineInSight(text);

/** A process: the kernel gives its number away again, but never with the same start, in ticks since the machine began. */
export const HostProcess = t.strict({ id: Count, startedAt: Count });
export type HostProcess = t.TypeOf<typeof HostProcess>;

/** How far a host program is, as it says in a file. It speaks of nothing but itself. */
export const HostWork = t.strict(
  {
    verb: HostVerb,
    /** `null` before anything was said. */
    says: t.union([Line, t.null]),
    /** Milliseconds since 1970. */
    startedAt: Count,
    process: HostProcess,
  },
  'HostWork',
);
export type HostWork = t.TypeOf<typeof HostWork>;

/** One of them, known by its id for as long as it lasts. */
export type SeenWork = Pick<HostWork, 'verb' | 'says' | 'startedAt'> & { readonly id: string };

/** Hears what is under way, and of what was and is no more, which of it did not come to a good end. */
export type HearWorks = (alive: readonly SeenWork[], brokenOff: ReadonlySet<string>) => void;
