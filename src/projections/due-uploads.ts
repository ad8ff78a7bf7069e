import type { Instant } from '../domain/codec.ts';
import type { UploadId } from '../domain/ids.ts';
import { sinceWhen } from '../domain/since-when.ts';
import type { Policy } from './due-files.ts';
import type { World } from './world.ts';

const dayInMs = 86_400_000;
/** Whatever was put into the file store an hour ago is said to be there for something by now. */
const settledMs = 3_600_000;

/** Rejected uploads whose bytes may go: soon, for strangers can send as many of them as they like. */
export function* rejectedDue({ uploadFiles }: World, now: number): Generator<UploadId> {
  // Each is looked at, also behind one that is not due: of those recorded by a clock that was ahead the time runs from now on.
  for (const [upload, rejected] of uploadFiles.rejected)
    if (now - sinceWhen(rejected, rejected.at, now) > settledMs) yield upload;
}

/** Failed uploads that neither their number nor their age is a reason to keep, and that nobody retries; of a package the oldest first. */
export const failedDue = (world: World, { repository, versions, days }: Policy, now: number): readonly UploadId[] => {
  if (versions === null && days === null) return [];
  const retried = new Set([...world.uploads.open.values()].map(({ retryOf }) => retryOf));
  const failed = [...world.uploadFiles.failed].filter(([, each]) => each.repository === repository).reverse();
  const isOld = (at: Instant): boolean => now - Date.parse(at) >= Math.max(1, days ?? 0) * dayInMs;
  return [...Map.groupBy(failed, ([, { source }]) => source).values()].flatMap((ofSource) =>
    ofSource
      .slice(versions ?? 0)
      .reverse()
      .flatMap(([upload, { at }]) => (isOld(at) && !retried.has(upload) ? [upload] : [])),
  );
};
