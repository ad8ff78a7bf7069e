import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Verification } from '../../src/cli/verify-log.ts';
import { clientApt } from './support/client-apt.ts';
import { firstBelow, flipBit, inRecord, middle } from './support/flipped-bit.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { publishedIndices } from './support/published-indices.ts';
import { makeSource } from './support/source-package.ts';

const pool = 'repositories/test/pool';
const dists = 'repositories/test/published/dists';

/** One bit each of a home; gives how it is named. */
const flips: Readonly<Record<string, (home: string) => Promise<string>>> = {
  log: async (home) => {
    await flipBit(join(home, 'log', 'events.sqlite'), inRecord);
    return 'log position N';
  },
  file: async (home) => {
    const deb = await readFile(join(home, await firstBelow(home, pool, '.deb')));
    const sha256 = createHash('sha256').update(deb).digest('hex');
    const file = join('files', sha256.slice(0, 2), sha256);
    await flipBit(join(home, file), middle, true);
    return `file ${file}`;
  },
  pool: async (home) => {
    const dsc = await firstBelow(home, pool, '.dsc');
    await flipBit(join(home, dsc), middle, true);
    return `pool ${dsc}`;
  },
  'published tree': async (home) => {
    const release = await firstBelow(home, dists, 'InRelease');
    await flipBit(join(home, release), middle, true);
    return `published ${release}`;
  },
};

describe('an instance that is backed up, wiped and restored', () => {
  let instance: Instance;
  let distribution: string;
  let version: string;
  let backups: string;

  before(async () => {
    instance = await startInstance();
    const target = await sandbox(instance);
    distribution = target.distribution;
    version = `1.0${target.suffix}`;
    backups = join(instance.folder, 'backups');
    await mkdir(backups);
    await run('chown', ['mini-buildd:mini-buildd', backups]);
  });
  after(() => instance.remove());

  const publishes = async (name: string): Promise<void> => {
    await dput(instance, await makeSource(instance.folder, { name, version, distribution }));
    await instance.reaches(name, version, 'published');
  };

  const backsUp = async (): Promise<string> => {
    const { code, out, err } = await instance.verb(['backup', backups]);
    assert.equal(code, 0, `${out}${err}`);
    return out;
  };

  it('is backed up while it works, and later only what is new', async () => {
    await publishes('backup-first');
    assert.match(await backsUp(), /^backup of \S+: \d+ events, \d+ files/);
    await publishes('backup-second');
    assert.match(await backsUp(), /\nnew: \d+ objects, \d+ bytes\n/);
    assert.equal((await readdir(join(backups, 'backups'))).length, 2);
  });

  it('leaves no half backup on a disk that is full, and has the one before', async () => {
    const small = join(instance.folder, 'small');
    await mkdir(small);
    let refused = 0;
    for (const size of ['96k', '256k', '1m', '64m']) {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${size},uid=mini-buildd,mode=700`, 'tmpfs', small]);
      try {
        const { code, err } = await instance.verb(['backup', small]);
        if (code === 0) break;
        refused += 1;
        assert.match(err, /no space left on device/i);
        assert.deepEqual(await readdir(join(small, 'backups')).catch(() => []), []);
      } finally {
        await run('umount', ['--lazy', small]);
      }
    }
    assert.ok(refused > 0 && refused < 4, `${refused} were refused`);
  });

  it('comes back on a bare machine with the same indices, which apt takes from where it was', async () => {
    const { apt } = await clientApt(instance, distribution);
    await apt('update');
    await backsUp();
    const before = await publishedIndices(instance.home);
    assert.ok(Object.keys(before).length > 4);
    const counted = (await instance.recorded()).length;
    await instance.stop();
    for (const name of await readdir(instance.home))
      if (name !== 'run') await rm(join(instance.home, name), { recursive: true });
    const { code, out, err } = await instance.verb(['restore', backups]);
    assert.equal(code, 0, `${out}${err}`);
    await instance.start();
    assert.equal((await instance.events('type=InstanceRestored')).length, 1);
    assert.ok((await instance.recorded()).length >= counted);
    const restored = (await instance.recorded('type=InstanceRestored')).at(-1)?.position ?? '';
    await eventually(
      'the repository to be published again',
      120,
      async () =>
        (await instance.recorded('type=RepositoryPublished')).some(({ position }) => position > restored) || undefined,
    );
    await apt('update');
    assert.match(await apt('policy', 'backup-first'), new RegExp(`Candidate: ${version.replaceAll('+', '\\+')}`));
    assert.deepEqual(await publishedIndices(instance.home), before);
    const verified = await instance.verb(['log', 'verify']);
    assert.equal(verified.code, 0, `${verified.out}${verified.err}`);
  });

  describe('has one bit that is flipped afterwards named by "log verify"', () => {
    before(() => instance.stop());
    after(() => instance.start());

    /** What is wrong with a home, each as where it is. */
    const found = async (home: string): Promise<readonly string[]> => {
      const { out, err } = await instance.verb(['log', 'verify', '--json'], { MINI_BUILDD_HOME: home });
      assert.ok(out !== '', err);
      const { findings } = JSON.parse(out) as Verification;
      return findings.map(({ about, where }) => `${about} ${where.replace(/^position \d+$/, 'position N')}`);
    };

    it('after nothing was found in what was restored', async () => {
      assert.deepEqual(await found(instance.home), []);
    });

    for (const [where, flip] of Object.entries(flips))
      it(`in the ${where}`, async () => {
        const home = join(instance.folder, 'flipped');
        await run('cp', ['-a', instance.home, home]);
        try {
          const named = await flip(home);
          const all = await found(home);
          assert.ok(all.includes(named), `${named} is not among ${all.join(', ')}`);
        } finally {
          await rm(home, { recursive: true });
        }
      });
  });

  it('goes on building', async () => {
    await publishes('backup-third');
  });
});
