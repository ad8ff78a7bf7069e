import type { HearWorks } from '../ports/host-works.ts';
import type { Begun, Works } from './works.ts';

/** Keeps what is under way in step with what host programs say of themselves. `now` in milliseconds since 1970. */
export const hostWorks = ({ begin }: Pick<Works, 'begin'>, now: () => number): HearWorks => {
  const known = new Map<string, Begun & { readonly says: string | null }>();
  return (alive, brokenOff) => {
    const there = new Set(alive.map(({ id }) => id));
    for (const [id, { end }] of known) {
      if (there.has(id)) continue;
      known.delete(id);
      end(brokenOff.has(id) ? 'broken off' : 'done');
    }
    for (const { id, verb, says, startedAt } of alive) {
      const before = known.get(id);
      const begun = before ?? begin('on the host', `mini-buildd ${verb}`, Math.min(startedAt, now()));
      known.set(id, { ...begun, says });
      if (says !== null && says !== before?.says) begun.say(says);
    }
  };
};
