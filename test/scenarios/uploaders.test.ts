import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { teller } from '../../src/app/tell.ts';
import { type Instant, instant } from '../../src/domain/codec.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { sentence } from '../../src/domain/refusal.ts';
import { oscarsKey, otherKey } from '../support/account-examples.ts';
import { atWork, basic, because } from '../support/accounts-at-work.ts';
import { publicKey } from '../support/fake-keyring.ts';
import {
  acmeConfigured,
  archiveFingerprint,
  configured,
  maintainer,
  now,
  unstable,
  version,
} from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf } from '../support/in-memory-daemon.ts';
import { type SourceUploadTraits, sourceUpload } from '../support/source-upload.ts';

const beta = { ...acmeConfigured, repository: 'beta' as RepositoryId };
const sandbox = { ...acmeConfigured, repository: 'sandbox' as RepositoryId, allowUnauthenticated: true };

/** Debian's own name for the suite; a name that several repositories claim would mean nothing. */
const unstableMeansAcme: readonly DaemonEvent[] = defaultLayouts
  .filter(({ layout }) => layout === acmeConfigured.layout)
  .flatMap((layout) => [
    { ...layout, layout: 'Own', metaDistributions: { unstable: 'trixie-unstable' } },
    { ...acmeConfigured, layout: 'Own' },
  ]);

/** Oscar has handed in his key; whom else it concerns has an account as well. */
const withKey = async (test: TestContext, key = publicKey(oscarsKey)) => {
  const at = await atWork(test, [...configured, ...unstableMeansAcme, beta, sandbox, { type: 'EngineStarted' }]);
  const asked = await at.run('setuserkey', { key, confirm: 'setuserkey' }, basic('oscar'));
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  const approve = (given: object, who = 'stan') =>
    at.run('uploader', { action: 'approve', login: 'oscar', fingerprint: oscarsKey, ...given }, basic(who));
  const verdict = (traits: SourceUploadTraits = {}) =>
    verdictOn(at.daemon, { version: version('2.10-3~acme13+1'), signedBy: oscarsKey, ...traits });
  return { ...at, approve, verdict };
};

const toBeta = { distribution: 'trixie-beta-unstable', version: version('2.10-3~beta13+1') };

/** Uploads, waits until all that comes of it is done, and gives `accepted` or why it was not. */
const verdictOn = async (daemon: Daemon, traits: SourceUploadTraits): Promise<string> => {
  const { uploads } = daemon.world;
  const stories = () => [...uploads.ended, ...uploads.open.values()];
  const before = new Set(stories().map(({ id }) => id));
  await daemon.uploads(sourceUpload(traits));
  const fresh = () => stories().find(({ id }) => !before.has(id));
  assert.ok(await daemon.until(() => fresh() !== undefined && uploads.open.size === 0));
  const last = fresh();
  return last?.refusal === undefined ? 'accepted' : sentence(last.refusal);
};

