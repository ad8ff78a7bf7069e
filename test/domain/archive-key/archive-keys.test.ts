import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import {
  type ArchiveKeyCommand,
  archiveKeyDecider,
  newestKey,
  signingKeys,
} from '../../../src/domain/archive-key/archive-keys.ts';
import type { ArchiveKeyEvent } from '../../../src/domain/archive-key/events.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import { now } from '../../support/fixed-examples.ts';

const [old, young, other] = ['A', 'B', 'F'].map((digit) => digit.repeat(40) as Fingerprint) as [
  Fingerprint,
  Fingerprint,
  Fingerprint,
];
const retiresAt = instant(now);
const later = instant(now + 86_400_000);

const generated = (fingerprint: Fingerprint): ArchiveKeyEvent => ({
  type: 'ArchiveKeyGenerated',
  fingerprint,
  publicKey: `key ${fingerprint}`,
});
const scheduled = (fingerprint: Fingerprint, at = retiresAt): ArchiveKeyEvent => ({
  type: 'ArchiveKeyRetirementScheduled',
  fingerprint,
  retiresAt: at,
  waitsForKeyrings: true,
});
const cancelled: ArchiveKeyEvent = { type: 'ArchiveKeyRetirementCancelled', fingerprint: old };
const retired: ArchiveKeyEvent = { type: 'ArchiveKeyRetired', fingerprint: old };

const add = (fingerprint: Fingerprint): ArchiveKeyCommand => ({
  command: 'AddArchiveKey',
  fingerprint,
  publicKey: `key ${fingerprint}`,
});
const schedule = (fingerprint: Fingerprint, at = retiresAt): ArchiveKeyCommand => ({
  command: 'ScheduleArchiveKeyRetirement',
  fingerprint,
  retiresAt: at,
  waitsForKeyrings: true,
});
const cancel = (fingerprint: Fingerprint): ArchiveKeyCommand => ({
  command: 'CancelArchiveKeyRetirement',
  fingerprint,
});
const retire = (fingerprint: Fingerprint, at = retiresAt): ArchiveKeyCommand => ({
  command: 'RetireArchiveKey',
  fingerprint,
  retiresAt: at,
});

const histories = {
  none: [],
  one: [generated(old)],
  two: [generated(old), generated(young)],
  retiring: [generated(old), generated(young), scheduled(old)],
  moved: [generated(old), generated(young), scheduled(old), scheduled(old, later)],
  'called off': [generated(old), generated(young), scheduled(old), cancelled],
  retired: [generated(old), generated(young), scheduled(old), retired],
} as const satisfies Record<string, readonly ArchiveKeyEvent[]>;

const keysAfter = (history: keyof typeof histories) =>
  (histories[history] as readonly ArchiveKeyEvent[]).reduce(archiveKeyDecider.evolve, archiveKeyDecider.initial);

/** What a command leads to: events, nothing, or the rule it broke. */
const table: readonly (readonly [keyof typeof histories, ArchiveKeyCommand, readonly ArchiveKeyEvent[] | string])[] = [
  ['none', add(old), [generated(old)]],
  ['one', add(old), []],
  ['one', add(young), [generated(young)]],
  ['retired', add(old), []],
  ['none', schedule(old), 'unknown-key'],
  ['one', schedule(old), 'last-key'],
  ['one', schedule(other), 'unknown-key'],
  ['two', schedule(old), [scheduled(old)]],
  ['two', schedule(young), 'newest-key'],
  ['retiring', schedule(old), []],
  ['retiring', schedule(old, later), [scheduled(old, later)]],
  ['retiring', schedule(young), 'newest-key'],
  ['retired', schedule(old), 'key-retired'],
  ['retired', schedule(young), 'last-key'],
  ['two', cancel(old), []],
  ['retiring', cancel(old), [cancelled]],
  ['called off', cancel(old), []],
  ['retired', cancel(old), 'key-retired'],
  ['one', cancel(other), 'unknown-key'],
  ['two', retire(old), []],
  ['retiring', retire(old), [retired]],
  ['retiring', retire(young), []],
  ['moved', retire(old), []],
  ['moved', retire(old, later), [retired]],
  ['called off', retire(old), []],
  ['retired', retire(old), []],
];

describe('Archive keys', () => {
  for (const [history, command, expected] of table) {
    it(`${history}: ${command.command} of ${command.fingerprint[0]} is ${JSON.stringify(expected).slice(0, 60)}`, () => {
      const decided = archiveKeyDecider.decide(command, keysAfter(history));
      assert.deepEqual(isLeft(decided) ? decided.left.rule : decided.right, expected);
    });
  }

  it('sign until they are retired, whatever else the stream says', () => {
    const state = archiveKeyDecider.evolve(keysAfter('retiring'), { type: 'EngineStarted' } as never);
    assert.deepEqual(
      signingKeys(state).map(({ fingerprint }) => fingerprint),
      [old, young],
    );
    assert.deepEqual(
      signingKeys(keysAfter('retired')).map(({ fingerprint }) => fingerprint),
      [young],
    );
    assert.equal(newestKey(keysAfter('retired'))?.fingerprint, young);
  });
});
