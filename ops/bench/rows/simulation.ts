import { report } from '../../simulate/report.ts';
import { scenario } from '../../simulate/scenario.ts';
import { simulate } from '../../simulate/simulation.ts';
import { atMost, type Row, shown } from '../row.ts';
import { median, ninetyNinth } from '../turns.ts';

const large = { builds: 10_000, builders: 50, dying: 0.05, seed: 1 };
/** As much work for each place as there, in a fifth of the time. */
const small = { ...large, builds: 2_000, builders: 10 };
/** So many of the large queue have ended when enough was decided while most of it waits. */
const endedAtLast = 300;

/** The daemon's own duties with builders and a clock that are made up: see `ops/simulate`. */
export const simulation: Row = {
  name: 'simulate',
  about: 'who is to have a build, in a queue of 10,000 with 50 builders; makespan over its lower bound',
  seconds: 300,
  run: async ({ say }) => {
    const whole = scenario(small);
    const { makespan, bound, ratio } = await report(whole, await simulate(whole, say));
    let most = 0;
    const { decisions } = await simulate(scenario(large), say, ({ builds }) => {
      most = Math.max(most, builds.open.size);
      return most > large.builds / 2 && most - builds.open.size >= endedAtLast;
    });
    const queue = `${most.toLocaleString('en')} builds open, ${large.builders} builders`;
    const decided = { ours: `${decisions.length} decisions`, peer: 'each' };
    return [
      {
        what: `${small.builds.toLocaleString('en')} builds, ${small.builders} builders, one of which dies`,
        ours: `makespan ${shown(makespan / 3600)} h`,
        peer: `lower bound ${shown(bound.seconds / 3600)} h`,
        ...atMost(1.1, ratio),
      },
      { what: `${queue}, median`, ...decided, ...atMost(1, median(decisions), 'ms') },
      { what: `${queue}, p99`, ...decided, ...atMost(1, ninetyNinth(decisions), 'ms') },
    ];
  },
};
