import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import { type GnupgHome, gnupgHome } from './gnupg-home.ts';

const day = 86_400_000;
const today = Math.floor(Date.now() / 1000) * 1000;
const until = today + 100 * day;
const release = 'Origin: test\nSuite: bookworm-test-unstable\n';

// Real keys, and real gpg and gpgv to judge what became of them.
describe('An archive key that is prolonged', () => {
  let home: GnupgHome;
  before(() => {
    home = gnupgHome();
  });
  after(() => home.close());

  const ago = (days: number): readonly string[] => [
    '--faked-system-time',
    instant(today - days * day).replace(/[-:]|\.\d+Z$/g, ''),
  ];
  /** Made ten days ago; its primary key signs as well (`sign`), or does not (`cert`). */
  const keyOf = (name: string, usage: 'sign' | 'cert', expires: string): Fingerprint => {
    const userId = `${name} <${name}@example.org>`;
    home.gpg([...ago(10), '--quick-generate-key', userId, 'ed25519', usage, expires]);
    return rows(home.gpg(['--with-colons', '--list-keys', `=${userId}`]))[0]?.fingerprint as Fingerprint;
  };
  const addSubkey = (fingerprint: string, days: number, expires: string): void =>
    void home.gpg([...ago(days), '--quick-add-key', fingerprint, 'ed25519', 'sign', expires]);
  const keyring = (name: string, at = today) => openpgpKeyring({ keysFolder: join(home.folder, name), now: () => at });
  /** As it was, and as it is once it is prolonged. */
  const prolong = async (name: string, fingerprint: Fingerprint) => {
    mkdirSync(join(home.folder, name));
    const file = join(home.folder, name, 'archive-key.asc');
    writeFileSync(file, home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    const [before] = await keyring(name).archiveKeys([fingerprint]);
    const { publicKey, expiresAt } = await keyring(name).prolong(fingerprint, until);
    assert.equal(expiresAt, instant(until));
    const shown = home.gpg(['--with-colons', '--with-sig-list', '--show-keys'], publicKey);
    return { before: before?.expiresAt, shown, keys: rows(shown), ring: ringOf(name, publicKey) };
  };
  const ringOf = (name: string, publicKey: string): string => {
    const path = join(home.folder, `${name}.pgp`);
    home.gpg(['--yes', '--output', path, '--dearmor'], publicKey);
    return path;
  };
  /** How many signatures of that day gpgv takes. It has no day but today: keys that ended since are none to it. */
  const good = async (name: string, fingerprint: Fingerprint, ring: string, date = today): Promise<number> => {
    const { inRelease, detached } = await keyring(name, date).signRelease(release, date, [fingerprint]);
    const valid = home.validSignatures(ring, inRelease);
    assert.ok(home.gpgv(ring, inRelease).good);
    assert.deepEqual(home.validSignatures(ring, release, detached), valid);
    return valid.length;
  };
  /** A minute is what gpg may take between being told a time and writing it down. */
  const isAbout = (end: string | null | undefined, expected: number): void =>
    assert.ok(Math.abs(Date.parse(end ?? '') - expected) <= 60_000, `${end}, not ${instant(expected)}`);

  it('leaves a subkey ended that had ended before it, and goes on with those that live', async () => {
    const fingerprint = keyOf('earlier', 'cert', '20d');
    addSubkey(fingerprint, 10, '3d');
    addSubkey(fingerprint, 5, '15d');
    const { before, keys, ring } = await prolong('earlier', fingerprint);
    isAbout(before, today + 10 * day);
    const [primary, ended, alive] = keys;
    assert.deepEqual([primary?.end, alive?.end], [until, until]);
    isAbout(instant(ended?.end ?? 0), today - 7 * day);
    assert.equal(ended?.validity, 'e');
    const signers = await keyring('earlier').signersOfRelease(today + 50 * day, [fingerprint]);
    assert.deepEqual(signers, [alive?.fingerprint]);
    assert.equal(await good('earlier', fingerprint, ring), 1);
  });

  it('leaves a subkey ended where the primary key signs', async () => {
    const fingerprint = keyOf('primary-signs', 'sign', '5d');
    addSubkey(fingerprint, 10, '3d');
    const { keys, ring } = await prolong('primary-signs', fingerprint);
    assert.equal(keys[1]?.validity, 'e');
    assert.equal(keys[0]?.end, until);
    assert.equal(await good('primary-signs', fingerprint, ring), 1);
  });

  it('goes on with the subkeys that ended together with it, or after it', async () => {
    const fingerprint = keyOf('together', 'cert', '5d');
    addSubkey(fingerprint, 10, '5d');
    addSubkey(fingerprint, 10, '2d');
    addSubkey(fingerprint, 9, '7d');
    const { before, keys, ring } = await prolong('together', fingerprint);
    isAbout(before, today - 5 * day);
    assert.deepEqual(
      keys.map(({ end }) => end === until),
      [true, true, false, true],
    );
    assert.equal(await good('together', fingerprint, ring), 2);
  });

  it('that never ends goes on with the subkey that signed last, and says when nothing signed any more', async () => {
    const fingerprint = keyOf('never', 'cert', 'never');
    addSubkey(fingerprint, 10, '2d');
    addSubkey(fingerprint, 9, '4d');
    const { before, keys, ring } = await prolong('never', fingerprint);
    isAbout(before, today - 5 * day);
    assert.deepEqual(
      keys.map(({ end, validity }) => [end === until, validity === 'e']),
      [
        [false, false],
        [false, true],
        [true, false],
      ],
    );
    assert.equal(keys[0]?.end, undefined, 'a primary key that never ends is given no end');
    assert.equal(await good('never', fingerprint, ring), 1);
  });

  it('has no user id, and no subkey, again that was revoked', async () => {
    const fingerprint = keyOf('revoked', 'sign', '5d');
    home.gpg([...ago(9), '--quick-add-uid', fingerprint, 'former <former@example.org>']);
    home.gpg([...ago(8), '--quick-set-primary-uid', fingerprint, 'revoked <revoked@example.org>']);
    home.gpg([...ago(7), '--quick-revoke-uid', fingerprint, 'former <former@example.org>']);
    addSubkey(fingerprint, 10, '5d');
    home.gpg(
      [...ago(7), '--no-batch', '--command-fd', '0', '--edit-key', fingerprint],
      'key 1\nrevkey\ny\n1\n\ny\nsave\n',
    );
    const { shown, keys, ring } = await prolong('revoked', fingerprint);
    assert.match(shown, /^uid:r:.*:former <former@example.org>:/m);
    assert.doesNotMatch(shown, /^uid:r:.*:revoked </m);
    assert.deepEqual([keys[0]?.end, keys[1]?.validity], [until, 'r']);
    assert.equal(await good('revoked', fingerprint, ring), 1);
  });

  it('keeps what others certified, what each part is for, and what it said of itself before', async () => {
    const fingerprint = keyOf('certified', 'cert', '20d');
    addSubkey(fingerprint, 10, '20d');
    const friend = keyOf('friend', 'sign', 'never');
    home.gpg([...ago(4), '--local-user', friend, '--quick-sign-key', fingerprint]);
    const { shown, keys, ring } = await prolong('certified', fingerprint);
    assert.match(shown, new RegExp(`^sig:.*:${friend.slice(-16)}:`, 'm'));
    assert.deepEqual(
      keys.map(({ uses }) => uses),
      ['c', 's'],
    );
    assert.equal(await good('certified', fingerprint, ring, today - 3 * day), 1, 'what is dated before that day');
    assert.equal(await good('certified', fingerprint, ring), 1);
  });

  it('by gpg, which leaves nothing of what it said before, signs what is dated earlier, too', async () => {
    const fingerprint = keyOf('elsewhere', 'cert', '20d');
    addSubkey(fingerprint, 10, '20d');
    home.gpg([...ago(2), '--quick-set-expire', fingerprint, '1y']);
    home.gpg([...ago(2), '--quick-set-expire', fingerprint, '1y', '*']);
    mkdirSync(join(home.folder, 'elsewhere'));
    const file = join(home.folder, 'elsewhere', 'archive-key.asc');
    writeFileSync(file, home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    const [facts] = await keyring('elsewhere').archiveKeys([fingerprint]);
    const ring = ringOf('elsewhere', facts?.publicKey ?? '');
    assert.equal(await good('elsewhere', fingerprint, ring, today - 5 * day), 1);
  });
});

type Row = {
  readonly fingerprint: string;
  readonly validity: string;
  /** Milliseconds; `undefined` where it never ends. */
  readonly end: number | undefined;
  readonly uses: string;
};

/** The primary key and the subkeys in a listing with colons. */
const rows = (shown: string): readonly Row[] =>
  [...shown.matchAll(/^(?:pub|sub):.*\n(?:sig:.*\n)*fpr:.*$/gm)].map(([text]) => {
    const fields = text.split('\n', 1)[0]?.split(':') ?? [];
    return {
      fingerprint: /^fpr:+([0-9A-F]+):/m.exec(text)?.[1] ?? '',
      validity: fields[1] ?? '',
      end: fields[6] ? Number(fields[6]) * 1000 : undefined,
      uses: (fields[11] ?? '').replace(/[^a-z]/g, ''),
    };
  });
