import type { Architecture } from '../domain/debian/names.ts';
import type { BuildId, UploadId } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

/**
 * How far the builds of accepted uploads are, kept so that what duties ask after every event does not take longer the more
 * builds wait. Folded in place: ask, do not keep.
 */
export type BuildProgress = {
  /** Architectures wanted and not requested yet. */
  readonly unrequested: Map<UploadId, Set<Architecture>>;
  /** Architectures whose build has not ended. */
  readonly unfinished: Map<UploadId, Set<Architecture>>;
  /** Uploads whose builds have all ended, until it is decided what comes of them. */
  readonly finished: Set<UploadId>;
};

export const noProgress = (): BuildProgress => ({ unrequested: new Map(), unfinished: new Map(), finished: new Set() });

export const foldProgress = (progress: BuildProgress, { event }: Recorded): void => {
  switch (event.type) {
    case 'UploadAccepted': {
      const wanted = event.builds.map(({ architecture }) => architecture);
      progress.unrequested.set(event.upload, new Set(wanted));
      progress.unfinished.set(event.upload, new Set(wanted));
      break;
    }
    case 'BuildRequested':
      takeOut(progress.unrequested, event.upload, event.architecture);
      break;
    case 'BuildSucceeded':
    case 'BuildFailed':
    case 'BuildSkipped':
    case 'BuildCancelled': {
      const [upload, architecture] = partsOf(event.build);
      if (takeOut(progress.unfinished, upload, architecture)) progress.finished.add(upload);
      break;
    }
    case 'PackageInstalled':
    case 'VersionReleased':
      progress.unrequested.delete(event.upload);
      progress.unfinished.delete(event.upload);
      progress.finished.delete(event.upload);
      break;
  }
};

/** `UPLOAD-ARCHITECTURE`, and an upload's id has 26 characters. */
const partsOf = (build: BuildId) => [build.slice(0, 26) as UploadId, build.slice(27) as Architecture] as const;

/** True when it was the last. */
const takeOut = (open: Map<UploadId, Set<Architecture>>, upload: UploadId, architecture: Architecture): boolean => {
  const left = open.get(upload);
  left?.delete(architecture);
  return left?.size === 0 && open.delete(upload);
};
