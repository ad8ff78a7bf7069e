import type { FileName, Sha256 } from '../../domain/debian/names.ts';
import type { UploadId } from '../../domain/ids.ts';
import type { IncomingFile, ReceivedFile } from '../../ports/incoming.ts';

/** A file in incoming; it lies there `since`, by the clock that nobody sets. Files found there at start belong to no session any more. */
export type Arrived = Omit<IncomingFile, 'receivedAt'> &
  Pick<ReceivedFile, 'door'> & { readonly session: string | undefined; readonly since: number };

/** What a `.changes` names and says of it. */
export type Needed = { readonly name: FileName; readonly sha256: Sha256 };

/**
 * A `.changes` that arrived, and the files it waits for. Its upload has its id from now on: an attempt to record it whose
 * outcome is unknown is repeated as the same.
 */
export type Announced = {
  readonly upload: UploadId;
  readonly changes: Arrived;
  readonly needs: readonly Needed[];
};

/**
 * Which arrived file is meant by each name: the one with the right bytes, else one of that name from the same session (its
 * sender has nothing better, so waiting is of no use). Strangers' files of that name with other bytes are passed over.
 */
export const gather = (
  { changes, needs }: Announced,
  arrived: readonly Arrived[],
): { readonly files: readonly Arrived[]; readonly missing: readonly FileName[] } => {
  const files: Arrived[] = [];
  const missing: FileName[] = [];
  for (const { name, sha256 } of needs) {
    const namesakes = arrived.filter((file) => file.name === name);
    const found =
      namesakes.find((file) => file.sha256 === sha256) ??
      namesakes.find(({ session }) => session !== undefined && session === changes.session);
    if (found === undefined) missing.push(name);
    else files.push(found);
  }
  return { files, missing };
};

/** Files that nothing announces and that lay about for longer than `bound` (milliseconds). */
export const strays = (
  arrived: readonly Arrived[],
  announced: readonly Announced[],
  awake: number,
  bound: number,
): readonly Arrived[] => {
  const wanted = new Set(announced.flatMap(({ changes, needs }) => [changes.name, ...needs.map(({ name }) => name)]));
  return arrived.filter(({ name, since }) => !wanted.has(name) && awake - since > bound);
};
