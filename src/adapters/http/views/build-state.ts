import type { BuildState } from './home-model.ts';
import type { Look } from './parts.ts';

export const buildLook: Readonly<Record<BuildState, Look>> = {
  'needs-build': 'idle',
  building: 'busy',
  built: 'good',
  failed: 'bad',
  'dep-wait': 'idle',
  skipped: 'idle',
  cancelled: 'warn',
};
