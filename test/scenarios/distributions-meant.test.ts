import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { acmeConfigured, configured } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin: Caller = { actor: { kind: 'account', name: '00000000000000aa' }, privilege: 'admin', shown: 'session' };

const own = { ...acmeConfigured, layout: 'Own' };
const layout: readonly DaemonEvent[] = defaultLayouts
  .filter((each) => each.layout === acmeConfigured.layout)
  .map((each) => ({ ...each, layout: 'Own', metaDistributions: { unstable: 'trixie-unstable' } }));

const withHello = async (test: TestContext, ...more: readonly DaemonEvent[]) => {
  const daemon = await boot(await machine(test, [...configured, ...layout, own, ...more, { type: 'EngineStarted' }]));
  await daemon.uploads(sourceUpload());
  assert.ok(await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published'));
  return async (command: string, given: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await daemon.engine.api.run(command, given, admin);
    return isRight(answer) ? answer.right.plain : answer.left.map(({ rule, fact }) => `${rule}: ${fact}`).join('\n');
  };
};

describe('Debian’s own name for a distribution', () => {
  it('is taken by commands where a layout says what it means', async (test) => {
    const run = await withHello(test);
    assert.match(await run('migrate', { package: 'hello', distribution: 'unstable' }), /trixie-acme-testing/);
    assert.match(await run('history', { distribution: 'unstable' }), /hello/);
    assert.match(await run('remove', { package: 'hello', distribution: 'unstable' }), /trixie-acme-unstable/);
    assert.match(await run('migrate', { package: 'hello', distribution: 'stable' }), /^bad-argument: "distribution"/);
  });

  it('is refused, with all that it may mean, where several repositories claim it', async (test) => {
    const run = await withHello(test, { ...own, repository: 'beta' as RepositoryId });
    assert.equal(
      await run('migrate', { package: 'hello', distribution: 'unstable' }),
      'ambiguous: "unstable" may mean trixie-acme-unstable, trixie-beta-unstable',
    );
  });

  it('is nothing that every object has', async (test) => {
    const run = await withHello(test);
    assert.match(await run('migrate', { package: 'hello', distribution: 'constructor' }), /^bad-argument/);
  });
});
