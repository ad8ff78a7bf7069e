import type { RemoteId } from '../../domain/configuration/events.ts';
import type { RequestMark, Statement } from '../../domain/remote/statement.ts';
import type { Heard, Neighbours, Progress } from '../../ports/neighbours.ts';

/** Between two looks at a remote that answers, and the longest time between two at one that does not. Milliseconds. */
const usual = 5_000;
const longest = 300_000;

export const neighbours = (): Neighbours => {
  const statements = new Map<RemoteId, Heard>();
  const looks = new Map<RemoteId, { readonly next: number; readonly misses: number }>();
  return {
    heard: (remote) => statements.get(remote),
    isDue: (remote, now) => {
      const next = looks.get(remote)?.next ?? 0;
      // What is further away was meant by a clock that has been set back since.
      return next <= now || next - now > longest;
    },
    answered: (remote, statement, at) => {
      statements.set(remote, { statement, at, progress: progressed(statements.get(remote)?.progress, statement, at) });
      looks.set(remote, { next: at + usual, misses: 0 });
    },
    expected: (remote, now) => looks.set(remote, { next: now, misses: 0 }),
    missed: (remote, now) => {
      const misses = (looks.get(remote)?.misses ?? 0) + 1;
      looks.set(remote, { next: now + Math.min(usual * 2 ** Math.min(misses, 10), longest), misses });
    },
  };
};

const progressed = (
  before: Heard['progress'] | undefined,
  { requests }: Statement,
  at: number,
): ReadonlyMap<RequestMark, Progress> =>
  new Map(
    [...requests].map(([mark, { state }]) => {
      const known = before?.get(mark);
      return [mark, known?.state === state ? known : { state, since: at }];
    }),
  );
