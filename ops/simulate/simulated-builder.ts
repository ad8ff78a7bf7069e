import { createHash } from 'node:crypto';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import type { BuildDispatched } from '../../src/domain/build/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import { type Refusal, refusal } from '../../src/domain/refusal.ts';
import { markOf, type RequestState, type Statement } from '../../src/domain/remote/statement.ts';
import type { BuildResult } from '../../src/ports/builder.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { archiveFingerprint } from '../../test/support/fixed-examples.ts';
import { codename } from './packages.ts';
import type { Machine } from './scenario.ts';

/** What an attempt is about to take, and what will come of it. */
export type Attempt = { readonly seconds: number; readonly result: BuildResult };

export type SimulatedBuilder = {
  readonly machine: Machine;
  /** What it says of itself when it is asked. */
  readonly look: () => Either<Refusal, Statement>;
  readonly send: (dispatched: BuildDispatched) => Either<Refusal, undefined>;
  /** Most builds under way at once. */
  readonly mostAtOnce: () => number;
};

/** How many requests that ended it still speaks of. */
const remembered = 50;

/**
 * Another instance with chroots: takes requests, builds as many at once as it has room for, answers each. A dead one is silent; what it had is finished when it
 * comes back, and answered then, too late. `begin` says how an attempt goes as it begins.
 */
export const simulatedBuilder = (
  machine: Machine,
  clock: Clock,
  begin: (dispatched: BuildDispatched) => Attempt,
  answer: (dispatched: BuildDispatched, result: BuildResult, sha256: Sha256) => Promise<void>,
): SimulatedBuilder => {
  const start = clock.now();
  const waiting: BuildDispatched[] = [];
  const states = new Map<Sha256, RequestState>();
  /** What it said last, as long as nothing changed. */
  let said: Pick<Statement, 'requests'> | undefined;
  let building = 0;
  let most = 0;

  const note = (sha256: Sha256, state: RequestState): void => {
    states.set(sha256, state);
    said = undefined;
  };

  const seconds = (): number => (clock.now() - start) / 1000;
  const isAlive = (): boolean =>
    machine.diesAt === undefined ||
    seconds() < machine.diesAt ||
    (machine.returnsAt !== undefined && seconds() >= machine.returnsAt);
  // Nobody waits any more for what it had not begun.
  if (machine.returnsAt !== undefined) {
    void firstValueFrom(clock.after(machine.returnsAt * 1000)).then(() => waiting.splice(0));
  }
  const silence = (): Either<Refusal, never> => left(refusal('unreachable', 'no answer', 'see whether it runs'));

  const untilAlive = async (): Promise<boolean> => {
    if (isAlive()) return true;
    if (machine.returnsAt === undefined) return false;
    await firstValueFrom(clock.after((machine.returnsAt - seconds()) * 1000));
    return true;
  };

  const run = async (dispatched: BuildDispatched): Promise<void> => {
    const { sha256 } = dispatched.request;
    building += 1;
    most = Math.max(most, building);
    note(sha256, 'building');
    const attempt = begin(dispatched);
    await firstValueFrom(clock.after(attempt.seconds * 1000));
    if (!(await untilAlive())) return;
    building -= 1;
    note(sha256, 'sent');
    for (const [old, state] of states) {
      if (states.size > remembered && state === 'sent') states.delete(old);
    }
    startNext();
    await answer(dispatched, attempt.result, hashOf(`result of ${sha256}`));
  };

  const startNext = (): void => {
    while (building < machine.room) {
      const next = waiting.shift();
      if (next === undefined) return;
      void run(next);
    }
  };

  return {
    machine,
    mostAtOnce: () => most,
    look: () => {
      if (!isAlive()) return silence();
      said ??= { requests: new Map([...states].map(([sha256, state]) => [markOf(sha256), { state, note: '' }])) };
      return right({ ...statement(machine, building + waiting.length, clock.now()), ...said });
    },
    send: (dispatched) => {
      if (!isAlive()) return silence();
      if (!states.has(dispatched.request.sha256)) {
        note(dispatched.request.sha256, 'waiting');
        waiting.push(dispatched);
        startNext();
      }
      return right(undefined);
    },
  };
};

export const hashOf = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;

const statement = (
  { name, room, architectures }: Machine,
  taken: number,
  now: number,
): Omit<Statement, 'requests'> => ({
  http: name,
  ftp: name.replace(/:\d+$/, ':8067'),
  version: '0.1.0',
  at: instant(now),
  running: true,
  // Two places behind the point, as it is written.
  load: Number((taken / room).toFixed(2)),
  room,
  chroots: architectures.map((architecture) => ({ codename, architecture })),
  binNmus: true,
  knows: [archiveFingerprint],
  trusts: [archiveFingerprint],
  awaits: new Set(),
});
