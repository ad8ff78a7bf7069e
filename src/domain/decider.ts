import type { Either } from 'fp-ts/lib/Either.js';

/** One kind of stream: its state, how events change it, and which events a command leads to. Pure. */
export type Decider<State, Command, Event, Refused> = {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  /** `right([])` when there is nothing left to say: asking twice is no fault. */
  readonly decide: (command: Command, state: State) => Either<Refused, readonly Event[]>;
};
