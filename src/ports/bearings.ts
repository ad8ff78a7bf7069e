import * as t from 'io-ts';
import { BuilderTag, RemoteId } from '../domain/configuration/events.ts';
import { Architecture, Fingerprint } from '../domain/debian/names.ts';
import { BuildId } from '../domain/ids.ts';

const orNull = <A, O>(codec: t.Type<A, O>) => t.union([codec, t.null]);

/**
 * What the daemon that holds the archive knows beside the log, for web replicas: what builds here may be given, what is under way, how far. It
 * names nobody, and is good for a few seconds.
 */
export const Bearings = t.strict(
  {
    /** Events that it has taken in. */
    events: t.number,
    place: t.strict({
      builder: t.string,
      room: t.number,
      tags: t.readonlyArray(BuilderTag),
      architectures: orNull(t.readonlyArray(Architecture)),
    }),
    works: t.readonlyArray(
      t.strict({
        kind: t.string,
        about: t.string,
        says: orNull(t.string),
        startedAt: t.number,
        usual: orNull(t.number),
      }),
    ),
    /** Those that run, wherever: what each says that it does, and the end of what it printed. */
    builds: t.readonlyArray(t.strict({ build: BuildId, stage: orNull(t.string), end: t.string })),
    /** As they said last: what they have to do, whether they run, and whom they exchange builds with. */
    remotes: t.readonlyArray(
      t.strict({
        ...{ remote: RemoteId, load: t.number, room: t.number, running: t.boolean },
        trusts: t.readonlyArray(Fingerprint),
      }),
    ),
    /** The last seal that it looked at, and why it is not to be believed. */
    seal: orNull(t.strict({ seal: t.number, doubt: orNull(t.string) })),
  },
  'Bearings',
);
export type Bearings = t.TypeOf<typeof Bearings>;
