import { buildOf } from './build-queue.ts';
import type { Recorded } from './recorded.ts';
import { storyOf } from './uploads.ts';
import type { World } from './world.ts';

/** How long one stage of an upload's way took. `architecture` is empty where it means nothing. */
export type StageDuration = {
  readonly stage: 'judge' | 'wait' | 'build' | 'publish';
  readonly architecture: string;
  readonly result: 'succeeded' | 'failed' | 'skipped';
  readonly seconds: number;
};

/** What an event just folded says about how long something took. */
export const stageDuration = (world: World, { event, recordedAt }: Recorded): StageDuration | undefined => {
  const since = (then: string | undefined): number =>
    then === undefined ? 0 : Math.max(0, (Date.parse(recordedAt) - Date.parse(then)) / 1000);
  switch (event.type) {
    case 'UploadAccepted':
    case 'UploadRejected': {
      const result = event.type === 'UploadAccepted' ? 'succeeded' : 'failed';
      return {
        stage: 'judge',
        architecture: '',
        result,
        seconds: since(storyOf(world.uploads, event.upload)?.receivedAt),
      };
    }
    case 'BuildStarted': {
      const build = buildOf(world.builds, event.build);
      const architecture = build?.requested.architecture ?? '';
      return { stage: 'wait', architecture, result: 'succeeded', seconds: since(build?.requestedAt) };
    }
    case 'BuildSucceeded':
    case 'BuildFailed': {
      const architecture = buildOf(world.builds, event.build)?.requested.architecture ?? '';
      const result = event.type === 'BuildSucceeded' ? 'succeeded' : 'failed';
      return { stage: 'build', architecture, result, seconds: event.times.total };
    }
    default:
      return undefined;
  }
};
