import { readFile } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { signingKeys } from '../../domain/archive-key/archive-keys.ts';
import { type Configuration, resolveDistribution, type Target } from '../../domain/configuration/configuration.ts';
import type { Fingerprint, RepositoryId, SourceName, StoredFile } from '../../domain/debian/names.ts';
import { covers, notAuthorised, type Standing } from '../../domain/upload/authorisation.ts';
import type { Signature, UploadReceived } from '../../domain/upload/events.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring, Verdict } from '../../ports/keyring.ts';
import { accountsWithKey, approvedUploaders, submittedKeys } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';

export type UploaderKeys = {
  /** Who signed a file, if it is anybody whose key is known here, whatever they may do. */
  readonly verify: (file: Uint8Array) => Promise<Verdict>;
  /**
   * What the signature of an upload is worth at this moment, against no keys but those that may upload this source package there:
   * a copy of a key that somebody else handed in proves nothing. `there` is where the upload is for, or another distribution.
   */
  readonly signatureOf: (received: UploadReceived, there?: string) => Promise<Signature>;
};

/** Keys come from keyring files on the host, from the file store for accounts, and there are the archive keys. */
export const uploaderKeys = (
  world: World,
  keyring: Pick<Keyring, 'verify'>,
  files: Pick<FileStore, 'has' | 'path'>,
): UploaderKeys => ({
  verify: async (file) =>
    keyring.verify(
      file,
      [...keyringsOf(world), ...(await paths(submittedKeys(world.accounts), files))],
      ownKeys(world.configuration),
    ),
  signatureOf: async ({ signature, facts, changes }, there = facts?.distribution) => {
    if (signature.status !== 'good' || facts === null || there === undefined) return signature;
    const target = resolveDistribution(world.configuration, there);
    if (isLeft(target)) return signature;
    const bytes = await readFile(await files.path(changes.sha256));
    const allowed = await keysFor(target.right, facts.source, world, files);
    const { signature: worth } = await keyring.verify(bytes, allowed, ownKeys(world.configuration));
    if (worth.status === 'good' || worth.because.rule !== 'unknown-key') return worth;
    const standing = await standingOf(signature.fingerprint, bytes, world, keyring);
    const because = notAuthorised(signature.fingerprint, facts.source, target.right.name, standing);
    return { status: 'unauthenticated', because };
  },
});

/** What we signed ourselves may go everywhere, until the key is retired. */
const ownKeys = ({ archiveKeys }: Configuration): readonly string[] =>
  signingKeys(archiveKeys).map(({ publicKey }) => publicKey);

const keyringsOf = ({ configuration }: World): readonly string[] => [
  ...new Set([...configuration.repositories.values()].flatMap(({ uploaderKeyrings }) => uploaderKeyrings)),
];

const keysFor = async (
  { repository, suite }: Target,
  source: SourceName,
  { accounts }: World,
  files: Pick<FileStore, 'has' | 'path'>,
): Promise<readonly string[]> => {
  const approved = approvedUploaders(accounts, repository.repository).filter((each) =>
    covers(each, suite.suite, source),
  );
  return [
    ...repository.uploaderKeyrings,
    ...(await paths(
      approved.map(({ file }) => file),
      files,
    )),
  ];
};

/** What was withdrawn from the store vouches for nobody, and keeps nobody else from uploading. */
const paths = async (
  keys: readonly StoredFile[],
  files: Pick<FileStore, 'has' | 'path'>,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { sha256 } of keys) if (await files.has(sha256)) found.push(await files.path(sha256));
  return found;
};

const standingOf = async (
  fingerprint: Fingerprint,
  bytes: Uint8Array,
  { accounts, configuration }: World,
  keyring: Pick<Keyring, 'verify'>,
): Promise<Standing> => {
  const holders = accountsWithKey(accounts, fingerprint);
  const keyrings: RepositoryId[] = [];
  for (const { repository, uploaderKeyrings } of configuration.repositories.values()) {
    const { signature } = await keyring.verify(bytes, uploaderKeyrings);
    if (signature.status === 'good') keyrings.push(repository);
  }
  return {
    accounts: holders.flatMap(({ status }) => (status === 'erased' ? [] : [status])),
    approvals: new Map(holders.filter(({ status }) => status === 'active').flatMap(({ uploadsTo }) => [...uploadsTo])),
    keyrings,
  };
};
