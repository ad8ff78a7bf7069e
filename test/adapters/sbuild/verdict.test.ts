import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildSummary, summaryTimes } from '../../../src/adapters/sbuild/build-summary.ts';
import { type Ended, type Stop, verdict } from '../../../src/adapters/sbuild/verdict.ts';

const recorded = (name: string): Promise<string> =>
  readFile(join(resolve(import.meta.dirname, '../../golden/sbuild/logs'), `${name}.log`), 'utf8');

const exit = (code: number): Ended => ({ exit: code, signal: null });

describe('what became of a build, from recorded logs', () => {
  const outcomes: readonly [string, Ended, object][] = [
    ['successful', exit(0), { outcome: 'succeeded' }],
    ['skipped', exit(0), { outcome: 'skipped' }],
    [
      'failed-to-build',
      exit(2),
      { outcome: 'failed', class: 'ftbfs', stage: 'build', fact: 'make: *** [debian/rules:4: binary] Error 7' },
    ],
    [
      'dep-wait',
      exit(3),
      {
        outcome: 'dep-wait',
        missing: ['this-does-not-exist', 'debhelper (>= 99)'],
        fact: 'Depends: this-does-not-exist but it is not installable; Depends: debhelper (>= 99) but 13.11.4 is to be installed',
      },
    ],
    [
      'damaged-source',
      exit(3),
      {
        outcome: 'failed',
        class: 'source',
        stage: 'unpack',
        fact: 'dpkg-source: error: file ./hello_1.0.tar.gz has size 820 instead of expected 819',
      },
    ],
  ];
  for (const [name, ended, expected] of outcomes) {
    it(`reads ${name}`, async () => {
      assert.deepEqual(verdict(ended, undefined, await recorded(name)), expected);
    });
  }

  it('says nothing of the package when package lists could not be fetched', async () => {
    const found = verdict(exit(3), undefined, await recorded('lists-unreachable'));
    assert.equal(found.outcome, 'unknown');
    assert.match(
      found.outcome === 'unknown' ? found.reason : '',
      /^an archive could not be reached: E: .*mirror\.example\.org/,
    );
  });

  it('says nothing of the package when installing failed without a dependency that is unmet, but what apt said', async () => {
    const log = (await recorded('dep-wait')).replace(
      /The following packages have unmet dependencies:.*?apt-get failed\.\n/s,
      'E: Sub-process /usr/bin/dpkg returned an error code (1)\napt-get failed.\n',
    );
    assert.deepEqual(verdict(exit(3), undefined, log), {
      outcome: 'unknown',
      reason: 'build dependencies could not be installed: E: Sub-process /usr/bin/dpkg returned an error code (1)',
    });
  });

  it('believes the last summary, not one that a package prints', async () => {
    const found = verdict(exit(2), undefined, await recorded('pretender'));
    assert.equal(found.outcome === 'failed' && found.class, 'ftbfs');
  });

  it('takes seconds from the summary', async () => {
    const times = summaryTimes(buildSummary(await recorded('successful')));
    assert.ok(times.total >= times.build && times.build > 0);
    assert.deepEqual(summaryTimes(undefined), { install: 0, build: 0, total: 0 });
  });
});

describe('what became of a build that was asked to end', () => {
  const stopped = (stop: Stop | undefined, ended = exit(2)) =>
    recorded('asked-to-end').then((log) => verdict(ended, stop, log));

  it('is killed when we cancelled it', async () => {
    const found = await stopped({ why: 'cancelled' });
    assert.equal(found.outcome === 'failed' && found.class, 'killed');
  });

  it('is a timeout when it took too long or was silent', async () => {
    const late = await stopped({ why: 'timeout', seconds: 60 });
    assert.deepEqual(late, {
      outcome: 'failed',
      class: 'timeout',
      stage: 'timeout',
      fact: 'the build took longer than 60 s',
    });
    const silent = await stopped({ why: 'silence', seconds: 6 });
    assert.equal(silent.outcome === 'failed' && silent.stage, 'silence');
  });

  it('is unknown when somebody else ended it', async () => {
    assert.equal((await stopped(undefined)).outcome, 'unknown');
  });

  it('has succeeded when the package was ready before the time was up', async () => {
    const log = await recorded('successful');
    assert.deepEqual(verdict(exit(0), { why: 'timeout', seconds: 60 }, log), { outcome: 'succeeded' });
    const cancelled = verdict(exit(0), { why: 'cancelled' }, log);
    assert.equal(cancelled.outcome === 'failed' && cancelled.class, 'killed');
  });
});

describe('what became of a build that met a bound of its own', () => {
  const limit = { stage: 'memory', fact: 'the build needed more than the 1024 MB of memory that a build may have' };

  it('was killed, and is told which, whatever its log says', async () => {
    for (const name of ['failed-to-build', 'asked-to-end']) {
      const found = verdict({ exit: 2, signal: null, limit }, undefined, await recorded(name));
      assert.deepEqual(found, { outcome: 'failed', class: 'killed', ...limit });
    }
    assert.deepEqual(verdict({ limit }, undefined, ''), { outcome: 'failed', class: 'killed', ...limit });
  });

  it('has succeeded when it did nevertheless', async () => {
    assert.deepEqual(verdict({ ...exit(0), limit }, undefined, await recorded('successful')), { outcome: 'succeeded' });
  });
});

describe('what became of a build that tells too little', () => {
  it('is unknown when sbuild was killed before its summary', async () => {
    const log = (await recorded('failed-to-build')).split('| Summary')[0] ?? '';
    assert.deepEqual(verdict({ exit: null, signal: 9 }, undefined, log), {
      outcome: 'unknown',
      reason: 'sbuild ended by signal 9 without a summary',
    });
  });

  it('is unknown when the helper could not go on, whatever the log says', async () => {
    const found = verdict({ because: 'disk full: less than 512 MB are left' }, undefined, await recorded('dep-wait'));
    assert.deepEqual(found, { outcome: 'unknown', reason: 'disk full: less than 512 MB are left' });
  });

  it('is unknown when no session could be made', () => {
    const log = 'E: Error creating chroot session\n\n| Summary   |\n\nFail-Stage: create-session\nStatus: failed\n';
    assert.equal(verdict(exit(1), undefined, log).outcome, 'unknown');
  });

  it('never calls success what sbuild ended with an error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.string(), (code, noise) => {
        const log = `${noise}\n| Summary |\n\nStatus: successful\n`;
        assert.notEqual(verdict(exit(code), undefined, log).outcome, 'succeeded');
      }),
      { verbose: true },
    );
  });

  it('finds a verdict for any bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (log) => {
        assert.equal(verdict(exit(2), undefined, log).outcome, 'unknown');
      }),
      { verbose: true },
    );
  });
});
