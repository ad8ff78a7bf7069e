import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { RepositoryConfigured } from '../../src/domain/configuration/events.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Codename } from '../../src/domain/debian/names.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { asks } from '../support/asks.ts';
import { acme, acmeConfigured, ernie, hello3, hello4, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

/** The repository has sid instead, as when trixie's life has ended. */
const withoutTrixie: RepositoryConfigured = { ...acmeConfigured, codenames: ['sid' as Codename] };

const at = `/mini_buildd/repositories/acme/${unstable}`;
const compare = (one: string, other: string) =>
  `/mini_buildd/repositories/acme/compare?one=${unstable}${one}&other=${unstable}${other}`;

/** hello was uploaded twice, each seen by apt, on an instance whose pages are served. */
const served = async (test: TestContext) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(daemon.kill);
  for (const version of [hello3, hello4]) {
    await daemon.uploads(sourceUpload({ version }));
    assert.ok(await daemon.until(({ uploads }) => uploads.open.size === 0));
    await daemon.rests();
    on.clock.advance(60_000);
  }
  const log = openMemoryLog(on.store, on.clock.now);
  const confinement = { network: true, processes: true, bounds: true } as const;
  const place = { builder: ernie, room: 4, tags: [] };
  const pages = servedPages(daemon.engine, log, { confinement, place, clock: on.clock });
  const { url } = await serve(test, pages);
  const page = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { headers: { Accept: 'text/html' } });
    return { status: answer.status, text: await answer.text() };
  };
  const seen = () => daemon.world.published.get(acme) ?? [];
  return { on, daemon, pages, page, seen };
};

const ends = {
  'was taken out of its repository': async ({ daemon }: Awaited<ReturnType<typeof served>>) =>
    daemon.configure(withoutTrixie),
  'went with its repository': async ({ daemon }: Awaited<ReturnType<typeof served>>) => {
    const asked = { repository: acme, force: 'true' };
    assert.equal((await asks(daemon, 'removerepository', asked)).refused, undefined);
  },
} as const;

describe('A distribution that is there no more', () => {
  for (const [how, end] of Object.entries(ends))
    it(`is shown as apt saw it last, and at any time before, when it ${how}`, async (test) => {
      const state = await served(test);
      const { daemon, page, seen } = state;
      const times = seen().length;
      await end(state);
      await daemon.rests();

      const last = await page(at);
      assert.equal(last.status, 200, last.text);
      assert.match(last.text, /It is there no more since <time/);
      assert.ok(last.text.includes(hello4));
      assert.match(last.text, new RegExp(`publication ${times} of ${times}`), 'no later one has it');
      assert.match(last.text, /\/snapshots\/acme\/\S+/, 'how apt is told of it as it was');
      for (const none of ['Mail me about it', '>Restore<', '/feeds/acme', 'Its 1 rollbacks', 'data-live='])
        assert.ok(!last.text.includes(none), none);

      const [, earlier = ''] = /rel="prev" href="([^"]+)"/.exec(last.text) ?? [];
      const before = await page(earlier.replaceAll('&#38;', '&'));
      assert.equal(before.status, 200, earlier);
      assert.match(before.text, new RegExp(`publication ${times - 1} of ${times}`));
      assert.equal((await page(`${at}-rollback0`)).status, 200);
      assert.equal((await page(`${at}-rollback99`)).status, 404);

      const first = seen().at(0)?.id ?? '';
      const differs = await page(compare(`&one-at=${first}`, ''));
      assert.equal(differs.status, 200, differs.text);
      assert.ok(differs.text.includes(hello4));
    });

  it('is found from the page of its repository, and in the history', async (test) => {
    const { daemon, page } = await served(test);
    await daemon.configure(withoutTrixie);
    await daemon.rests();
    assert.ok((await page('/mini_buildd/repositories/acme')).text.includes(`href="${at}"`));
    assert.match((await page('/mini_buildd/history')).text, /<optgroup label="There no more"><option>trixie-acme/);
    const then = (await page(`/mini_buildd/history?distribution=${unstable}`)).text;
    assert.match(then, /It is there no more since/);
    assert.match(then, /This very state as an apt source/);
    assert.equal((await asks(daemon, 'removerepository', { repository: acme, force: 'true' })).refused, undefined);
    const gone = await page('/mini_buildd/repositories/acme');
    assert.match(gone.text, /It is configured no more/);
    assert.ok(gone.text.includes(`href="${at}"`));
  });

  it('is told of by commands, and is what it was when it comes back', async (test) => {
    const { daemon, page, seen } = await served(test);
    await daemon.configure(withoutTrixie);
    await daemon.rests();
    const ended = daemon.world.former.get(acme)?.get(unstable as DistributionName)?.ended;
    assert.ok(ended !== undefined);
    const told = await asks(daemon, 'packages', { distribution: unstable });
    assert.match(told.plain ?? '', new RegExp(`^${unstable} is there no more since ${ended}; .*\n.*\n.*\nhello`));
    assert.equal((told.json as { readonly ended: string }).ended, ended);
    const first = seen().at(0)?.id ?? '';
    const two = await asks(daemon, 'compare', { one: unstable, 'one-at': first, other: unstable });
    assert.match(two.plain ?? '', /hello/);
    const late = await page(`${at}?at=${seen().at(-1)?.id}`);
    assert.deepEqual([late.status, /the last publication with it was at 20/.test(late.text)], [404, true], late.text);

    await daemon.configure(acmeConfigured);
    await daemon.rests();
    const again = await page(at);
    assert.doesNotMatch(again.text, /there no more/);
    assert.match(again.text, /as history says/);
  });
});

