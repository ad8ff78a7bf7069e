import type { RemoteId } from '../../domain/configuration/events.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring, Verdict } from '../../ports/keyring.ts';
import { addedRemotes } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';

/** Where the key of a remote lies that is active now; `undefined` for anybody else. */
export const keyOf = async (
  remote: RemoteId,
  { remotes }: World,
  files: Pick<FileStore, 'path'>,
): Promise<string | undefined> => {
  const story = remotes.get(remote);
  return story?.active && story.configured ? files.path(story.configured.key.sha256) : undefined;
};

/** Which of the active remotes signed it; or why it was none of them. */
export const signedByRemote = async (
  bytes: Uint8Array,
  { remotes }: World,
  files: Pick<FileStore, 'path'>,
  keyring: Pick<Keyring, 'verify'>,
): Promise<{ readonly remote: RemoteId | undefined; readonly verdict: Verdict }> => {
  let verdict = await keyring.verify(bytes, []);
  for (const { remote, active, configured } of addedRemotes(remotes)) {
    if (!active) continue;
    const judged = await keyring.verify(bytes, [await files.path(configured.key.sha256)]);
    if (judged.signature.status === 'good') return { remote, verdict: judged };
    if (judged.signature.because.rule !== 'unknown-key') verdict = judged;
  }
  return { remote: undefined, verdict };
};
