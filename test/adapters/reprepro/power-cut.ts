import { oneByOne, type SingleChanges, singleChanges } from '../../../src/adapters/reprepro/disk.ts';
import { type Run, runProgram } from '../../../src/adapters/reprepro/run-program.ts';

/**
 * Disk and programs that end before the effect numbered `at` (from 1), and do nothing from then on: what a power
 * cut leaves. `effects` counts what was asked for.
 */
export const powerCut = (at: number) => {
  let effects = 0;
  const last: string[] = [];
  const spend = (what: string): void => {
    effects += 1;
    last.push(what);
    if (effects >= at) throw new Error(`power cut before effect ${at}, ${last[at - 1]}`);
  };
  const changes = Object.fromEntries(
    Object.entries(singleChanges).map(([name, effect]: [string, (...args: never[]) => Promise<void>]) => [
      name,
      async (...args: never[]) => {
        spend(`${name} ${String(args[0])}`);
        return effect(...args);
      },
    ]),
  ) as unknown as SingleChanges;
  const run: Run = async (program, args, stdin) => {
    spend([program, ...args].join(' '));
    return runProgram(program, args, stdin);
  };
  return { disk: oneByOne(changes), run, effects: () => effects };
};
