import { readFileSync } from 'node:fs';
import { left, right } from 'fp-ts/lib/Either.js';
import { binaryKey } from '../../src/domain/archive-key/key-block.ts';
import { decodeOrThrow, Instant, instant } from '../../src/domain/codec.ts';
import { Fingerprint } from '../../src/domain/debian/names.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { ArchiveKeyFacts, KeyFacts, KeyReader, Keyring, Verdict } from '../../src/ports/keyring.ts';
import { archiveFingerprint, armoredKey, maintainer, now, uploaderKeyring } from './fixed-examples.ts';

const header = 'SIGNED BY ';

/** What the fake takes for a clearsigned file. */
export const signed = (text: string, by: Fingerprint): string => `${header}${by}\n\n${text}`;

/** What the fake takes for a public key. */
export const publicKey = (fingerprint: Fingerprint, expiresAt: Instant | null = null): string =>
  `PUBLIC KEY ${fingerprint} of <${fingerprint.slice(0, 4).toLowerCase()}@example.org> until ${expiresAt}\n`;

/**
 * A keyring that believes what a file says of its signer; `keys` holds who is in which keyring file,
 * any other file is to be a public key; `made` are the archive keys on disk, `ends` says when those end that do, in
 * milliseconds, and `withoutPrimary` which of them have a new subkey and no primary part.
 */
export const fakeKeyring = (
  keys: ReadonlyMap<string, readonly Fingerprint[]> = new Map([[uploaderKeyring, [maintainer]]]),
  made: Fingerprint[] = [archiveFingerprint],
  ends: Map<Fingerprint, number> = new Map(),
  withoutPrimary: ReadonlySet<Fingerprint> = new Set(),
): Keyring & KeyReader => ({
  verify: async (file, keyrings, own = []) =>
    verdict(Buffer.from(file).toString('utf8'), [
      ...own.map((armored) => factsOf(armored).fingerprint),
      ...keyrings.flatMap((each) => keys.get(each) ?? factsOf(readFileSync(each, 'utf8')).fingerprint),
    ]),
  readKey: async (text) =>
    form.test(text) || armored.test(text)
      ? right({ ...factsOf(text), armored: text })
      : left(refusal('not-one-key', 'this is no public key', 'hand in a public key')),
  keysIn: async (keyrings) =>
    keyrings.flatMap((each) =>
      (keys.get(each)?.map((fingerprint) => publicKey(fingerprint)) ?? [readFileSync(each, 'utf8')]).map(factsOf),
    ),
  signRelease: async (release, _, by) => ({ inRelease: signed(release, by[0] ?? never()), detached: by.join() }),
  signersOfRelease: async (_, by) => by,
  clearsign: async (text, by) => signed(text, by.findLast((each) => made.includes(each)) ?? never()),
  archiveKeys: async (by) =>
    by.filter((each) => made.includes(each)).map((each) => archiveKey(each, ends.get(each), !withoutPrimary.has(each))),
  prolong: async (fingerprint, until) => {
    if (!made.includes(fingerprint) || withoutPrimary.has(fingerprint)) never();
    ends.set(fingerprint, until);
    return archiveKey(fingerprint, until);
  },
  newArchiveKey: async (known) => {
    const fingerprint = made.find((each) => !known.includes(each)) ?? (`${made.length}`.repeat(40) as Fingerprint);
    if (!made.includes(fingerprint)) made.push(fingerprint);
    return { fingerprint, publicKey: armoredKey(fingerprint) };
  },
});

const archiveKey = (fingerprint: Fingerprint, end: number | undefined, primaryIsHere = true): ArchiveKeyFacts => ({
  fingerprint,
  publicKey: armoredKey(fingerprint, primaryIsHere ? '' : ' and a subkey'),
  expiresAt: end === undefined ? null : instant(end),
  primaryIsHere,
});

/** Every key here has one. */
const subkeyOf = (fingerprint: string): string => `5${fingerprint.slice(1)}`;

const never = (): never => {
  throw new Error('there is no such archive key');
};

const armored = /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/;

const form = /^PUBLIC KEY ([0-9A-F]{40}) of (<[^>]+>) until (\S+)\n$/;

const factsOf = (text: string): KeyFacts => {
  const [, fingerprint, userId = '', until = 'null'] = form.exec(text) ?? [];
  const written = fingerprint ?? Buffer.from(binaryKey(text)).toString('utf8').slice(0, 40);
  return {
    fingerprint: decodeOrThrow(Fingerprint, written, 'the fingerprint of a key'),
    userIds: [userId],
    subkeys: [subkeyOf(written)],
    expiresAt: until === 'null' ? null : decodeOrThrow(Instant, until, 'the end of a key'),
    fault: undefined,
  };
};

const verdict = (text: string, known: readonly Fingerprint[]): Verdict => {
  const fingerprint = text.startsWith(header) ? text.slice(header.length, header.length + 40) : undefined;
  if (!Fingerprint.is(fingerprint)) return stranger(text, 'unsigned', 'the file carries no signature');
  const signedText = text.slice(text.indexOf('\n\n') + 2);
  if (!known.includes(fingerprint)) return stranger(signedText, 'unknown-key', `nobody knows the key ${fingerprint}`);
  return {
    signedText,
    signature: { status: 'good', fingerprint, signedBy: fingerprint, signedAt: instant(now), digest: 'SHA512' },
  };
};

const stranger = (signedText: string, rule: string, fact: string): Verdict => ({
  signedText,
  signature: { status: 'unauthenticated', because: refusal(rule, fact, 'sign with a key that may upload') },
});
