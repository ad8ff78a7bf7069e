import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { held } from '../../src/projections/contents.ts';
import {
  acme,
  acmeConfigured,
  amd64,
  arm64,
  chrootConfigured,
  configured,
  hello4,
  unstable,
} from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

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

describe('A repository', () => {
  const remove = (daemon: Daemon, given: Readonly<Record<string, string>> = {}) =>
    daemon.engine.api.run('removerepository', { repository: 'acme', ...given }, administrator);
  const states = async ({ engine }: Daemon) => {
    const answer = await engine.api.run('repositories', {}, administrator);
    return isRight(answer) ? answer.right.plain : '';
  };
  const withHello = async (test: TestContext) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ publications }) => publications.get(acme)?.published?.upTo !== null && isPublished(on));
    return { on, daemon };
  };
  const isPublished = ({ archive }: Machine): boolean =>
    (archive.seen(acme)?.distributions ?? []).some(({ holds }) => holds.length > 0);

  it('says where people read of it', async (test) => {
    const daemon = await boot(await machine(test));
    await daemon.configure({ ...acmeConfigured, externalHomeUrl: 'https://acme.example.org/' });
    assert.match(await states(daemon), /^acme: .*, see https:\/\/acme\.example\.org\/$/m);
  });

  it('says which versions its suites take, and what builds install from', async (test) => {
    const daemon = await boot(await machine(test));
    await daemon.configure({ ...acmeConfigured, externalHomeUrl: 'https://acme.example.org/' });
    const answer = await daemon.engine.api.run('repository', { repository: 'acme' }, administrator);
    assert.ok(isRight(answer));
    const said = JSON.stringify(answer.right);
    assert.ok(said.includes(JSON.stringify({ rule: '~acme13\\+[1-9]', appended: '~acme13+1' })), said);
    assert.match(said, /"buildSources":\[\{"source":"[^"]+","priority":null\}/);
    assert.match(said, /"externalHomeUrl":"https:\/\/acme\.example\.org\/"/);
  });

  it('that holds packages is removed only by force, and apt sees nothing of it then', async (test) => {
    const { on, daemon } = await withHello(test);
    const refused = await remove(daemon);
    assert.equal(isLeft(refused) && refused.left[0]?.rule, 'repository-in-use');
    const document = { configuration: 'complete: true\nlayouts: {Default: {suites: [{suite: unstable}]}}' };
    const complete = await daemon.engine.api.run('apply', document, administrator);
    assert.ok(isLeft(complete) && complete.left.some(({ rule }) => rule === 'repository-in-use'));
    await daemon.engine.api.run('retention', { repository: 'acme', versions: '3' }, administrator);
    const shown = await remove(daemon, { force: 'true', 'dry-run': 'true' });
    assert.equal(
      isRight(shown) && shown.right.plain,
      '- retention acme\n- repository acme\n! apt would see 1 source package of repository acme no more\n2 would change\n',
    );
    assert.ok(daemon.world.configuration.repositories.has(acme));
    assert.ok(isRight(await remove(daemon, { force: 'true' })));
    await daemon.rests();
    assert.equal(on.archive.seen(acme), undefined);
    assert.equal(daemon.world.configuration.retention.size, 0);
    const again = await remove(daemon, { force: 'true' });
    assert.equal(isLeft(again) && again.left[0]?.rule, 'unknown-repository');
    await daemon.kill();
  });

  for (const [what, next, given, fact] of [
    [
      'a codename',
      undefined,
      'repositories: {acme: {codenames: [sid]}}',
      'apt would see 1 source package of trixie-acme-unstable no more',
    ],
    [
      'a suite',
      undefined,
      'layouts: {Default: {suites: [{suite: stable}]}}',
      'apt would see 1 source package of trixie-acme-unstable no more',
    ],
    [
      'an architecture',
      undefined,
      'distributions: {trixie: {architectures: [{architecture: amd64, buildsArchAll: true}]}}',
      'apt would see 1 binary package of arm64 of trixie-acme-unstable no more',
    ],
    [
      'a rollback',
      hello4,
      'layouts: {Default: {suites: [{suite: unstable, rollbacks: 0}]}}',
      'apt would see 1 source package of rollbacks of trixie-acme-unstable from 0 on no more',
    ],
  ] as const) {
    it(`gives up ${what} that holds packages only by force, and says how many go`, async (test) => {
      const { daemon } = await withHello(test);
      assert.ok(isRight(await daemon.engine.api.run('apply', { configuration: document }, administrator)));
      if (next !== undefined) {
        await daemon.uploads(sourceUpload({ version: next }));
        await daemon.until(({ contents }) => held(contents, unstable)[0]?.version === next);
      }
      const apply = (more = {}) => daemon.engine.api.run('apply', { configuration: given, ...more }, administrator);
      const before = daemon.world.configuration;
      const refused = await apply();
      assert.ok(isLeft(refused));
      assert.deepEqual(
        refused.left.map((each) => `${each.rule}: ${each.fact}`),
        [`packages-in-use: ${fact}`],
      );
      assert.equal(daemon.world.configuration, before);
      assert.deepEqual(await apply({ 'dry-run': 'true' }), refused);
      const shown = await apply({ 'dry-run': 'true', force: 'true' });
      assert.ok(isRight(shown) && shown.right.plain.includes(`! ${fact}\n`));
      assert.ok(isRight(await apply({ force: 'true' })));
      await daemon.kill();
    });
  }

  it('is taken from apt also when the power failed in between, and comes back as it was when configured again', async (test) => {
    const { on, daemon } = await withHello(test);
    const before = daemon.world.publications.get(acme)?.published?.upTo;
    await daemon.kill();
    const steps = await stepsOfQuietBoot(on);
    // The next step is the event, the one after it the removal of the tree.
    const dying = await boot(on, { n: steps + 2, when: 'before' });
    await dying.rests();
    await Promise.race([remove(dying, { force: 'true' }), dying.until(() => false)]);
    await dying.rests();
    await dying.kill();
    assert.ok(isPublished(on));
    const next = await boot(on);
    await next.rests();
    assert.equal(on.archive.seen(acme), undefined);
    await next.configure(acmeConfigured);
    await next.until(() => isPublished(on));
    assert.equal(next.world.publications.get(acme)?.published?.upTo, before);
    await next.kill();
  });

  it('says why it is not as it should be', async (test) => {
    const daemon = await boot(
      await machine(
        test,
        configured.filter(({ type }) => type !== 'ChrootConfigured'),
      ),
    );
    assert.match(await states(daemon), /acme: troubled\n {2}no builder has a chroot for trixie\/amd64\n/);
    for (const architecture of [amd64, arm64]) await daemon.configure(chrootConfigured(architecture));
    await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
    assert.equal(await states(daemon), 'acme: active\n');
    await daemon.configure({ type: 'DistributionRemoved', codename: 'trixie' as never });
    assert.match(await states(daemon), /acme: inactive\n {2}there is no distribution trixie\n/);
    await daemon.kill();
  });
});

const stepsOfQuietBoot = async (on: Machine): Promise<number> => {
  const probe = await boot(on);
  await probe.rests();
  await probe.kill();
  return probe.steps.length;
};
