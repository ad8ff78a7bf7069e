import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { signingKeys } from '../../src/domain/archive-key/archive-keys.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { heldKeyrings } from '../../src/projections/keyrings.ts';
import { owedKeyrings } from '../../src/projections/keyrings-owed.ts';
import type { World } from '../../src/projections/world.ts';
import { acme, archiveFingerprint } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from '../support/in-memory-daemon.ts';

const admin: Caller = { actor: { kind: 'account', name: 'admin' }, privilege: 'admin', shown: 'token' };
const old = archiveFingerprint;
const young = '1'.repeat(40) as Fingerprint;
const hour = 3_600_000;

const run = (daemon: Daemon, command: string, given: Readonly<Record<string, string>> = {}) =>
  daemon.engine.api.run(command, given, admin);
const done = async (daemon: Daemon, given: Readonly<Record<string, string>>) => {
  const answer = await run(daemon, 'archivekey', given);
  assert.ok(!isLeft(answer), JSON.stringify(answer));
  return answer.right;
};
const refused = async (daemon: Daemon, given: Readonly<Record<string, string>>) => {
  const answer = await run(daemon, 'archivekey', given);
  return isLeft(answer) ? answer.left[0]?.rule : 'done';
};

/** Which keys sign, and which the keyring package of each suite carries. */
const standing = (world: World) => ({
  signing: signingKeys(world.configuration.archiveKeys).map(({ fingerprint }) => fingerprint),
  keyrings: Object.fromEntries(
    heldKeyrings(world).map(({ distribution, keys }) => [distribution.split('-')[2] ?? '', keys]),
  ),
});
const everywhere = (...keys: readonly Fingerprint[]) => ({
  signing: keys,
  keyrings: { unstable: keys, testing: keys, stable: keys },
});

const isQuiet = (world: World): boolean =>
  world.uploads.open.size === 0 &&
  world.ports.open.size === 0 &&
  world.changes.open.size === 0 &&
  owedKeyrings(world, world.clock.until ?? 0).length === 0;

/** A machine whose keyring package is in every suite of the chain. */
const withKeyrings = async (test: TestContext): Promise<Machine> => {
  const on = await machine(test);
  const daemon = await boot(on);
  await run(daemon, 'keyringpackages');
  await daemon.until((world) => eventsOf(on, 'PortMigrated').length === 1 && isQuiet(world));
  await daemon.kill();
  // The version of a generated package is the second in which it was wanted.
  on.clock.advance(hour);
  return on;
};

const signers = (on: Machine) => on.archive.seen(acme)?.signers;
const publishedBy = (on: Machine, keys: readonly Fingerprint[]): boolean => signers(on)?.join() === keys.join();

/** Making the key, saying so, and some of what follows; each of these costs a second. */
const fates = (first: number, last: number): readonly Fate[] => [
  ...[first, first + 1].flatMap((n): readonly Fate[] => [
    { n, when: 'before' },
    { n, when: 'after' },
  ]),
  ...Array.from({ length: 6 }, (_, at): Fate => {
    const n = first + 2 + Math.floor((at * (last - first - 2)) / 5);
    return { n, when: at % 2 === 0 ? 'before' : 'after' };
  }),
];

