import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';
import type { FileName, Fingerprint, RepositoryId, StoredFile } from '../../../src/domain/debian/names.ts';
import type { HeldVersion, Publication, PublishedDistribution } from '../../../src/ports/archive.ts';
import type { FileStore } from '../../../src/ports/file-store.ts';
import type { Keyring } from '../../../src/ports/keyring.ts';
import { type BinaryPackage, makeBinaryPackage, makeSourcePackage, type SourcePackage } from '../../support/deb.ts';

export const test = 'test' as RepositoryId;
export const unstable = 'trixie-test-unstable' as DistributionName;
export const rollback0 = 'trixie-test-unstable-rollback0' as DistributionName;

/** What a test asks to be made: a source with its binaries, all of one version unless it says otherwise. */
export type WantedVersion = Omit<SourcePackage, 'binaries'> & {
  readonly component?: string;
  readonly binaries?: readonly (Partial<BinaryPackage> & { readonly component?: string })[];
};

/** Makes packages in `folder`, and knows them as history does. */
export const workshop = (folder: string) => {
  let benches = 0;
  const files = fileStore(join(folder, 'files'));
  const take = (path: string): Promise<StoredFile> => files.adopt(basename(path) as FileName, path);
  return {
    files,
    hold: async (wanted: WantedVersion): Promise<HeldVersion> => {
      const { source, version, component = 'main', binaries = [{}] } = wanted;
      const bench = join(folder, 'bench', String(benches++));
      const made = binaries.map((binary) => ({
        package: source,
        version,
        architecture: 'amd64',
        ...(binary.package === undefined || binary.package === source ? {} : { source }),
        ...binary,
      }));
      const named = made.map((binary) => `${binary.package}:${binary.architecture === 'all' ? 'all' : 'any'}`);
      const written = await makeSourcePackage(bench, { ...wanted, binaries: named });
      return {
        source,
        version,
        component,
        dsc: await take(written.dsc),
        sources: await Promise.all(written.tarballs.map(take)),
        binaries: await Promise.all(
          made.map(async (binary) => ({
            package: binary.package,
            version: binary.version,
            architecture: binary.architecture,
            component: binary.component ?? component,
            file: await take(await makeBinaryPackage(bench, binary)),
          })),
        ),
      } as unknown as HeldVersion;
    },
  };
};

export type Workshop = ReturnType<typeof workshop>;

export const distribution = (
  name: DistributionName,
  holds: readonly HeldVersion[],
  more: Partial<PublishedDistribution> = {},
): PublishedDistribution => ({
  name,
  origin: 'Test archive',
  label: name,
  description: 'packages for tests',
  components: ['main', 'contrib'] as unknown as PublishedDistribution['components'],
  architectures: ['amd64', 'i386'] as unknown as PublishedDistribution['architectures'],
  notAutomatic: false,
  butAutomaticUpgrades: false,
  isRollback: name.includes('-rollback'),
  holds,
  ...more,
});

export const signers: readonly Fingerprint[] = ['A'.repeat(40) as Fingerprint];

/** A publication `minutes` after a fixed moment, valid for a week. */
export const publication = (
  distributions: readonly PublishedDistribution[],
  minutes = 0,
  by = signers,
): Publication => ({
  repository: test,
  distributions,
  date: instant(moment + minutes * 60_000),
  validUntil: instant(moment + minutes * 60_000 + 7 * 24 * 3600_000),
  signers: by,
});

export const moment = Date.parse('2026-11-22T10:15:00Z');

/** A keyring whose signatures prove nothing. */
export const unsigned: Keyring = {
  verify: async () => ({ signature: {} as never, signedText: undefined }),
  signRelease: async (release) => ({
    inRelease: `signed\n${release}`,
    detached: createHash('sha256').update(release).digest('hex'),
  }),
  signersOfRelease: async (_, by) => by,
  clearsign: async (text) => text,
  archiveKeys: async () => [],
  prolong: () => Promise.reject(new Error('no key is here')),
  newArchiveKey: () => Promise.reject(new Error('no key is made here')),
};

/** `bytes` of a stored file. */
export const bytesOf = async (files: FileStore, file: StoredFile): Promise<Buffer> =>
  readFile(await files.path(file.sha256));
