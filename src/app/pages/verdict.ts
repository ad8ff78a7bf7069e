import { refusalShownTo, stranger } from '../../domain/account/viewer.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { rememberedBuilds } from '../../projections/build-queue.ts';
import type { UploadStatus } from '../../projections/every-upload.ts';
import type { World } from '../../projections/world.ts';

type Verdict = {
  readonly upload: string;
  readonly changes: string;
  readonly source: string | undefined;
  readonly version: string | undefined;
  readonly distribution: string | undefined;
  readonly status: UploadStatus;
  readonly because: Refusal | undefined;
  readonly warnings: readonly string[];
  readonly builds: readonly { readonly build: string; readonly architecture: string; readonly status: string }[];
};

/** What became of the upload with that `.changes`, of those under way and the last that ended: what `uploads` says to anybody. */
export const uploadVerdict =
  ({ uploads, builds }: World) =>
  (changes: Sha256): Verdict | undefined => {
    const isMeant = ({ received }: { readonly received: { readonly changes: { readonly sha256: string } } }) =>
      received.changes.sha256 === changes;
    const story = [...uploads.open.values()].findLast(isMeant) ?? uploads.ended.find(isMeant);
    if (story === undefined) return undefined;
    const { received, accepted, status, refusal } = story;
    return {
      upload: story.id,
      changes: received.changes.name,
      source: received.facts?.source,
      version: received.facts?.version,
      distribution: accepted?.distribution ?? received.facts?.distribution,
      status,
      because: refusal && refusalShownTo(stranger, refusal),
      warnings: accepted?.warnings ?? [],
      builds: rememberedBuilds(builds, story.id).map(({ id, requested, status: at }) => ({
        build: id,
        architecture: requested.architecture,
        status: at,
      })),
    };
  };
