import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { heldKeyrings } from '../../src/projections/keyrings.ts';
import { because, personOf } from '../support/accounts-at-work.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { acme, archiveFingerprint } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';

const day = 86_400_000;
const admin: Caller = { actor: { kind: 'account', name: 'admin' }, privilege: 'admin', shown: 'token' };

const add = async (on: Machine, daemon: Daemon, login: string, role: 'admin' | 'user') => {
  const none = async () => ({ status: 'absent' }) as never;
  const added = await addAccount(personOf(login, role), on.people, none, daemon.engine.tell, because);
  assert.ok(!isLeft(added));
  const [account] = eventsOf(on, 'AccountRegistered').slice(-1);
  assert.ok(account !== undefined);
  return account.account;
};

/** Whose archive key ends in so many days, with an administrator. */
const endingIn = async (test: TestContext, days: number) => {
  const on = await machine(test);
  on.keyEnds.set(archiveFingerprint, on.clock.now() + days * day);
  const daemon = await boot(on);
  await add(on, daemon, 'adam', 'admin');
  await passes(on, daemon, 0.1);
  return { on, daemon };
};

const passes = async (on: Machine, daemon: Daemon, days: number): Promise<void> => {
  on.clock.leap(days * day);
  await daemon.rests();
  on.clock.leap(20_000);
  await daemon.rests();
};

const subjects = (on: Machine): readonly string[] =>
  on.mailer.taken.map(({ subject, to }) => `${to.address}: ${subject.replace(archiveFingerprint, 'KEY')}`);
const facts = ({ engine }: Daemon): readonly string[] =>
  engine.concerns().map(({ severity, fact }) => `${severity}: ${fact.replace(archiveFingerprint, 'KEY')}`);
const days = (on: Machine): readonly number[] => eventsOf(on, 'ExpiryAnnounced').map((each) => each.days);

describe('What ends unless it is renewed', () => {
  it('is said to administrators long before, once for each number of days', async (test) => {
    const { on, daemon } = await endingIn(test, 100);
    assert.deepEqual([days(on), facts(daemon)], [[], []]);
    await passes(on, daemon, 11);
    await passes(on, daemon, 1);
    assert.deepEqual(days(on), [90]);
    const end = instant(on.keyEnds.get(archiveFingerprint) ?? 0).slice(0, 10);
    assert.deepEqual(subjects(on), [
      `adam@example.org: [mini-buildd-acme] EXPIRES: the archive key KEY ends on ${end}`,
    ]);
    assert.match(on.mailer.taken[0]?.text ?? '', /What to do: prolong it: archivekey prolong/);
    assert.match(facts(daemon).join(), /^warning: the archive key KEY ends on .* apt believes nothing/);
    await passes(on, daemon, 60);
    await passes(on, daemon, 22);
    await passes(on, daemon, 8);
    await passes(on, daemon, 100);
    assert.deepEqual(days(on), [90, 30, 7, 0]);
    assert.match(facts(daemon).join(), /^critical: the archive key KEY ended on /);
    await daemon.kill();
    const again = await boot(on);
    await passes(on, again, 1);
    assert.deepEqual(days(on), [90, 30, 7, 0]);
    await again.kill();
  });

  it('is said at the next start where nobody was there to say it, and what passed is not made up for', async (test) => {
    const { on, daemon } = await endingIn(test, 100);
    await daemon.kill();
    on.clock.leap(96 * day);
    const again = await boot(on);
    await passes(on, again, 0);
    assert.deepEqual(days(on), [7]);
    await again.kill();
  });

  it('is, of an uploader, said to who owns the key', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await add(on, daemon, 'adam', 'admin');
    const account = await add(on, daemon, 'oscar', 'user');
    const oscar: Caller = { actor: { kind: 'account', name: account }, privilege: 'login', shown: 'password' };
    const key = 'D'.repeat(40) as Fingerprint;
    const run = async (command: string, given: Readonly<Record<string, string>>, who: Caller) => {
      const answer = await daemon.engine.api.run(command, given, who);
      assert.ok(!isLeft(answer), JSON.stringify(answer));
    };
    await run('setuserkey', { key: publicKey(key, instant(on.clock.now() + 20 * day)) }, oscar);
    await passes(on, daemon, 0.1);
    assert.deepEqual(days(on), [], 'it counts nowhere');
    await run('uploader', { action: 'approve', login: 'oscar', repository: acme, fingerprint: key }, admin);
    await passes(on, daemon, 0.1);
    assert.deepEqual(days(on), [30]);
    assert.match(subjects(on).join(), /^oscar@example.org: .*EXPIRES: the uploader key D{40} ends on/);
    assert.match(on.mailer.taken[0]?.text ?? '', /Reason for this mail: It is your key/);
    assert.deepEqual(facts(daemon), [], 'it is for its owner to do');
    await passes(on, daemon, 14);
    assert.match(facts(daemon).join(), /^warning: the uploader key D{40} ends on /);
    await passes(on, daemon, 30);
    assert.deepEqual([days(on), facts(daemon)], [[30, 7, 0], []]);
    assert.match(subjects(on).at(-1) ?? '', /^oscar@example.org: .*EXPIRED: the uploader key D{40} ended on/);
    await run('setuserkey', { key: publicKey(key, instant(on.clock.now() + 400 * day)) }, oscar);
    await passes(on, daemon, 0.1);
    assert.deepEqual([days(on), facts(daemon)], [[30, 7, 0], []]);
    await daemon.kill();
  });
});

