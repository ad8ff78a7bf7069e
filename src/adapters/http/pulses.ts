import type { Observable } from 'rxjs';
import { type Pulse, pulse } from './pulse.ts';

/** Changes of one thing among many, for as long as somebody looks at it. Any number of readers of one cost one subscription. */
export type Pulses = {
  readonly of: (key: string) => Pick<Pulse, 'count' | 'beyond'>;
  /** One reader less. */
  readonly leave: (key: string) => void;
};

export const pulses = (changesOf: (key: string) => Observable<unknown>): Pulses => {
  const kept = new Map<string, { readonly pulse: Pulse; readers: number }>();
  // Counts of one that is looked at again go on where no count was before.
  let before = 0;
  const begun = (key: string) => {
    before += 1_000_000_000;
    return { pulse: pulse(changesOf(key), before), readers: 0 };
  };
  return {
    of: (key) => {
      const known = kept.get(key) ?? begun(key);
      known.readers += 1;
      kept.set(key, known);
      return known.pulse;
    },
    leave: (key) => {
      const known = kept.get(key);
      if (known === undefined) return;
      known.readers -= 1;
      if (known.readers > 0) return;
      known.pulse.stop();
      kept.delete(key);
    },
  };
};
