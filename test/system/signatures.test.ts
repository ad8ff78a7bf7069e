import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { decodeOrThrow } from '../../src/domain/codec.ts';
import { StoredFile } from '../../src/domain/debian/names.ts';
import { readUpload, type VerifiedFile } from '../../src/domain/upload/read-upload.ts';
import type { Keyring, Verdict } from '../../src/ports/keyring.ts';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { helloChanges } from '../domain/debian/hello-upload.ts';

let home: GnupgHome;
let ring: string;
let ernie: string;
let keyring: Keyring;

before(() => {
  home = gnupgHome();
  ernie = home.makeKey('ernie', 'ed25519');
  ring = home.exportRing([ernie]);
  keyring = openpgpKeyring({ keysFolder: join(home.folder, 'keys'), now: Date.now });
});
after(() => home.close());

const verify = (file: string | Uint8Array): Promise<Verdict> => keyring.verify(Buffer.from(file), [ring]);

type Mutation = { readonly what: string; readonly file: string };

/** What a person or an adversary may do to a file that was signed. */
const mutations = (good: string, other: string, seed: number): readonly Mutation[] => {
  const lines = good.split('\n');
  const at = fc.nat({ max: lines.length - 1 });
  const withLine = (index: number, line: string): string => lines.toSpliced(index, 0, line).join('\n');
  const flips = fc
    .tuple(fc.nat({ max: good.length - 1 }), fc.constantFrom(' ', '\t', 'x', '-', '=', ':', '.', '\r', '\n', 'A', '\f'))
    .map(([index, character]) => ({
      what: `character ${index} is ${JSON.stringify(character)}`,
      file: good.slice(0, index) + character + good.slice(index + 1),
    }));
  const insertions = fc
    .tuple(
      at,
      fc.constantFrom(
        '',
        ' ',
        '\r',
        'Source: bye',
        '- Source: bye',
        '-x',
        'Hash: SHA256',
        'Comment: x',
        '\f',
        '=AAAA',
        ...marks,
      ),
    )
    .map(([index, line]) => ({ what: `line ${index} is new: ${JSON.stringify(line)}`, file: withLine(index, line) }));
  const removals = at.map((index) => ({ what: `line ${index} is gone`, file: lines.toSpliced(index, 1).join('\n') }));
  const doublings = at.map((index) => ({
    what: `line ${index} stands twice`,
    file: withLine(index, lines[index] ?? ''),
  }));
  const tails = at.map((index) => ({
    what: `line ${index} has a blank at its end`,
    file: lines.with(index, `${lines[index]} `).join('\n'),
  }));
  const cuts = fc
    .nat({ max: good.length })
    .map((length) => ({ what: `cut at ${length}`, file: good.slice(0, length) }));
  const any = fc.oneof(flips, insertions, removals, doublings, tails, cuts);
  return [...games(good, other), ...fc.sample(any, { numRuns: 240, seed })];
};

const marks = [
  '-----BEGIN PGP SIGNED MESSAGE-----',
  '-----BEGIN PGP SIGNATURE-----',
  '-----END PGP SIGNATURE-----',
  '- -----BEGIN PGP SIGNATURE-----',
];

/** Those that chance would not find. */
const games = (good: string, other: string): readonly Mutation[] => {
  const body = good.slice(good.indexOf('\n\n') + 2, good.indexOf('-----BEGIN PGP SIGNATURE-----'));
  return [
    { what: 'nothing', file: good },
    { what: 'CRLF', file: good.replaceAll('\n', '\r\n') },
    { what: 'a byte order mark', file: `\uFEFF${good}` },
    { what: 'text before', file: `Source: bye\n\n${good}` },
    { what: 'text after', file: `${good}\nSource: bye\n` },
    { what: 'two blocks, both good', file: good + other },
    { what: 'two blocks, the second forged', file: good + good.replace('hello', 'jello') },
    { what: 'two blocks, the first forged', file: good.replace('hello', 'jello') + good },
    {
      what: 'the signature of another',
      file:
        good.slice(0, good.indexOf('-----BEGIN PGP SIGNATURE')) +
        other.slice(other.indexOf('-----BEGIN PGP SIGNATURE')),
    },
    { what: 'no Hash header', file: good.replace(/^Hash: .*\n/m, '') },
    { what: 'a wrong Hash header', file: good.replace(/^Hash: .*$/m, 'Hash: SHA384') },
    { what: 'two Hash headers', file: good.replace(/^Hash: .*$/m, '$&\nHash: SHA256') },
    {
      what: 'NotDashEscaped',
      file: good.replace(/^Hash: .*$/m, '$&\nNotDashEscaped: You need GnuPG to verify this message'),
    },
    { what: 'a blank in the empty line', file: good.replace('\n\n', '\n \n') },
    { what: 'a tab in the empty line', file: good.replace('\n\n', '\n\t\n') },
    { what: 'no checksum', file: good.replace(/^=....\n/m, '') },
    { what: 'a wrong checksum', file: good.replace(/^=....\n/m, '=AAAA\n') },
    { what: 'an armor header', file: good.replace('SIGNATURE-----\n', 'SIGNATURE-----\nComment: x\n') },
    { what: 'a carriage return in a line', file: good.replace('hello', 'hel\rlo') },
    { what: 'blanks at line ends', file: good.replace(body, body.replaceAll('\n', ' \t\n')) },
    { what: 'dashes escaped needlessly', file: good.replace(body, body.replace(/^(?=[A-Z])/gm, '- ')) },
  ];
};

/**
 * Where gpgv vouches and we do not, by the fact we give: bytes that no signature covers, or that programs read in
 * different ways. Anything else would be a fault of ours.
 */
