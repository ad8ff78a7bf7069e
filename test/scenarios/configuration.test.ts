import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';

const administrator: Caller = {
  privilege: 'admin',
  actor: { kind: 'account', name: '00000000000000ad' },
  shown: 'password',
};

const document = `
sources:
  debian-sid: {origin: Debian, suite: sid, codename: sid, uris: ['http://deb.example.org/debian/'], components: [main], keys: /usr/share/keyrings/debian.gpg}
distributions:
  sid: {codeversion: ~SID, base: debian-sid, components: [main], architectures: [{architecture: amd64, buildsArchAll: true}]}
repositories:
  acme: {codenames: [trixie, sid]}
`;

describe('The administrator', () => {
  it('applies a document over the API, and what it configures is published', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const applied = await daemon.engine.api.run('apply', { configuration: document }, administrator);
    assert.ok(isRight(applied), JSON.stringify(applied));
    assert.match(applied.right.plain, /\+ source debian-sid[\s\S]*~ repository acme\n {4}codenames: .*\n3 changed/);
    await daemon.until(({ publications }) => {
      const releases = publications.get('acme' as never)?.releases.keys() ?? [];
      return [...releases].some((name) => name === 'sid-acme-unstable');
    });
    const again = await daemon.engine.api.run('apply', { configuration: document }, administrator);
    assert.equal(isRight(again) && again.right.plain, 'nothing to change\n');
    const yaml = await daemon.engine.api.run('export', {}, administrator);
    assert.ok(isRight(yaml));
    const back = await daemon.engine.api.run('apply', { configuration: yaml.right.plain }, administrator);
    assert.equal(isRight(back) && back.right.plain, 'nothing to change\n');
    await daemon.kill();
  });

  it('applies it again after the power failed in the middle', async (test) => {
    for (const n of [1, 2, 3]) {
      for (const when of ['before', 'after'] as const) {
        const on = await machine(test);
        const probe = await boot(on);
        await probe.rests();
        const started = probe.steps.length;
        await probe.kill();
        const dying = await boot(on, { n: started + n, when });
        await dying.rests();
        await Promise.race([
          dying.engine.api.run('apply', { configuration: document }, administrator),
          dying.until(() => false),
        ]);
        await dying.kill();
        const next = await boot(on);
        const applied = await next.engine.api.run('apply', { configuration: document }, administrator);
        assert.ok(isRight(applied));
        assert.deepEqual(next.world.configuration.repositories.get('acme' as never)?.codenames, ['trixie', 'sid']);
        assert.equal(eventsOf(on, 'DistributionConfigured').length, 2);
        await next.kill();
      }
    }
  });

  it('is told everything that is wrong, and nobody else is asked', async (test) => {
    const daemon = await boot(await machine(test));
    const refused = await daemon.engine.api.run('apply', { configuration: 'a: 1\nb: 2' }, administrator);
    assert.ok(isLeft(refused));
    assert.deepEqual(
      refused.left.map(({ rule }) => rule),
      ['unknown-section', 'unknown-section'],
    );
    const staff: Caller = { ...administrator, privilege: 'staff' };
    for (const command of ['apply', 'export']) {
      const denied = await daemon.engine.api.run(command, { configuration: document }, staff);
      assert.equal(isLeft(denied) && denied.left[0]?.rule, 'needs-privilege');
    }
    await daemon.kill();
  });
});
