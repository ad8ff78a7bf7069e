import { isLeft } from 'fp-ts/lib/Either.js';
import { refusal } from '../domain/refusal.ts';
import type { EventLog, Position, RecordedEvent } from '../ports/event-log.ts';
import type { Voice } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';

/** Somebody else spoke first, and nothing was said: it is to be looked at anew. */
export class Overtaken extends Error {}

type SaidTo = Pick<EventLog, 'readStream' | 'append'> & {
  /** As the first word does, without one. */
  readonly begin: () => void;
};

/** A voice that speaks first on top of the world as it is now, or throws `Overtaken`. */
export type Undisturbed = Required<Pick<Voice, 'tell' | 'begin'>>;

export type AttentiveLog = {
  /** The log itself, through which all of this process must speak. */
  readonly log: EventLog;
  /** The log as it stands once `world` holds all of it. */
  readonly asItStands: (world: World, folded: (last: Position) => Promise<void>) => Promise<SaidTo>;
};

/**
 * A log that notices who speaks. What is first said to the log `asItStands` is said on top of that very state, or not at all: it throws
 * `Overtaken` when anything was said since, or is on its way. What follows is taken as it comes: then the deed has begun. Of other
 * processes, only what they said to the same stream, or is folded already, is noticed.
 */
export const attentive = (log: EventLog): AttentiveLog => {
  const underWay = new Set<Promise<void>>();
  let begun = 0;
  let last: Position | undefined;
  const append: EventLog['append'] = (...given) => {
    begun += 1;
    const appended = log.append(...given);
    const noted = appended
      .then((said) => {
        const position = isLeft(said) ? undefined : said.right.at(-1)?.position;
        if (position !== undefined && (last === undefined || position > last)) last = position;
      })
      .catch(() => undefined)
      .finally(() => underWay.delete(noted));
    underWay.add(noted);
    return appended;
  };
  return {
    log: { ...log, append },
    asItStands: async (world, folded) => {
      const then = begun;
      await Promise.all(underWay);
      if (last !== undefined) await folded(last);
      const { position } = world;
      let hasBegun = false;
      const begin = (): void => {
        if (!hasBegun && (begun !== then || world.position !== position)) throw new Overtaken();
        hasBegun = true;
      };
      return {
        begin,
        readStream: async (stream) => {
          const history = await log.readStream(stream);
          if (!hasBegun && goesBeyond(history, position)) throw new Overtaken();
          return history;
        },
        append: async (...given) => {
          if (hasBegun) return append(...given);
          begin();
          const said = await append(...given);
          if (isLeft(said)) throw new Overtaken();
          return said;
        },
      };
    },
  };
};

/** So often something is looked at anew because somebody else spoke meanwhile. */
const mostLooks = 50;

/**
 * Looks and speaks over one state of things: where anybody spoke in between, nothing was said, and `attempt` is made anew. `undefined`
 * when that happens each time.
 */
export const overOneState = async <Result>(
  undisturbed: () => Promise<Undisturbed>,
  attempt: (voice: Undisturbed) => Promise<Result>,
): Promise<Result | undefined> => {
  for (let look = 0; look < mostLooks; look += 1) {
    const voice = await undisturbed();
    try {
      return await attempt(voice);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  return undefined;
};

/** What is refused then. */
export const tooMuchGoesOn = refusal(
  'too-much-goes-on',
  'so much goes on that the plan was overtaken each time before it could be carried out; nothing was done',
  'say it again',
);

const goesBeyond = (history: readonly RecordedEvent[], position: Position | undefined): boolean =>
  history.some((event) => position === undefined || event.position > position);
