import type { UploadProgress } from './home-model.ts';
import type { Look } from './parts.ts';

export const progressLook: Readonly<Record<UploadProgress, Look>> = {
  received: 'busy',
  'needs-build': 'idle',
  'dep-wait': 'idle',
  building: 'busy',
  built: 'busy',
  publishing: 'busy',
  installed: 'good',
  failed: 'bad',
  rejected: 'bad',
};

/** Whether its builds can still be cancelled. */
export const isUnderWay = (state: UploadProgress): boolean => underWay.has(state);

const underWay: ReadonlySet<UploadProgress> = new Set(['received', 'needs-build', 'dep-wait', 'building', 'built']);