describe('Prolonging the archive key', () => {
  it('shows what would be, does it, and brings it to machines with the keyring package', async (test) => {
    const { on, daemon } = await endingIn(test, 20);
    const run = (given: Readonly<Record<string, string>>) => daemon.engine.api.run('archivekey', given, admin);
    await daemon.engine.api.run('keyringpackages', {}, admin);
    await daemon.until(() => eventsOf(on, 'PortMigrated').length === 1);
    const before = heldKeyrings(daemon.world).map(({ version }) => version);
    await passes(on, daemon, 0.1);
    const shown = await run({ action: 'prolong', 'dry-run': 'true' });
    assert.match(isLeft(shown) ? '' : (shown.right.plain ?? ''), /would end on 2028-/);
    assert.equal(eventsOf(on, 'ArchiveKeyExpirySet').length, 1, 'what was found at first');
    const early = await run({ action: 'prolong', at: '2026-11-25' });
    assert.equal(isLeft(early) && early.left[0]?.rule, 'bad-argument');
    assert.ok(!isLeft(await run({ action: 'prolong', at: '2029-01-01' })));
    assert.equal(on.keyEnds.get(archiveFingerprint), Date.UTC(2029, 0, 1));
    assert.deepEqual(facts(daemon), []);
    const isRenewed = (): boolean =>
      heldKeyrings(daemon.world).every(
        ({ version, keys }) => !before.includes(version) && keys.includes(archiveFingerprint),
      );
    await daemon.until(() => heldKeyrings(daemon.world).length === before.length && isRenewed());
    const listed = await run({ action: 'list' });
    assert.match(isLeft(listed) ? '' : (listed.right.plain ?? ''), /ends on 2029-01-01/);
    await daemon.kill();
  });

  it('is finished by itself when the power fails after the file was written', async (test) => {
    const { on, daemon } = await endingIn(test, 20);
    await daemon.kill();
    const probe = await boot(on);
    const steps = probe.steps.length;
    await probe.kill();
    const fated = await boot(on, { n: steps + 1, when: 'after' });
    void fated.engine.api.run('archivekey', { action: 'prolong', at: '2029-01-01' }, admin);
    await fated.until(() => false).catch(() => undefined);
    assert.equal(on.keyEnds.get(archiveFingerprint), Date.UTC(2029, 0, 1));
    await fated.kill();
    const again = await boot(on);
    await passes(on, again, 0.1);
    assert.deepEqual(
      eventsOf(on, 'ArchiveKeyExpirySet').map(({ expiresAt }) => expiresAt?.slice(0, 10)),
      ['2026-12-12', '2029-01-01'],
    );
    assert.deepEqual(facts(again), []);
    await again.kill();
  });

  it('is refused where only subkeys are here, whose coming is noted and brought to machines', async (test) => {
    const { on, daemon } = await endingIn(test, 20);
    await daemon.engine.api.run('keyringpackages', {}, admin);
    await daemon.until(() => eventsOf(on, 'PortMigrated').length === 1);
    await daemon.until(({ publications }) => publications.get(acme)?.published !== undefined);
    const before = heldKeyrings(daemon.world);
    const described = daemon.world.publications.get(acme)?.configured;
    on.withoutPrimary.add(archiveFingerprint);
    await passes(on, daemon, 0.1);
    assert.equal(eventsOf(on, 'ArchiveKeyExpirySet').length, 2, 'the end at first, then the subkey');
    await daemon.until(
      () =>
        heldKeyrings(daemon.world).every(({ version }, n) => version !== before[n]?.version) &&
        heldKeyrings(daemon.world).length === before.length,
    );
    assert.notEqual(daemon.world.publications.get(acme)?.configured, described, 'what apt sees is signed anew');
    const refused = await daemon.engine.api.run('archivekey', { action: 'prolong' }, admin);
    assert.equal(isLeft(refused) && refused.left[0]?.rule, 'primary-key-elsewhere');
    assert.match(isLeft(refused) ? (refused.left[0]?.remedy ?? '') : '', /gpg --quick-set-expire .*keys\//);
    await daemon.kill();
  });

  it('is refused where nothing ends', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const refused = await daemon.engine.api.run('archivekey', { action: 'prolong' }, admin);
    assert.equal(isLeft(refused) && refused.left[0]?.rule, 'never-ends');
    await daemon.kill();
  });
});

describe('A clock that leaps a year', () => {
  it('renews each repository once, and dates it anew when it was set back, not before what was published first', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const dated = ({ world }: Daemon): string => world.publications.get(acme)?.published?.date ?? '';
    await daemon.until(() => dated(daemon) !== '');
    const [first, published] = [dated(daemon), on.archive.publications()];
    await passes(on, daemon, 365);
    assert.equal(on.archive.publications(), published + 1);
    await daemon.kill();
    on.clock.leap(-365 * day);
    const again = await boot(on);
    await passes(on, again, 1);
    await again.configure({ type: 'LayoutRemoved', layout: 'Debian Developer' });
    await passes(on, again, 1);
    assert.ok(dated(again) > first && dated(again) <= instant(on.clock.now()), dated(again));
    assert.doesNotMatch(facts(again).join(), /still to come/);
    await again.kill();
  });
});
