/**
 * How the queue does with many builders, on paper: the daemon's own deciders, projections and duties, builders and a clock that are made up.
 *   npm run simulate -- --builds 10000 --builders 50 --dying 5 --seed 1
 * Figures go to standard output, progress to standard error.
 */
import { Command, InvalidArgumentError } from 'commander';
import { type Report, report } from './report.ts';
import { type Scenario, scenario } from './scenario.ts';
import { type Simulation, simulate } from './simulation.ts';

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} is wanted`);
  }
  return value;
};

const hours = (seconds: number): string => `${(seconds / 3600).toFixed(2)} h`;
const times = ({ median, p99, worst }: Report['decision']): string =>
  [median, p99, worst].map((each) => `${each.toFixed(3)} ms`).join('  ');

/** By their place among all. */
const slow = ({ undisturbed, attempts }: Report): string =>
  undisturbed.slow.length === 0
    ? 'none'
    : `${undisturbed.slow.length} of ${attempts} (${undisturbed.slow
        .slice(0, 12)
        .map(({ place, ms }) => `no. ${place} ${ms.toFixed(2)} ms`)
        .join(', ')})`;

const lines = (
  { machines, works }: Scenario,
  { builders, world, tookMs }: Simulation,
  all: Report,
): readonly string[] => {
  const room = machines.reduce((sum, each) => sum + each.room, 0);
  const dead = builders.filter(({ machine }) => machine.diesAt !== undefined).length;
  return [
    `${all.builds} builds of ${works.length} uploads; ${machines.length} builders with room for ${room}, of which ${dead} died`,
    `makespan         ${hours(all.makespan)}, ${all.ratio.toFixed(3)} × the lower bound of ${hours(all.bound.seconds)} (work ${hours(all.bound.byWork)}, longest chain ${hours(all.bound.byChain)})`,
    `attempts         ${all.attempts}; ${all.depWaits} waited for dependencies, ${all.withdrawn} were taken back from builders, ${all.lateAnswers} answers came too late`,
    `longest wait     ${hours(all.longestWait)} in the queue`,
    `events           ${all.eventsPerBuild.toFixed(1)} a build, ${world.events} in all; simulated in ${(tookMs / 1000).toFixed(1)} s`,
    'slowed down      from upload to last build, by its longest build alone',
    ...all.experiences.map(
      ({ uploader, uploads, median, worst }) =>
        `  ${uploader.padEnd(16)}${uploads} uploads: median ${median.toFixed(1)} ×, 99 of 100 below ${worst.toFixed(1)} ×`,
    ),
    `fairness         ${all.jain.toFixed(3)} (Jain's index of these medians)`,
    `decision         ${times(all.decision)} of processor to decide who is to have a build: median, 99 of 100 below, longest`,
    `  undisturbed      longest ${all.undisturbed.worst.toFixed(3)} ms without the first (${all.undisturbed.first.toFixed(3)} ms, not compiled yet) and ${all.undisturbed.heldUp} during which memory was tidied up; over 1 ms: ${slow(all)}`,
    'looks            what is owed after an event, by duty, in the same way',
    ...[...all.looks].map(([duty, each]) => `  ${duty.padEnd(18)}${times(each)}`),
  ];
};

const run = async (given: { builds: number; builders: number; dying: number; seed: number }): Promise<void> => {
  const wanted = scenario({ ...given, dying: given.dying / 100 });
  const done = await simulate(wanted, (line) => void process.stderr.write(`  ${line}\n`));
  for (const line of lines(wanted, done, await report(wanted, done))) process.stdout.write(`${line}\n`);
};

await new Command('simulate')
  .description('works through a queue of builds with builders and a clock that are made up')
  .option('--builds <number>', 'builds in all', whole(100, 100_000), 10_000)
  .option('--builders <number>', 'machines', whole(4, 500), 50)
  .option('--dying <percent>', 'of the machines that die', whole(0, 90), 5)
  .option('--seed <number>', 'the same seed gives the same simulation', whole(0, 2 ** 31), 1)
  .action(run)
  .parseAsync();