describe('Pages after what they tell of was taken away', () => {
  it('of a package say what stands nowhere any more, where it stood, and until when', async (test) => {
    const { daemon, page } = await served(test);
    const lanes = async () => (await page('/mini_buildd/packages/hello')).text;
    assert.match(await lanes(), /in trixie-acme-unstable since/);
    await daemon.configure(withoutTrixie);
    await daemon.rests();
    const without = await lanes();
    assert.doesNotMatch(without, /in trixie-acme-unstable since|stay-now/);
    assert.match(without, /in trixie-acme-unstable from \S+ until/);
    assert.match(without, /It stood in .*href="\/mini_buildd\/repositories\/acme\/trixie-acme-unstable"/);
    assert.equal((await asks(daemon, 'removerepository', { repository: acme, force: 'true' })).refused, undefined);
    const gone = await lanes();
    assert.doesNotMatch(gone, /No repository holds it, or ever did/);
    assert.match(gone, /The repository is configured no more, and holds nothing/);
    assert.match(gone, /What stood where in acme/);
    assert.match(gone, /in trixie-acme-unstable from \S+ until/);
  });

  it('of statistics tell of the files that a repository keeps which is configured no more', async (test) => {
    const { daemon, page } = await served(test);
    const kept = async () => {
      const { repositories, stretches } = (await asks(daemon, 'statistics')).json as Kept;
      return { repositories, last: stretches.at(-1)?.kept };
    };
    const before = await kept();
    assert.ok((before.repositories[0]?.bytes ?? 0) > 0);
    assert.equal((await asks(daemon, 'removerepository', { repository: acme, force: 'true' })).refused, undefined);
    const after = await kept();
    assert.deepEqual(after, {
      repositories: before.repositories.map((each) => ({ ...each, isConfigured: false })),
      last: before.last,
    });
    assert.match((await page('/mini_buildd/statistics')).text, /acme \(not configured\)/);
  });

  it('tell of builds that cannot begin, with the way to them, until they are cancelled', async (test) => {
    const { daemon, pages } = await served(test);
    await daemon.configure({ type: 'EngineStopped', reason: 'a change of plans' });
    await daemon.uploads(sourceUpload({ source: 'bye' }));
    assert.ok(await daemon.until(({ builds }) => builds.open.size === 2));
    const told = () => pages.home().attention.filter(({ fact }) => /cannot begin to build/.test(fact));
    assert.deepEqual(told(), []);
    const withoutUnstable = layoutWithout('unstable', daemon);
    await daemon.configure(withoutUnstable.without);
    assert.match(told()[0]?.fact ?? '', /repository acme has no suite unstable any more/);
    await daemon.configure(withoutUnstable.before);
    await daemon.configure(withoutTrixie);
    const [build] = daemon.world.builds.open.values();
    assert.ok(build !== undefined);
    assert.deepEqual(
      told().find(({ fact }) => fact.includes(build.requested.architecture)),
      {
        fact: `bye ${build.requested.version} for ${unstable} on ${build.requested.architecture} cannot begin to build: repository acme has no distribution trixie any more`,
        remedy: 'cancel it, or configure that again',
        doneAt: `/mini_buildd/builds/${build.id}`,
        at: undefined,
      },
    );
    assert.match((await asks(daemon, 'status')).plain ?? '', /cannot begin to build: repository acme has no/);
    assert.equal((await asks(daemon, 'cancel', { builds: 'bye' })).refused, undefined);
    await daemon.rests();
    assert.deepEqual(told(), []);
  });
});

const layoutWithout = (suite: string, { world }: Daemon) => {
  const before = world.configuration.layouts.get('Default');
  assert.ok(before !== undefined);
  const suites = before.suites.filter((each) => each.suite !== suite);
  return { before, without: { ...before, suites } };
};

type Kept = {
  readonly repositories: readonly { readonly bytes: number }[];
  readonly stretches: readonly { readonly kept: readonly number[] }[];
};
