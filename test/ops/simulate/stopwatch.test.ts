import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { right } from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import { stopwatch } from '../../../ops/simulate/stopwatch.ts';
import { duty } from '../../../src/ports/tell.ts';
import type { World } from '../../../src/projections/world.ts';

setFlagsFromString('--expose-gc');
const tidyUp: () => void = runInNewContext('gc');

it('A stopwatch counts what each decision of a look takes, and knows when memory was tidied up meanwhile', async () => {
  const watch = stopwatch();
  const world$ = new Subject<World>();
  const tell = watch.deciding('a duty', async () => right([]));
  const command = { command: 'Configure', event: { type: 'EngineStarted' } } as const;
  const says = (times: number): void => {
    for (let n = 0; n < times; n += 1) void tell(command, duty('a duty', 'nothing'));
  };
  // Adds up, and makes nothing that had to be tidied up.
  const works = (): number => {
    let sum = 0;
    for (let n = 0; n < 5e7; n += 1) sum = (sum + n) | 0;
    return sum;
  };
  const looks = [
    () => says(1),
    works,
    () => {
      works();
      says(2);
    },
    () => {
      tidyUp();
      says(1);
    },
  ];
  watch.over('a duty', world$).subscribe(() => looks.shift()?.());
  for (let n = looks.length; n > 0; n -= 1) {
    tidyUp();
    world$.next({} as World);
  }
  await watch.end();
  const decisions = watch.decisions('a duty');
  assert.deepEqual(
    decisions.map(({ isHeldUp }) => isHeldUp),
    [false, false, false, true],
  );
  const [first, second, third] = decisions.map(({ ms }) => ms);
  assert.equal(second, third, 'a look is shared by what was said in it');
  assert.ok(Number(second) > 2 * Number(first), `${first} ${second}`);
  assert.equal(watch.looks.get('a duty')?.length, 4);
});