describe('The key of an uploader', () => {
  it('is refused until staff approves it, and everywhere else after that', async (test) => {
    const { approve, verdict } = await withKey(test);
    assert.match(
      await verdict(),
      /^not-authorised: the key 0123.* is not approved for any repository; this is hello for/,
    );
    assert.equal((await approve({ repository: 'acme' })).status, 200);
    assert.equal(await verdict({ flavour: 'again' }), 'accepted');
    assert.match(
      await verdict(toBeta),
      /^not-authorised: the key 0123.* may upload to acme; this is hello for trixie-beta/,
    );
  });

  it('is shown to its owner with where it may upload, or that it waits', async (test) => {
    const { approve, run, url, logIn } = await withKey(test);
    const { cookie } = await logIn('oscar');
    const read = async (path: string, accept: string) =>
      (await fetch(`${url}/mini_buildd/${path}`, { headers: { cookie, accept } })).text();
    const page = () => read('account', 'text/html');
    assert.match(await page(), /waits for approval<\/span> Staff compares it with you/);
    await approve({ repository: 'beta', suites: 'experimental,unstable', sources: 'bye' });
    const approved = await page();
    assert.doesNotMatch(approved, /waits for approval/);
    assert.match(
      approved,
      /may upload<\/span> to <a href="\/mini_buildd\/repositories\/beta">beta<\/a>, suites experimental, unstable, packages bye</,
    );
    const { key } = (await run('whoami', {}, basic('oscar'))).body;
    assert.deepEqual(key.uploadsTo, [
      { repository: 'beta', suites: ['experimental', 'unstable'], sources: ['bye'], configured: true },
    ]);
    assert.match(
      await read('api/whoami?output=plain', 'text/plain'),
      /^your key [0-9A-F]{40}: may upload to beta \(suites experimental unstable; source packages bye\)$/m,
    );
  });

  it('is kept for a repository that is configured no more, and does not count', async (test) => {
    const { approve, run, url, logIn, daemon } = await withKey(test);
    assert.equal((await approve({ repository: 'beta', suites: 'experimental' })).status, 200);
    const read = async (path: string, who: string) =>
      (
        await fetch(`${url}/mini_buildd/${path}`, {
          headers: { cookie: (await logIn(who)).cookie, accept: 'text/html' },
        })
      ).text();
    const pages = async () => [await read('account', 'oscar'), await read('administration/uploaders', 'adam')];
    for (const page of await pages()) assert.match(page, /may upload<\/span> to/);
    await daemon.configure({ type: 'RepositoryRemoved', repository: 'beta' as RepositoryId });
    for (const page of await pages()) {
      assert.doesNotMatch(page, /may upload<\/span> to/);
      assert.match(page, /kept<\/span> for .*beta.*, which is not configured, suites experimental/);
    }
    const listed = await run('uploader', { action: 'list', login: 'oscar' }, basic('stan'));
    assert.equal(listed.body[0].uploadsTo[0].configured, false);
    await daemon.configure(beta);
    for (const page of await pages()) assert.match(page, /may upload<\/span> to/);
  });

  it('that is approved once more, and no otherwise, is not said again', async (test) => {
    const { approve } = await withKey(test);
    const limited = { repository: 'acme', suites: 'unstable', sources: 'hello,bye' };
    assert.equal((await approve(limited)).body.changed, true);
    assert.equal((await approve({ ...limited, 'dry-run': 'true' })).body.changed, false);
    assert.equal((await approve(limited)).body.changed, false);
    assert.equal((await approve({ ...limited, sources: 'hello' })).body.changed, true);
  });

  it('may be approved for some suites and source packages only', async (test) => {
    const { approve, verdict } = await withKey(test);
    await approve({ repository: 'beta', suites: 'experimental,unstable', sources: 'bye' });
    assert.match(await verdict(toBeta), /may upload to beta \(suites experimental unstable; source packages bye\)/);
    assert.equal(await verdict({ ...toBeta, source: 'bye' }), 'accepted');
    await approve({ repository: 'beta', suites: 'experimental' });
    assert.match(await verdict({ ...toBeta, source: 'bye2' }), /may upload to beta \(suites experimental\)/);
  });

  it('that is another one than before needs approval anew, and the same one in a newer copy does not', async (test) => {
    const { approve, run, verdict } = await withKey(test);
    await approve({ repository: 'acme' });
    const newer = publicKey(oscarsKey, '2030-01-01T00:00:00.000Z' as Instant);
    const renewed = await run('setuserkey', { key: newer, confirm: 'setuserkey' }, basic('oscar'));
    assert.deepEqual(renewed.body.uploadsTo, ['acme']);
    assert.equal(await verdict(), 'accepted');
    const other = await run('setuserkey', { key: publicKey(otherKey), confirm: 'setuserkey' }, basic('oscar'));
    assert.deepEqual(other.body.uploadsTo, []);
    assert.match(await verdict({ source: 'bye' }), /^unknown-key/);
    assert.match(await verdict({ source: 'bye', signedBy: otherKey }), /^not-authorised.* is not approved/);
  });

  it('loses its rights at once when they are revoked or its account is disabled', async (test) => {
    const { approve, run, verdict } = await withKey(test);
    await approve({ repository: 'acme' });
    await run('uploader', { action: 'revoke', login: 'oscar', repository: 'acme' }, basic('stan'));
    assert.match(await verdict(), /^not-authorised/);
    await approve({ repository: 'acme' });
    await run('user', { action: 'disable', login: 'oscar' }, basic('adam'));
    assert.match(
      await verdict({ source: 'bye' }),
      /^not-authorised: the key .* belongs to an account that is disabled/,
    );
    await run('user', { action: 'enable', login: 'oscar' }, basic('adam'));
    assert.equal(await verdict({ source: 'bye', flavour: 'again' }), 'accepted');
    await run('user', { action: 'disable', login: 'oscar' }, basic('adam'));
    await run('user', { action: 'erase', login: 'oscar' }, basic('adam'));
    assert.match(await verdict({ source: 'bye', version: version('2.10-4~acme13+1') }), /^unknown-key/);
  });

  it('is of no use for an upload that was received before its account was disabled', async (test) => {
    const receipt = await stepOfReceipt(test);
    const { approve, kill, on } = await withKey(test);
    await approve({ repository: 'acme' });
    await kill();
    const cut = await boot(on, { n: receipt, when: 'after' });
    await cut.uploads(sourceUpload({ signedBy: oscarsKey }));
    assert.ok(cut.isDead());
    assert.deepEqual([eventsOf(on, 'UploadReceived').length, eventsOf(on, 'UploadRejected').length], [1, 0]);
    const account = eventsOf(on, 'UploaderApproved')[0]?.account;
    assert.ok(account);
    const tell = teller(openMemoryLog(on.store, on.clock.now), async () => undefined);
    await tell({ command: 'DisableAccount', account }, because);
    const next = await boot(on);
    await next.until(({ uploads }) => uploads.ended.length === 1);
    assert.equal(next.world.uploads.ended[0]?.refusal?.rule, 'not-authorised');
    await next.kill();
  });

  it('leaves no claim of its version behind when it loses its rights while the upload is judged', async (test) => {
    const receipt = await stepOfReceipt(test);
    const { approve, kill, on } = await withKey(test);
    await approve({ repository: 'acme' });
    await kill();
    const cut = await boot(on, { n: receipt, when: 'after' });
    await cut.uploads(sourceUpload({ signedBy: oscarsKey, distribution: 'unstable' }));
    const [received] = eventsOf(on, 'UploadReceived');
    const account = eventsOf(on, 'UploaderApproved')[0]?.account;
    assert.ok(cut.isDead() && received?.facts && account);
    const { upload, facts } = received;
    const tell = teller(openMemoryLog(on.store, on.clock.now), async () => undefined);
    const claim = { repository: acmeConfigured.repository, source: facts.source, version: facts.version, upload };
    await tell({ command: 'ReserveVersion', ...claim, distribution: unstable, sources: [] }, because);
    await tell({ command: 'DisableAccount', account }, because);
    const next = await boot(on);
    await next.until(({ uploads }) => uploads.ended.length === 1);
    assert.deepEqual(
      eventsOf(on, 'VersionReleased').map((event) => event.upload),
      [upload],
    );
    await next.kill();
  });

  it('that a keyring file holds may upload where that file counts', async (test) => {
    const { verdict } = await withKey(test);
    assert.equal(await verdict({ signedBy: maintainer }), 'accepted');
  });

  it('that is the instance’s own may upload everywhere', async (test) => {
    const { verdict } = await withKey(test);
    assert.equal(await verdict({ signedBy: archiveFingerprint }), 'accepted');
    assert.equal(await verdict({ ...toBeta, signedBy: archiveFingerprint }), 'accepted');
  });

  it('that is strange, and no key at all, get where nothing is asked, and nowhere else', async (test) => {
    const { verdict } = await withKey(test);
    const anywhere = { distribution: 'trixie-sandbox-unstable', version: version('2.10-3~sandbox13+1') };
    assert.equal(await verdict({ ...anywhere, signedBy: null }), 'accepted');
    assert.match(await verdict({ signedBy: null }), /^unsigned/);
    assert.match(await verdict({ signedBy: otherKey }), /^unknown-key/);
  });

  it('is approved by its fingerprint, for what there is, and for one account', async (test) => {
    const { approve, run } = await withKey(test);
    for (const [given, rule] of [
      [{ repository: 'acme', fingerprint: otherKey }, 'other-key'],
      [{ repository: 'acme', fingerprint: '' }, 'bad-argument'],
      [{ repository: '' }, 'bad-argument'],
      [{ repository: 'acme', login: '' }, 'bad-argument'],
      [{ repository: 'acme', suites: 'unstable,nowhere' }, 'no-suite'],
      [{ repository: 'acme', suites: 'UNSTABLE' }, 'bad-argument'],
      [{ repository: 'nowhere' }, 'no-repository'],
      [{ repository: 'acme', login: 'nobody' }, 'no-user'],
    ] as const) {
      assert.equal((await approve(given)).body.rule, rule, JSON.stringify(given));
    }
    assert.equal((await approve({ repository: 'acme' }, 'oscar')).status, 403);
    assert.equal((await approve({ repository: 'acme' })).status, 200);
    await run('setuserkey', { key: publicKey(oscarsKey), confirm: 'setuserkey' }, basic('stan'));
    assert.equal((await approve({ repository: 'beta', login: 'stan' }, 'adam')).body.rule, 'key-of-another');
  });

  it('is set by who is logged in, confirms it, and hands in a key', async (test) => {
    const { run } = await withKey(test);
    const key = publicKey(otherKey);
    assert.equal((await run('setuserkey', { key, confirm: 'setuserkey' })).status, 401);
    assert.equal((await run('setuserkey', { key }, basic('oscar'))).status, 428);
    const nonsense = { key: 'ABCD0123', confirm: 'setuserkey' };
    assert.equal((await run('setuserkey', nonsense, basic('oscar'))).body.rule, 'not-one-key');
    assert.equal((await run('setuserkey', { ...nonsense, key: 'x'.repeat(70_000) }, basic('oscar'))).status, 413);
  });

  it('is listed with its end, and with a warning a month before', async (test) => {
    const soon = instant(now + 29 * 24 * 3600 * 1000);
    const { approve, run } = await withKey(test, publicKey(oscarsKey, soon));
    await approve({ repository: 'acme', sources: 'hello' });
    const [row] = (await run('uploader', { action: 'list' }, basic('stan'))).body;
    assert.deepEqual([row.login, row.fingerprint, row.concern], ['oscar', oscarsKey, `expires at ${soon}`]);
    const attention = async (who: string) => (await run('status', {}, basic(who))).body.attention;
    assert.deepEqual(await attention('stan'), [`the key ${oscarsKey} of oscar: expires at ${soon}`]);
    assert.equal(await attention('oscar'), undefined);
    const { body } = await run('printuploaders', { repository: 'acme', output: 'json' }, basic('adam'));
    assert.deepEqual(
      body.map(({ repository, keys }: { repository: string; keys: readonly Record<string, unknown>[] }) => [
        repository,
        keys.map(({ fingerprint, from, expiresAt, sources, concern }) => [
          fingerprint,
          from,
          expiresAt,
          sources,
          concern,
        ]),
      ]),
      [
        [
          'acme',
          [
            [archiveFingerprint, 'this instance', null, null, null],
            ['A'.repeat(40), 'keyring /etc/mini-buildd/uploaders.asc', null, null, null],
            [oscarsKey, 'oscar', soon, ['hello'], `expires at ${soon}`],
          ],
        ],
      ],
    );
  });

  it('is listed for people with a warning where anybody may upload', async (test) => {
    const { url } = await withKey(test);
    const answer = await fetch(`${url}/mini_buildd/api/printuploaders?output=plain`, { headers: basic('adam') });
    assert.equal(
      await answer.text(),
      ['acme', 'beta', 'sandbox']
        .map(
          (repository) => `Uploaders of repository ${repository}:
${repository === 'sandbox' ? '  WARNING: unauthenticated uploads are allowed: anybody may upload\n' : ''}  ${archiveFingerprint} this instance, does not expire
  ${'A'.repeat(40)} keyring /etc/mini-buildd/uploaders.asc, <aaaa@example.org>, does not expire
`,
        )
        .join('\n'),
    );
  });

  it('brings nobody’s name into the log', async (test) => {
    const { approve, on } = await withKey(test);
    await approve({ repository: 'acme' });
    assert.doesNotMatch(JSON.stringify(on.store.events), /0123@example|oscar/);
  });
});

/** Which step of a life it is that records the receipt of an upload. */
const stepOfReceipt = async (test: TestContext): Promise<number> => {
  const { approve, kill, on } = await withKey(test);
  await approve({ repository: 'acme' });
  await kill();
  const life = await boot(on);
  const before = life.steps.length;
  await life.uploads(sourceUpload({ signedBy: oscarsKey }));
  const receipt = life.steps.indexOf('log.append', before);
  await life.kill();
  return receipt + 1;
};
