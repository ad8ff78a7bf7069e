import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import { checkpointText } from '../../src/domain/seal/checkpoint.ts';
import type { LogSealed } from '../../src/domain/seal/events.ts';
import type { RecordedEvent } from '../../src/ports/event-log.ts';
import { signed } from '../support/fake-keyring.ts';
import { archiveFingerprint, instanceConfigured, sha256 } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const hour = 3_600_000;

const seals = (on: Machine): readonly LogSealed[] => eventsOf(on, 'LogSealed');

/** Lets time pass as a clock does: a tick of the duties is never far. */
const pass = async (daemon: Daemon, on: Machine, hours: number): Promise<void> => {
  for (let minutes = 0; minutes < hours * 60 && !daemon.isDead(); minutes += 10) {
    on.clock.advance(hour / 6);
    await daemon.rests();
  }
};

/** The form that RFC 8785 gives a value, said once more. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([name, held]) => [name, sorted(held)]),
        )
      : value;
const line = ({ position: _, ...event }: RecordedEvent): string => `${JSON.stringify(sorted(event))}\n`;
const digest = (events: readonly RecordedEvent[]): string =>
  createHash('sha256').update(events.map(line).join('')).digest('hex');

/** Each seal stands for what its event says, without gap or overlap, and names the one before. */
const assertTrue = (on: Machine): void => {
  let before: LogSealed | undefined;
  let place = 0;
  for (const seal of seals(on)) {
    const { first, last, upTo } = seal;
    const events = on.store.events.slice(first - 1, last);
    assert.deepEqual([seal.seal, first], [(before?.seal ?? 0) + 1, (before?.last ?? 0) + 1]);
    assert.equal(events.at(-1)?.id, upTo);
    assert.equal(seal.sha256, digest(events));
    assert.equal(seal.previous, before === undefined ? null : sha256(before.checkpoint));
    assert.equal(
      seal.checkpoint,
      signed(checkpointText(instanceConfigured.instance, seal), seal.signedBy.at(-1) ?? archiveFingerprint),
    );
    const at = on.store.events.findIndex(
      ({ body }) => body.type === 'LogSealed' && (body as LogSealed).seal === seal.seal,
    );
    assert.ok(at >= last && at >= place);
    before = seal;
    place = at;
  }
};

const sealedMachine = async (test: TestContext): Promise<{ readonly on: Machine; readonly daemon: Daemon }> => {
  const on = await machine(test);
  const daemon = await boot(on);
  await pass(daemon, on, 1.5);
  return { on, daemon };
};

