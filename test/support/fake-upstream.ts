import { createHash } from 'node:crypto';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { binaryKey } from '../../src/domain/archive-key/key-block.ts';
import { suiteFolder } from '../../src/domain/configuration/apt-sources.ts';
import { type Refusal, refusal } from '../../src/domain/refusal.ts';
import type { ReleaseVerifier, Upstream } from '../../src/ports/upstream.ts';

/** What an archive answers for one suite: the fields of its `Release`, or why there is none; and how long it takes. */
export type FakeArchiveAnswer = {
  readonly fields?: Readonly<Record<string, string>>;
  readonly refused?: Refusal;
  readonly signedBy?: string;
  readonly milliseconds?: number;
  /** By path below the suite's folder, as text. */
  readonly indices?: Readonly<Record<string, string>>;
};

/**
 * Archives that carry every suite of Debian they are asked for, unless `answers` (by the URL of the `InRelease`) says otherwise. A file is
 * believed if it begins with the keys that it is to be signed by.
 */
export const fakeUpstream = (answers: Map<string, FakeArchiveAnswer> = new Map()): Upstream & ReleaseVerifier => ({
  release: async (uri, suite) => {
    const {
      fields,
      indices = {},
      refused,
      signedBy = 'anybody',
      milliseconds = 10,
    } = answers.get(`${suiteFolder(uri, suite)}InRelease`) ?? {};
    if (refused !== undefined) return left(refused);
    const release = { ...usual(suite), ...fields };
    const text = Object.entries(release).map(([field, value]) => `${field}: ${value}\n`);
    const list = Object.entries(indices).map(([path, index]) => ` ${sha256Of(index)} ${index.length} ${path}\n`);
    const whole = `${text.join('')}${list.length === 0 ? '' : `SHA256:\n${list.join('')}`}`;
    return right({ signed: { inRelease: Buffer.from(`${signedBy}\n\n${whole}`) }, milliseconds });
  },
  stanzas: async (uri, suite, { at, sha256 }, isWanted) => {
    const text = answers.get(`${suiteFolder(uri, suite)}InRelease`)?.indices?.[at];
    return text === undefined || sha256Of(text) !== sha256
      ? left(refusal('unreachable-archive', `${at} is not there`, 'wait'))
      : right(text.split('\n\n').filter(isWanted));
  },
  verifyRelease: async (signed, keys): Promise<Either<Refusal, string>> => {
    const [signer, ...text] = Buffer.from('inRelease' in signed ? signed.inRelease : signed.release)
      .toString()
      .split('\n\n');
    return signer === 'anybody' || signer === keys || isOurs(signer, keys)
      ? right(text.join('\n\n'))
      : left(refusal('unknown-key', `nobody knows the key of ${signer}`, 'add its key'));
  },
});

/** What the fake keyring signed, by one of the keys. */
const isOurs = (signer: string | undefined, keys: string): boolean =>
  signer?.startsWith('SIGNED BY ') === true && Buffer.from(binaryKey(keys)).includes(signer.slice('SIGNED BY '.length));

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

const usual = (suite: string): Readonly<Record<string, string>> => ({
  Origin: 'Debian',
  Label: suite.endsWith('-security') ? 'Debian-Security' : 'Debian',
  Suite: suite.replace('trixie', 'stable'),
  Codename: suite,
  Version: '13.2',
  Architectures: 'all amd64 arm64',
  Components: 'main contrib',
});
