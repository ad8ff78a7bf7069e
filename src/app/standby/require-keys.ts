import type { Fingerprint } from '../../domain/debian/names.ts';
import { refusal, sentence } from '../../domain/refusal.ts';
import type { Keyring } from '../../ports/keyring.ts';

/** Resolves when each of these archive keys is here, also those that have ended; rejects, naming the others, with what to do. */
export const requireKeys = async (
  keyring: Pick<Keyring, 'archiveKeys'>,
  keys: readonly Fingerprint[],
): Promise<void> => {
  const here = new Set((await keyring.archiveKeys(keys)).map(({ fingerprint }) => fingerprint));
  const lost = keys.filter((key) => !here.has(key));
  if (lost.length === 0) return;
  throw new Error(
    sentence(
      refusal(
        'archive-key-lost',
        `the log names the archive key ${lost.join(', ')}, and it is not in keys/ here`,
        'mount the disk that has it, or restore it from a backup',
      ),
    ),
  );
};