describe('The log', () => {
  it('is sealed when its first event is an hour old, and again hourly as long as it grows', async (test) => {
    const { on, daemon } = await sealedMachine(test);
    assert.equal(seals(on).length, 1);
    await pass(daemon, on, 5);
    assert.equal(seals(on).length, 1, 'a seal is no reason for another');
    await daemon.uploads(sourceUpload());
    await pass(daemon, on, 1);
    assert.equal(seals(on).length, 3, 'at once, since the last is old, and then what came of it');
    assertTrue(on);
    assert.deepEqual(daemon.faults, []);
    await daemon.kill();
  });

  it('is sealed at an orderly end, unless all of it is', async (test) => {
    const on = await machine(test);
    const first = await boot(on);
    await first.rests();
    await first.engine.seal();
    await first.engine.seal();
    assert.equal(seals(on).length, 1);
    assert.equal(seals(on)[0]?.last, on.store.events.length - 1);
    await first.kill();
    const second = await boot(on);
    await second.uploads(sourceUpload());
    await second.rests();
    await second.engine.seal();
    assert.equal(seals(on).length, 2);
    assertTrue(on);
    await second.kill();
  });

  it('is sealed once and rightly, wherever the power fails meanwhile', async (test) => {
    const on = await machine(test);
    const probe = await boot(on);
    const before = probe.steps.length;
    await pass(probe, on, 1.2);
    const after = probe.steps.length;
    await probe.kill();
    assert.equal(seals(on).length, 1);
    assert.ok(after > before);
    for (let n = before + 1; n <= after; n += 1) {
      for (const when of ['before', 'after'] as const) await dies(test, { n, when });
    }
  });

  const dies = async (test: TestContext, fate: Fate): Promise<void> => {
    const on = await machine(test);
    const dying = await boot(on, fate);
    await pass(dying, on, 1.2);
    assert.ok(dying.isDead());
    await dying.kill();
    const next = await boot(on);
    await pass(next, on, 1.2);
    const made = seals(on).length;
    assert.ok(made > 0);
    assertTrue(on);
    await next.uploads(sourceUpload());
    await pass(next, on, 1.2);
    assert.ok(seals(on).length > made);
    assertTrue(on);
    await next.kill();
  };

  it('is sealed on when the clock was a year ahead and is put right', async (test) => {
    const on = await machine(test, undefined, Date.UTC(2027, 10, 22));
    const ahead = await boot(on);
    await ahead.engine.seal();
    await ahead.kill();
    const right = { ...on, clock: (await machine(test)).clock };
    const daemon = await boot(right);
    await daemon.uploads(sourceUpload());
    await pass(daemon, right, 0.5);
    assert.equal(seals(on).length, 2, 'the time of the first says nothing');
    await daemon.uploads(sourceUpload({ source: 'bye' }));
    await pass(daemon, right, 1.5);
    assert.equal(seals(on).length, 3);
    assertTrue(on);
    assert.equal(daemon.engine.sealing().isOverdue, false);
    await daemon.kill();
  });

  it('is sealed once by two daemons that share it', async (test) => {
    const on = await machine(test);
    const [one, other] = [await boot(on), await boot(on)];
    await Promise.all([one.engine.seal(), other.engine.seal()]);
    assert.equal(seals(on).length, 1);
    assertTrue(on);
    await one.kill();
    await other.kill();
  });

  it('is signed by every key that signs then, and older seals hold with keys that sign no more', async (test) => {
    const { on, daemon } = await sealedMachine(test);
    const admin = { actor: { kind: 'account', name: 'admin' }, privilege: 'admin', shown: 'token' } as const;
    await daemon.engine.api.run('archivekey', { action: 'new' }, admin);
    await pass(daemon, on, 1);
    const [first, second] = seals(on);
    const keys = daemon.world.configuration.archiveKeys.map(({ fingerprint }) => fingerprint);
    assert.equal(keys.length, 2);
    assert.deepEqual([first?.signedBy, second?.signedBy], [keys.slice(0, 1), keys]);
    assertTrue(on);
    assert.deepEqual(daemon.engine.sealing().doubt, undefined);
    assert.ok(daemon.engine.sealing().isChecked);
    await daemon.kill();
  });

  it('is looked at after a start: somebody should look where an event is not the one that was sealed', async (test) => {
    const { on, daemon } = await sealedMachine(test);
    await daemon.kill();
    const [first] = on.store.events;
    assert.ok(first !== undefined);
    on.store.events[0] = { ...first, recordedAt: instant(0) };
    const next = await boot(on);
    await next.rests();
    const { doubt } = next.engine.sealing();
    assert.equal(doubt?.seal, 1);
    assert.match(doubt?.because ?? '', /the events 1 to \d+ are not those that were sealed/);
    assert.match(next.engine.administration.overview().attention[0]?.fact ?? '', /seal 1 of the log does not hold/);
    await next.kill();
  });

  it('says that nobody sealed it when no key is there to sign', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.archiveKeys.length = 0;
    await pass(daemon, on, 4);
    assert.equal(seals(on).length, 0);
    assert.ok(daemon.faults.some(({ duty }) => duty === 'seal-log'));
    assert.match(daemon.engine.administration.overview().attention[0]?.fact ?? '', /was not sealed for hours/);
    on.archiveKeys.push(archiveFingerprint);
    await pass(daemon, on, 1);
    assert.equal(seals(on).length, 1);
    assert.equal(daemon.engine.sealing().isOverdue, false);
    await daemon.kill();
  });
});
