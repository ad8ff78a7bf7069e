import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { anonymous, type Caller } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { viewerOf } from '../../src/projections/accounts.ts';
import { serve } from '../adapters/http/served.ts';
import { maintainer } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin: Caller = { actor: { kind: 'administrator', name: 'host' }, privilege: 'admin', shown: 'nothing' };

type Row = { readonly type: string; readonly actor: { readonly name: string }; readonly at: string };
type Page = { readonly events: readonly Row[]; readonly next: string | null };

/** A daemon that has published hello, and what its `history` says. */
const afterHello = async (test: TestContext) => {
  const on = await machine(test);
  const daemon = await boot(on);
  await daemon.uploads(sourceUpload());
  await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  test.after(daemon.kill);
  const ask = (given: Readonly<Record<string, string>>, caller: Caller) =>
    daemon.engine.api.run('history', given, caller);
  const history = async (given: Readonly<Record<string, string>>, caller: Caller = admin): Promise<Page> => {
    const answer = await ask(given, caller);
    assert.ok(isRight(answer), JSON.stringify(answer));
    return answer.right.json as Page;
  };
  return { on, daemon, ask, history };
};

const typesOf = ({ events }: Page): readonly string[] => events.map(({ type }) => type);

describe('The history of a package', () => {
  it('is its story backwards, from the upload to what apt sees of it', async (test) => {
    const { history } = await afterHello(test);
    const types = typesOf(await history({ package: 'hello' }));
    assert.equal(types[0], 'PackageInstalled');
    assert.equal(types.at(-1), 'UploadReceived');
    assert.ok(types.includes('BuildSucceeded'));
    assert.deepEqual(typesOf(await history({ package: 'gcc' })), []);
  });

  it('comes in pages that leave nothing out', async (test) => {
    const { history } = await afterHello(test);
    const whole = typesOf(await history({ limit: '500' }));
    const inPages: string[] = [];
    for (let before = ''; ; ) {
      const page = await history({ limit: '7', before });
      inPages.push(...typesOf(page));
      if (page.next === null) break;
      before = page.next;
    }
    assert.deepEqual(inPages, whole);
  });

  it('is asked for by kind, distribution, actor and time', async (test) => {
    const { on, history } = await afterHello(test);
    const now = compactMoment(instant(on.clock.now() + 1000));
    assert.deepEqual(typesOf(await history({ type: 'PackageInstalled' })), ['PackageInstalled']);
    assert.ok(typesOf(await history({ distribution: 'trixie-acme-unstable' })).includes('UploadAccepted'));
    assert.deepEqual(typesOf(await history({ distribution: 'trixie-acme-stable' })), []);
    assert.deepEqual(typesOf(await history({ actor: maintainer })), ['UploadReceived']);
    assert.deepEqual(typesOf(await history({ from: now })), []);
    assert.ok(typesOf(await history({ until: now, package: 'hello' })).length > 5);
  });

  for (const given of [
    { limit: '501' },
    { limit: '-1' },
    { from: 'yesterday' },
    { before: "' OR 1=1" },
    { package: '../etc' },
    { type: 'x y' },
    { stream: 'of nothing' },
  ]) {
    it(`is not asked for by ${JSON.stringify(given)}`, async (test) => {
      const { ask } = await afterHello(test);
      const answer = await ask(given as never, admin);
      assert.ok(isLeft(answer));
      assert.equal(answer.left[0]?.rule, 'bad-argument');
    });
  }

  it('names nobody to strangers, by command and by the event feed, and is not searched by person', async (test) => {
    const { daemon, on, ask, history } = await afterHello(test);
    const said = JSON.stringify(await history({ limit: '500' }, anonymous));
    assert.equal(said.includes(maintainer), false);
    assert.ok(JSON.stringify(await history({ limit: '500' })).includes(maintainer));
    const refused = await ask({ actor: maintainer }, anonymous);
    assert.ok(isLeft(refused) && refused.left[0]?.rule === 'needs-privilege');
    const { log, url } = await serve(test, { viewer: (caller) => viewerOf(daemon.world.accounts, caller) });
    for (const { stream, revision, ...event } of on.store.events)
      await log.append(stream, revision === 0 ? 'none' : revision - 1, [event]);
    const feed = await (await fetch(`${url}/mini_buildd/events?after=&limit=1000`)).text();
    assert.ok(feed.includes('UploadReceived'));
    assert.equal(feed.includes(maintainer), false);
    assert.equal((await fetch(`${url}/mini_buildd/events?actor=${maintainer}`)).status, 403);
  });
});