describe('A rollover of the archive key', () => {
  it('signs by both, brings both to machines, and on its date retires the old one', async (test) => {
    const on = await withKeyrings(test);
    const daemon = await boot(on);
    assert.deepEqual(standing(daemon.world), everywhere(old));
    const planned = await done(daemon, { action: 'new', 'dry-run': 'true' });
    assert.match(planned.plain, /would be signed by C{40} and a new key\n.*would be built again in \S+-unstable\n/);
    assert.deepEqual(on.archiveKeys, [old]);

    await done(daemon, { action: 'new' });
    assert.equal(await refused(daemon, { action: 'new' }), 'rollover-under-way');
    await daemon.until((world) => isQuiet(world) && publishedBy(on, [old, young]));
    assert.deepEqual(standing(daemon.world), everywhere(old, young));

    assert.equal(await refused(daemon, { action: 'retire', fingerprint: young }), 'newest-key');
    const retiresAt = instant(on.clock.now() + hour);
    assert.match((await done(daemon, { action: 'retire', at: retiresAt })).plain, /C{40} .*signs, retires on 2026/);
    await done(daemon, { action: 'keep' });
    on.clock.advance(2 * hour);
    await daemon.rests();
    assert.equal(eventsOf(on, 'ArchiveKeyRetired').length, 0);
    await done(daemon, { action: 'retire', at: instant(on.clock.now() + hour) });
    on.clock.advance(2 * hour);
    await daemon.until((world) => isQuiet(world) && publishedBy(on, [young]));
    assert.deepEqual(standing(daemon.world), everywhere(young));
    assert.match(
      (await done(daemon, { action: 'list' })).plain,
      /^C{40} .*retired on 2026.*\n1{40} .*signs\n +51{39} .*subkey.*\n +in trixie/,
    );
    assert.equal(await refused(daemon, { action: 'retire' }), 'last-key');
    assert.deepEqual(daemon.faults, []);
  });

  it('goes no further than the keyring package went before', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await run(daemon, 'keyringpackages', { 'no-migration': 'true' });
    await daemon.until((world) => eventsOf(on, 'PortUploaded').length === 1 && isQuiet(world));
    await done(daemon, { action: 'new' });
    await daemon.until((world) => isQuiet(world) && publishedBy(on, [old, young]));
    assert.deepEqual(standing(daemon.world).keyrings, { unstable: [old, young] });
  });

  it('does not retire the old key while a keyring package lacks the new one, unless told to', async (test) => {
    const on = await withKeyrings(test);
    on.builder.behave(() => 'fails');
    const daemon = await boot(on);
    await done(daemon, { action: 'new' });
    await daemon.until(() => eventsOf(on, 'VersionReleased').length === 1);
    const due = instant(on.clock.now() - hour);
    const { plain } = await done(daemon, { action: 'retire', at: due });
    assert.match(plain, /not before the keyring package of trixie-acme-\S+, .* carries the newest key/);
    on.clock.advance(hour);
    await daemon.rests();
    assert.equal(eventsOf(on, 'ArchiveKeyRetired').length, 0);
    assert.equal(eventsOf(on, 'VersionReleased').length, 1, 'a build that failed rests for a day');
    await done(daemon, { action: 'retire', at: due, regardless: 'true' });
    await daemon.until(() => publishedBy(on, [young]));
    assert.equal(eventsOf(on, 'ArchiveKeyRetired').length, 1);
  });

  it('makes one key and one package of it, though the power fails in the middle', async (test) => {
    const whole = await withKeyrings(test);
    const untouched = await boot(whole);
    const first = untouched.steps.length + 1;
    await done(untouched, { action: 'new' });
    await untouched.until((world) => isQuiet(world) && publishedBy(whole, [old, young]));
    const last = untouched.steps.length;
    await untouched.kill();
    const built = eventsOf(whole, 'PackageInstalled').length;
    for (const { n, when } of fates(first, last)) {
      const on = await withKeyrings(test);
      const dying = await boot(on, { n, when });
      void run(dying, 'archivekey', { action: 'new' });
      await dying.until((world) => isQuiet(world) && publishedBy(on, [old, young]));
      await dying.kill();
      const next = await boot(on);
      if (eventsOf(on, 'ArchiveKeyGenerated').length === 1) await done(next, { action: 'new' });
      await next.until((world) => isQuiet(world) && publishedBy(on, [old, young]));
      await next.kill();
      assert.deepEqual(standing(next.world), everywhere(old, young), `killed ${when} step ${n}`);
      assert.deepEqual(on.archiveKeys, [old, young], `killed ${when} step ${n}`);
      assert.equal(eventsOf(on, 'PackageInstalled').length, built, `killed ${when} step ${n}`);
    }
  });
});
