import { decodeEvent } from '../domain/event.ts';
import type { BuildId } from '../domain/ids.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { BuildStory } from '../projections/build-queue.ts';

/** How long a build usually takes, in seconds; `undefined` when its package was not built before, or it is not known yet. */
export type UsualDuration = (build: BuildStory) => number | undefined;

/** Builds that are remembered at once: those that run now. */
const mostRemembered = 200;
/** How far back it is looked: successes of one package, on all architectures; and how many of one architecture count. */
const successesRead = 40;
const counted = 5;

/** The median of the last successes on the same architecture, asked of the log once for each build; known a moment after it was asked for first. */
export const usualDurations = (log: Pick<EventLog, 'query'>): UsualDuration => {
  const known = new Map<BuildId, number | undefined>();
  const learn = async ({ id, requested }: BuildStory): Promise<void> => {
    const found = await log.query({ package: requested.source, type: 'BuildSucceeded', limit: successesRead });
    const durations = found
      .map(({ body, position }) => decodeEvent(body, `the event at ${position}`))
      .flatMap((event) =>
        event.type === 'BuildSucceeded' && event.build.endsWith(`-${requested.architecture}`) ? event.times.total : [],
      );
    known.set(id, median(durations.slice(0, counted)));
  };
  return (build) => {
    if (!known.has(build.id)) {
      known.set(build.id, undefined);
      const [oldest] = known.keys();
      if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
      // What is not learned now is asked for again with the next build.
      void learn(build).catch(() => undefined);
    }
    return known.get(build.id);
  };
};

const median = (values: readonly number[]): number | undefined =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
