import assert from 'node:assert/strict';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Decider } from '../../src/domain/decider.ts';

/** `given(events).when(command).thenSaid(events)`, or `.thenRefused(rule)`, for one decider. */
export const givenFor =
  <State, Command, Event, Refused extends string | { readonly rule: string }>({
    initial,
    evolve,
    decide,
  }: Decider<State, Command, Event, Refused>) =>
  (...history: readonly Event[]) => ({
    when: (command: Command) => {
      const decision = decide(command, history.reduce(evolve, initial));
      return {
        thenSaid: (...expected: readonly Event[]): void => {
          assert.ok(!isLeft(decision), `refused: ${JSON.stringify(isLeft(decision) && decision.left)}`);
          assert.deepEqual(decision.right, expected);
        },
        thenNothing: (): void => {
          assert.ok(!isLeft(decision), `refused: ${JSON.stringify(isLeft(decision) && decision.left)}`);
          assert.deepEqual(decision.right, []);
        },
        thenRefused: (rule: string): void => {
          assert.ok(isLeft(decision), 'it was not refused');
          assert.equal(typeof decision.left === 'string' ? decision.left : decision.left.rule, rule);
        },
      };
    },
  });
