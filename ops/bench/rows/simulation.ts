import { report } from '../../simulate/report.ts';
import { scenario } from '../../simulate/scenario.ts';
import { simulate } from '../../simulate/simulation.ts';
import { atMost, type Row, shown } from '../row.ts';
import { median, ninetyNinth } from '../turns.ts';

const wanted = { builds: 10_000, builders: 50, dying: 0.05, seed: 1 };

/** The daemon's own duties with builders and a clock that are made up: see `ops/simulate`. */
export const simulation: Row = {
  name: 'simulate',
  about:
    'who is to have a build, in a queue of 10,000 with 50 builders, of whom 5 % die; makespan over its lower bound',
  seconds: 420,
  run: async ({ say }) => {
    const given = scenario(wanted);
    const done = await simulate(given, say);
    const { makespan, bound, ratio, undisturbed } = await report(given, done);
    // Those of the first half were made while most of the queue waited.
    const decisions = done.decisions.slice(0, done.decisions.length / 2).map(({ ms }) => ms);
    const queue = 'deciding about one build while most of them wait, processor';
    const decided = { ours: `${decisions.length} decisions`, peer: 'each' };
    return [
      {
        what: `${wanted.builds.toLocaleString('en')} builds, ${wanted.builders} builders`,
        ours: `makespan ${shown(makespan / 3600)} h`,
        peer: `lower bound ${shown(bound.seconds / 3600)} h`,
        ...atMost(1.1, ratio),
      },
      { what: `${queue}, median`, ...decided, ...atMost(1, median(decisions), 'ms') },
      { what: `${queue}, p99`, ...decided, ...atMost(1, ninetyNinth(decisions), 'ms') },
      {
        what: 'the longest of all decisions, processor',
        ours: `${undisturbed.slow.length} took over 1 ms`,
        peer: `without the first, ${shown(undisturbed.first)} ms, and ${undisturbed.heldUp} while memory was tidied up`,
        ...atMost(1, undisturbed.worst, 'ms'),
      },
    ];
  },
};
