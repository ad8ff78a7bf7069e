import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whileWaiting } from '../../../src/cli/tool/while-waiting.ts';

/** Somebody who waits for an answer that comes after so many pauses. */
const waiting = async (pauses: number, underWay: () => Promise<readonly string[]>) => {
  const lines: string[] = [];
  let left = pauses;
  let come: (answer: string) => void = () => undefined;
  const answer = new Promise<string>((resolve) => {
    come = resolve;
  });
  const pause = async (): Promise<void> => {
    left -= 1;
    if (left < 0) {
      come('done');
      await answer;
    }
  };
  const came = await whileWaiting(answer, { underWay }, { pause, line: (text) => lines.push(text) });
  return { came, lines };
};

describe('Who waits at a terminal', () => {
  it('is told what the instance is at, and left with nothing of it', async () => {
    const { came, lines } = await waiting(2, async () => ['acme: past state: reading the log (for 2 s)']);
    assert.equal(came, 'done');
    assert.deepEqual(lines, [...Array(2).fill('acme: past state: reading the log (for 2 s)'), '']);
  });

  it('sees nothing where nothing is under way, or the instance does not tell', async () => {
    assert.deepEqual((await waiting(3, async () => [])).lines, []);
    assert.deepEqual((await waiting(3, async () => Promise.reject(new Error('503')))).lines, []);
  });

  it('sees nothing that a terminal would obey', async () => {
    const { lines } = await waiting(1, async () => ['\u001b[2Jacme']);
    assert.doesNotMatch(lines.join(''), /\u001b/);
  });

  it('is asked nothing where nobody sits in front, and hears of a fault', async () => {
    const underWay = () => assert.fail('it asked');
    const quiet = { pause: async () => undefined, line: undefined };
    assert.equal(await whileWaiting(Promise.resolve(7), { underWay }, quiet), 7);
    await assert.rejects(whileWaiting(Promise.reject(new Error('refused')), { underWay }, quiet), /refused/);
  });
});
