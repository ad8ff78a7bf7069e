import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { KeptPath } from '../../src/domain/backup/manifest.ts';
import type { KeptThings } from '../../src/ports/standby.ts';

/** Keys, people and hooks of an archive, and of the standby that takes them. */
export type KeptUnderTest = {
  /** At the archive. */
  readonly write: (path: KeptPath, text: string, mode: number) => Promise<void>;
  readonly remove: (path: KeptPath) => Promise<void>;
  readonly enter: (login: string) => Promise<void>;
  readonly look: () => Promise<KeptThings & { readonly turn: number }>;
  /** Has the standby take them as they are now, while the archive is held for the `holding`-th time. */
  readonly carry: (holding: number) => Promise<void>;
  /** At the standby. */
  readonly read: (path: KeptPath) => Promise<{ readonly text: string; readonly mode: number } | undefined>;
  /** What lay at this place before, and was put beside. */
  readonly formerly: (path: KeptPath) => Promise<readonly string[]>;
  readonly knows: (login: string) => Promise<boolean>;
  /** Whether it knew somebody before this `holding`; `undefined` when nothing was put beside. */
  readonly knewBefore: (holding: number, login: string) => Promise<boolean | undefined>;
  readonly dispose: () => Promise<void>;
};

const [key, second, uploaders, hook] = [
  'keys/archive-key.asc',
  'keys/archive-key-2.asc',
  'keys/uploaders/adam.asc',
  'hooks.d/tell',
] as [KeptPath, KeptPath, KeptPath, KeptPath];

/** What a standby that copies people and keys promises. */
export const keptThingsContract = (technology: string, make: () => Promise<KeptUnderTest>): void => {
  describe(`keys, people and hooks of a standby, ${technology}`, () => {
    let kept: KeptUnderTest;
    beforeEach(async () => {
      kept = await make();
      await kept.write(key, 'the key', 0o600);
      await kept.write(hook, '#!/bin/sh\n', 0o755);
      await kept.enter('adam');
    });
    afterEach(() => kept.dispose());

    it('are those of the archive, and readable by as few', async () => {
      await kept.carry(1);
      assert.deepEqual(await kept.read(key), { text: 'the key', mode: 0o600 });
      assert.deepEqual(await kept.read(hook), { text: '#!/bin/sh\n', mode: 0o755 });
      assert.deepEqual([await kept.knows('adam'), await kept.knows('eve')], [true, false]);
    });

    it('have the same tag as long as they are the same, and each look is a later one', async () => {
      const [first, again] = [await kept.look(), await kept.look()];
      assert.equal(again.tag, first.tag);
      assert.ok(again.turn > first.turn);
    });

    for (const [deed, change] of [
      ['a key came', () => kept.write(second, 'another key', 0o600)],
      ['a key is another', () => kept.write(key, 'the kez', 0o600)],
      ['somebody else may read one', () => kept.write(key, 'the key', 0o640)],
      ['a hook went', () => kept.remove(hook)],
      ['somebody came', () => kept.enter('eve')],
    ] as const)
      it(`have another tag once ${deed}`, async () => {
        const { tag } = await kept.look();
        await change();
        assert.notEqual((await kept.look()).tag, tag);
      });

    it('follow what becomes of them there, and change nothing else', async () => {
      await kept.write(uploaders, 'a keyring', 0o600);
      await kept.carry(1);
      await kept.write(hook, '#!/bin/bash\n', 0o755);
      await kept.write(second, 'another key', 0o600);
      await kept.remove(uploaders);
      await kept.enter('eve');
      await kept.carry(1);
      assert.equal((await kept.read(hook))?.text, '#!/bin/bash\n');
      assert.deepEqual(await kept.read(second), { text: 'another key', mode: 0o600 });
      assert.equal(await kept.read(uploaders), undefined);
      assert.deepEqual([await kept.knows('adam'), await kept.knows('eve')], [true, true]);
      await kept.remove(hook);
      await kept.carry(1);
      assert.equal(await kept.read(hook), undefined);
      assert.equal((await kept.read(key))?.text, 'the key');
    });

    it('never lose an archive key, also one that is another there or went', async () => {
      await kept.carry(1);
      await kept.write(key, 'a damaged key', 0o600);
      await kept.carry(1);
      assert.equal((await kept.read(key))?.text, 'a damaged key');
      assert.deepEqual(await kept.formerly(key), ['the key']);
      await kept.remove(key);
      await kept.carry(1);
      assert.equal((await kept.read(key))?.text, 'a damaged key');
    });

    it('are put beside once for whoever holds the archive then, as far as people go', async () => {
      await kept.carry(1);
      assert.equal(await kept.knewBefore(1, 'adam'), undefined);
      for (const login of ['eve', 'grover']) {
        await kept.enter(login);
        await kept.carry(3);
      }
      assert.deepEqual([await kept.knewBefore(3, 'adam'), await kept.knewBefore(3, 'eve')], [true, false]);
      assert.deepEqual([await kept.knows('eve'), await kept.knows('grover')], [true, true]);
      for (const holding of [5, 7, 9]) {
        await kept.enter(`bert${holding}`);
        await kept.carry(holding);
      }
      assert.equal(await kept.knewBefore(3, 'adam'), undefined, 'three are kept: erased people stand in them');
      assert.equal(await kept.knewBefore(9, 'bert7'), true);
    });

    it('may be taken again, which changes nothing', async () => {
      await kept.carry(1);
      await kept.carry(3);
      assert.deepEqual(await kept.formerly(key), []);
      assert.equal((await kept.read(key))?.text, 'the key');
      assert.equal(await kept.knows('adam'), true);
    });
  });
};
