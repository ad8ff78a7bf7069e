import { isOther, signersOf, signingKeys } from '../domain/archive-key/archive-keys.ts';
import { type Instant, instant } from '../domain/codec.ts';
import type { Expiring } from '../domain/expiry/events.ts';
import { type Expiry, expiryWords, isDone } from '../domain/expiry/expiry.ts';
import type { CertificateState } from '../ports/certificate.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { ArchiveKeyFacts, KeyReader, Keyring } from '../ports/keyring.ts';
import { addedRemotes } from '../projections/remotes.ts';
import type { World } from '../projections/world.ts';
import { keyOf } from './accounts/uploader-keys.ts';

export type ExpiryWatch = {
  /** Looks at everything that has an end. */
  readonly look: () => Promise<void>;
  /** What was found last: the same list as long as nothing else is known. */
  readonly found: () => readonly Expiry[];
  /** Archive keys whose file has another end or another public part than the log; none while the log has said something since they were read. */
  readonly changed: () => readonly ArchiveKeyFacts[];
};

type WatchParts = {
  readonly world: World;
  readonly keyring: Pick<Keyring, 'archiveKeys'> & Pick<KeyReader, 'keysIn'>;
  readonly files: Pick<FileStore, 'has' | 'path'>;
  readonly certificate: () => CertificateState | undefined;
};

/** Knows what ends: archive keys, keys of uploaders and remotes, the certificate of HTTPS. */
export const expiryWatch = (parts: WatchParts): ExpiryWatch => {
  /** What the log said of archive keys before their files were read. */
  let logged: World['configuration']['archiveKeys'] | undefined;
  let keys: readonly ArchiveKeyFacts[] = [];
  let others: readonly Expiry[] = [];
  let found: { readonly from: readonly unknown[]; readonly all: readonly Expiry[] } | undefined;
  return {
    look: async () => {
      const { archiveKeys } = parts.world.configuration;
      keys = await parts.keyring.archiveKeys(signersOf({ archiveKeys }));
      logged = archiveKeys;
      others = [...(await uploaderKeys(parts)), ...(await remoteKeys(parts))];
    },
    found: () => {
      const { archiveKeys } = parts.world.configuration;
      const certificate = parts.certificate();
      const from = [archiveKeys, others, certificate?.validFrom, certificate?.validUntil];
      if (found === undefined || from.some((each, n) => each !== found?.from[n])) {
        found = { from, all: [...archiveKeyEnds(parts.world), ...others, ...ofCertificate(certificate)] };
      }
      return found.all;
    },
    changed: () => {
      const { archiveKeys } = parts.world.configuration;
      if (archiveKeys !== logged) return [];
      return keys.filter((facts) =>
        archiveKeys.some((key) => key.fingerprint === facts.fingerprint && isOther(key, facts)),
      );
    },
  };
};

/** As the log knows them. */
export const archiveKeyEnds = ({ configuration: { archiveKeys } }: Pick<World, 'configuration'>): readonly Expiry[] =>
  signingKeys(archiveKeys).flatMap(({ fingerprint, expiresAt }) =>
    ending({ kind: 'archive-key', fingerprint }, expiresAt),
  );

const ending = (what: Expiring, expiresAt: Instant | null): readonly Expiry[] =>
  expiresAt === null ? [] : [{ what, expiresAt }];

const ofCertificate = (certificate: CertificateState | undefined): readonly Expiry[] =>
  certificate === undefined
    ? []
    : [
        {
          what: { kind: 'certificate' },
          expiresAt: instant(certificate.validUntil),
          validFrom: instant(certificate.validFrom),
        },
      ];

/** Of those who may upload now. */
const uploaderKeys = async ({ world, keyring: keys, files }: WatchParts): Promise<readonly Expiry[]> => {
  const found: Expiry[] = [];
  for (const [account, story] of world.accounts) {
    if (story.status !== 'active' || story.uploadsTo.size === 0) continue;
    const facts = await keyOf(story, { keys, files });
    if (facts !== undefined)
      found.push(...ending({ kind: 'uploader-key', fingerprint: facts.fingerprint, account }, facts.expiresAt));
  }
  return found;
};

const remoteKeys = async ({ world, keyring, files }: WatchParts): Promise<readonly Expiry[]> => {
  const found: Expiry[] = [];
  for (const { remote, active, configured } of addedRemotes(world.remotes)) {
    if (!active || !(await files.has(configured.key.sha256))) continue;
    for (const { fingerprint, expiresAt } of await keyring.keysIn([await files.path(configured.key.sha256)]))
      found.push(...ending({ kind: 'remote-key', remote, fingerprint }, expiresAt));
  }
  return found;
};

const dayMs = 86_400_000;

/** Days before the end from which on those who run the instance should see to it. Certificates have words of their own. */
const concernDays = { 'archive-key': 90, 'remote-key': 30, 'uploader-key': 7 } as const;

/** What somebody should see to. */
export const endsNear = (
  expiries: readonly Expiry[],
  now: number,
): readonly {
  readonly severity: 'critical' | 'warning';
  readonly fact: string;
  readonly remedy: string;
}[] =>
  expiries.flatMap((expiry) => {
    const { kind } = expiry.what;
    const left = Date.parse(expiry.expiresAt) - now;
    if (kind === 'certificate' || left > concernDays[kind] * dayMs || isDone(expiry, now)) return [];
    const { name, on, effect, remedy } = expiryWords(expiry);
    const fact = `${name} ${left <= 0 ? 'ended' : 'ends'} on ${on}: ${effect}`;
    return [{ severity: left <= 0 && kind === 'archive-key' ? 'critical' : 'warning', fact, remedy }];
  });