const stricter: readonly { readonly fact: RegExp; readonly gpgv: string }[] = [
  { fact: /^the file holds text before or after/, gpgv: 'ignores text around a block, and reads several blocks' },
  {
    fact: /^the file holds OpenPGP data that is no clears/,
    gpgv: 'skips what stands before the begin line, in that line too',
  },
  { fact: /^the lines that begin and end/, gpgv: 'does without an end line, and reads one that is damaged' },
  { fact: /^no empty line separates/, gpgv: 'takes a line of blanks for an empty one' },
  { fact: /^the block has other headers/, gpgv: 'takes blanks after a header, and a line of blanks for an empty one' },
  { fact: /^the armor of the signature is damaged/, gpgv: 'skips blanks, foreign characters and lines in base64' },
];

/** As the signature covers it: without blanks at line ends and the last newline. */
const signedPart = (text: string): string => text.replace(/[ \t\r]+$/gm, '').replace(/\n$/, '');

describe('A verdict on a signed file', () => {
  for (const [what, text] of [
    ['a .changes', helloChanges()],
    ['text with dashes, empty lines and no ASCII', '- hello -\n\n-----x\n \nFrom: é 😀\n\n'],
  ] as const) {
    it(`is never better than gpgv's on mutations of ${what}`, async (test) => {
      const seed = Date.now() % 2 ** 31;
      test.diagnostic(`seed ${seed}`);
      const good = home.clearsign(ernie, text);
      const other = home.clearsign(ernie, text.replace('hello', 'bye'));
      const count = { good: 0, stricter: 0, refused: 0 };
      for (const { what: how, file } of mutations(good, other, seed)) {
        const ours = await verify(file);
        const theirs = home.gpgv(ring, file);
        if (ours.signature.status === 'good') {
          count.good += 1;
          assert.ok(theirs.good, `${how}: gpgv does not vouch for it`);
          assert.equal(ours.signedText, signedPart(theirs.text), how);
        } else if (theirs.good) {
          count.stricter += 1;
          const { rule, fact } = ours.signature.because;
          assert.ok(
            stricter.some((each) => each.fact.test(fact)),
            `${how}: gpgv vouches for it, we say ${rule}: ${fact}`,
          );
          assert.equal(ours.signedText, undefined, how);
        } else {
          count.refused += 1;
        }
      }
      test.diagnostic(`good ${count.good}, gpgv laxer ${count.stricter}, refused by both ${count.refused}`);
      assert.ok(count.good > 0 && count.refused > 0);
    });
  }

  it('is about the whole file, as one byte of the signature shows', async () => {
    const good = home.clearsign(ernie, helloChanges());
    const start = good.indexOf('\n\n', good.indexOf('BEGIN PGP SIGNATURE')) + 2;
    for (let index = start; index < start + 60; index += 7) {
      const flipped = good.slice(0, index) + (good[index] === 'A' ? 'B' : 'A') + good.slice(index + 1);
      assert.notEqual((await verify(flipped)).signature.status, 'good');
      assert.ok(!home.gpgv(ring, flipped).good);
    }
  });
});

describe('An upload made by dpkg-buildpackage', () => {
  it('is read without a fault', async () => {
    const folder = join(home.folder, 'hello-1.0');
    sourcePackage(folder);
    execFileSync('dpkg-buildpackage', ['-S', '-d', '-nc', `-k${ernie}`], {
      cwd: folder,
      env: { ...process.env, GNUPGHOME: home.folder },
      stdio: 'pipe',
    });
    const names = ['hello_1.0.dsc', 'hello_1.0.tar.xz', 'hello_1.0_source.buildinfo'];
    const changes = await verified('hello_1.0_source.changes');
    assert.equal(changes.signature.status, 'good');
    const read = readUpload({
      changes,
      files: names.map(stored),
      dsc: await verified('hello_1.0.dsc'),
      digests: new Map(
        names.map((name) => [stored(name).name, { md5: digest('md5', name), sha1: digest('sha1', name) }]),
      ),
    });
    assert.deepEqual(read.faults, []);
    assert.deepEqual(
      [read.facts?.source, read.facts?.version, read.facts?.component, read.facts?.distribution, read.facts?.options],
      [
        'hello',
        '7:1.0',
        'contrib',
        'bookworm-test-unstable',
        [{ key: 'run-lintian', architecture: 'amd64', value: 'false' }],
      ],
    );
    assert.deepEqual(read.facts?.dsc?.files, [stored('hello_1.0.tar.xz')]);
  });

  const bytes = (name: string): Buffer => readFileSync(join(home.folder, name));

  const digest = (kind: string, name: string): string => createHash(kind).update(bytes(name)).digest('hex');

  const stored = (name: string): StoredFile =>
    decodeOrThrow(StoredFile, { name, size: bytes(name).length, sha256: digest('sha256', name) }, name);

  const verified = async (name: string): Promise<VerifiedFile> => ({
    file: stored(name),
    ...(await verify(bytes(name))),
  });
});

const sourcePackage = (folder: string): void => {
  mkdirSync(join(folder, 'debian', 'source'), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, 'debian', name), text);
  write('source/format', '3.0 (native)\n');
  write('rules', '#!/usr/bin/make -f\n%:\n\ttrue\n');
  write(
    'control',
    'Source: hello\nSection: contrib/devel\nMaintainer: Ernie <ernie@example.org>\nStandards-Version: 4.6.2\n\nPackage: hello\nArchitecture: any\nDescription: says hello\n',
  );
  write(
    'changelog',
    'hello (7:1.0) bookworm-test-unstable; urgency=medium\n\n  * First.\n  * MINI_BUILDD_OPTION: run-lintian[amd64]=false\n\n -- Ernie <ernie@example.org>  Sun, 22 Nov 2026 10:15:00 +0000\n',
  );
};
