import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import { archiveKeyGenerated, instanceConfigured } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin: Caller = { actor: { kind: 'account', name: 'admin' }, privilege: 'admin', shown: 'token' };
const sandbox = 'test' as RepositoryId;

/** As `mini-buildd setup --bare` leaves it: what autosetup begins with. */
const bare = [instanceConfigured, ...defaultLayouts, archiveKeyGenerated, { type: 'EngineStarted' }] as const;

const asked = { vendors: 'debian', repositories: 'test', confirm: 'autosetup' };

const run = async (daemon: Daemon, command: string, given: Readonly<Record<string, string>> = {}) => {
  const answer = await daemon.engine.api.run(command, given, admin);
  return isLeft(answer) ? assert.fail(`${command}: ${JSON.stringify(answer.left)}`) : answer.right;
};

describe('autosetup on a fresh instance', () => {
  it('ends with an engine that runs, and builds for every base distribution', { timeout: 120_000 }, async (test) => {
    const on = await machine(test, bare);
    const daemon = await boot(on);
    await run(daemon, 'autosetup', { vendors: asked.vendors, repositories: asked.repositories });
    const { configuration } = daemon.world;
    const codenames = configuration.repositories.get(sandbox)?.codenames ?? [];
    assert.ok(codenames.length >= 3, `only ${codenames}`);
    assert.deepEqual([...codenames].toSorted(), [...configuration.distributions.keys()].toSorted());
    await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
    const { json } = await run(daemon, 'status');
    assert.equal((json as { readonly running: boolean }).running, true);
    const guesses = codenames.map((codename) => {
      const codeversion = configuration.distributions.get(codename)?.codeversion ?? assert.fail(codename);
      return { codename, version: `2.10-3~test${codeversion}+1` };
    });
    for (const { codename, version } of guesses)
      await daemon.uploads(
        sourceUpload({ version: version as never, distribution: `${codename}-test-unstable`, signedBy: null }),
      );
    await daemon.until(({ uploads }) => uploads.ended.length === guesses.length);
    assert.deepEqual(
      daemon.world.uploads.ended.map((each) => each.status),
      guesses.map(() => 'published'),
    );
    for (const { codename } of guesses)
      assert.ok([...daemon.world.contents.shelves.keys()].includes(`${codename}-test-unstable` as never), codename);
    assert.deepEqual(daemon.faults, []);
    await daemon.kill();
  });

  it('changes nothing when it is run twice, whatever it is asked for', async (test) => {
    const on = await machine(test, bare);
    const daemon = await boot(on);
    for (const more of [
      {},
      { repositories: 'test,debdev' },
      {
        vendors: 'debian,ubuntu',
        mirror: 'ubuntu=http://archive.ubuntu.example.org/ubuntu/',
        keyring: 'ubuntu=/usr/share/keyrings/ubuntu-archive-keyring.gpg',
      },
    ]) {
      const given = { vendors: asked.vendors, repositories: asked.repositories, ...more };
      const first = (await run(daemon, 'autosetup', given)).json as { readonly differences: readonly unknown[] };
      assert.ok(first.differences.length > 0);
      const { size } = daemon.world.configuration.sources;
      const before = JSON.stringify(await run(daemon, 'export'));
      const second = (await run(daemon, 'autosetup', given)).json as { readonly differences: readonly unknown[] };
      assert.deepEqual(second.differences, []);
      assert.equal(JSON.stringify(await run(daemon, 'export')), before);
      assert.equal(daemon.world.configuration.sources.size, size);
    }
    await daemon.kill();
  });
});
