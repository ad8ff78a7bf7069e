import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Verification } from '../../src/cli/verify-log.ts';
import { firstBelow, flipBit, inRecord, middle } from './support/flipped-bit.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

describe('log verify on an instance that built and published', () => {
  let instance: Instance;
  let whole: string;

  before(async () => {
    instance = await startInstance();
    const { distribution, suffix } = await sandbox(instance);
    const version = `1.0${suffix}`;
    await dput(instance, await makeSource(instance.folder, { name: 'witness', version, distribution }));
    await instance.reaches('witness', version, 'published');
  });
  after(() => instance.remove());

  const verify = async (
    home: string,
    ...more: readonly string[]
  ): Promise<Verification & { readonly code: number | null }> => {
    const { code, out, err } = await instance.verb(['log', 'verify', '--json', ...more], { MINI_BUILDD_HOME: home });
    assert.ok(out !== '', err);
    return { ...(JSON.parse(out) as Verification), code };
  };
  const found = async (home: string) =>
    (await verify(home)).findings.map(
      ({ about, where }) => `${about} ${where.replace(/^position \d+$/, 'position N')}`,
    );

  it('finds nothing wrong while the daemon runs', async () => {
    const { findings, code, repositories } = await verify(instance.home);
    assert.deepEqual([findings, code, repositories], [[], 0, ['test']]);
  });

  it('finds nothing wrong after an orderly end, which sealed everything; gpgv and sha256sum say so too', async () => {
    assert.equal(await instance.stop(), 0);
    const { findings, code, seal, unsealed } = await verify(instance.home);
    assert.deepEqual([findings, code, unsealed], [[], 0, 1]);
    assert.ok(seal !== null);
    const shown = await instance.verb(['log', 'show', '--json', '--type', 'LogSealed']);
    const sealed = JSON.parse(shown.out.trim().split('\n').at(-1) ?? '').body;
    const { out: keyEvent } = await instance.verb(['log', 'show', '--json', '--type', 'ArchiveKeyGenerated']);
    const files = {
      key: join(instance.folder, 'key.asc'),
      ring: join(instance.folder, 'key.gpg'),
      seal: join(instance.folder, 'seal'),
      log: join(instance.folder, 'log.txt'),
    };
    await writeFile(files.key, JSON.parse(keyEvent).body.publicKey);
    await writeFile(files.seal, sealed.checkpoint);
    const { out: log } = await instance.verb(['log', 'export']);
    await writeFile(files.log, log);
    await run('gpg', ['--batch', '--output', files.ring, '--dearmor', files.key]);
    const text = await run('gpgv', ['--keyring', files.ring, '--output', '-', files.seal]);
    const sums = `grep -v '^#' "$1" | cut -c66- | sed -n '${sealed.first},${sealed.last}p' | sha256sum`;
    const sum = await run('sh', ['-c', sums, 'sh', files.log]);
    assert.equal(/^SHA256: (\S+)$/m.exec(text)?.[1], sum.split(' ')[0]);
    assert.equal((await verify(instance.home, '--keyring', files.key)).code, 0);
    whole = instance.home;
  });

  /** A copy with its hard links, whose owner may harm it. */
  const copied = async (name: string): Promise<string> => {
    const home = join(instance.folder, name);
    await run('cp', ['-a', whole, home]);
    return home;
  };
  it('names one bit that is flipped in the log', async () => {
    const home = await copied('in-log');
    await flipBit(join(home, 'log', 'events.sqlite'), inRecord);
    const named = await found(home);
    assert.ok(named.includes('log position N'), named.join('\n'));
    assert.ok(
      named.some((each) => each.startsWith('seal seal ')),
      named.join('\n'),
    );
    assert.equal((await verify(home)).code, 1);
  });

  it('names one bit that is flipped in a file, with the pool that has it by another name', async () => {
    const home = await copied('in-file');
    const deb = await firstBelow(home, 'repositories/test/pool', '.deb');
    await flipBit(join(home, deb), middle);
    const { findings } = await verify(home);
    assert.ok(
      findings.some(({ about, fact }) => about === 'file' && /names it as witness_.*\.deb/.test(fact)),
      JSON.stringify(findings),
    );
    assert.ok(
      findings.some(({ about, where }) => about === 'pool' && where === deb),
      JSON.stringify(findings),
    );
  });

  it('names one bit that is flipped in the pool alone', async () => {
    const home = await copied('in-pool');
    const dsc = await firstBelow(home, 'repositories/test/pool', '.dsc');
    await flipBit(join(home, dsc), middle, true);
    assert.deepEqual(await found(home), [`pool ${dsc}`]);
  });

  for (const name of ['Release', 'InRelease', 'Release.gpg', 'Packages.gz', 'Sources.gz']) {
    it(`names one bit that is flipped in ${name}`, async () => {
      const home = await copied(`in-${name}`);
      const published = join(home, 'repositories/test/published');
      const dists = await readdir(join(published, 'dists'));
      const dist = dists.find((each) => each.endsWith('-unstable')) ?? '';
      const at = await firstBelow(join(published, 'dists'), dist, name.endsWith('.gz') ? `/${name}` : name);
      await flipBit(join(published, 'dists', at), middle, true);
      const named = await found(home);
      assert.ok(named.includes(`published repositories/test/published/dists/${at}`), named.join('\n'));
    });
  }
});
