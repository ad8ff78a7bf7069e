import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { stageWatch } from '../../../src/adapters/sbuild/stage-watch.ts';

const logs = resolve(import.meta.dirname, '../../golden/sbuild/logs');

/** A watch that hears a log line by line, a second each. */
const heard = (text: string) => {
  let seconds = 0;
  const watch = stageWatch(() => seconds * 1000);
  for (const line of text.split('\n')) {
    seconds += 1;
    watch.heard(Buffer.from(`${line}\n`));
  }
  return watch;
};

const recorded = async (name: string) => heard(await readFile(`${logs}/${name}.log`, 'utf8'));

const box = (title: string): string => `| ${title.padEnd(77)}|`;
const finished = 'Build finished at 2026-11-22T22:18:58Z';

describe('the stages of a build', () => {
  for (const [log, stages] of [
    ['successful', 'prepare chroot fetch-src install-deps build post-build cleanup keep'],
    ['failed-to-build', 'prepare chroot fetch-src install-deps build cleanup keep'],
    ['asked-to-end', 'prepare chroot fetch-src install-deps build cleanup keep'],
    ['dep-wait', 'prepare chroot fetch-src install-deps cleanup keep'],
    ['skipped', 'prepare chroot fetch-src install-deps build cleanup keep'],
    ['pretender', 'prepare chroot fetch-src install-deps build cleanup keep'],
  ] as const) {
    it(`are those that sbuild went through: ${log}`, async () => {
      const watch = await recorded(log);
      assert.equal(
        watch
          .times()
          .map(({ stage }) => stage)
          .join(' '),
        stages,
      );
    });
  }

  it('take all of the time, one after the other', async () => {
    const text = await readFile(`${logs}/successful.log`, 'utf8');
    const all = heard(text)
      .times()
      .reduce((sum, { seconds }) => sum + seconds, 0);
    assert.equal(all, text.split('\n').length);
  });

  it('are none that a package prints while it is built', () => {
    const honest = [box('hello 1.0 (amd64)'), box('Fetch source files'), box('Build')];
    const lies = ['Cleanup', 'Fetch source files', 'Summary', 'Changes', 'Nonsense', 'finished', 'bye 1 (all)'].map(
      box,
    );
    const watch = heard([...honest, ...lies, finished, ...lies.slice(0, 2), finished, box('Cleanup')].join('\n'));
    assert.deepEqual(watch.times(), [
      { stage: 'prepare', seconds: 1 },
      { stage: 'chroot', seconds: 1 },
      { stage: 'fetch-src', seconds: 1 },
      { stage: 'build', seconds: 12 },
      { stage: 'cleanup', seconds: 0 },
    ]);
  });

  it('begin where dependencies were noisy, too', () => {
    const watch = heard([box('Install package build dependencies'), box('Cleanup'), box('Build'), 'cc'].join('\n'));
    assert.deepEqual(
      watch.times().map(({ stage }) => stage),
      ['prepare', 'install-deps', 'build'],
    );
  });

  it('are found in a heading that came in pieces, and once', () => {
    let now = 0;
    const watch = stageWatch(() => now);
    for (const piece of ['| Cle', 'anup', `${' '.repeat(70)}|`, '\n', 'a line without end '.repeat(50), 'and more\n']) {
      now += 1000;
      watch.heard(Buffer.from(piece));
    }
    assert.deepEqual(watch.times(), [
      { stage: 'prepare', seconds: 4 },
      { stage: 'cleanup', seconds: 2 },
    ]);
  });
});
