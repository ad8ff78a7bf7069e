import type { Look } from './parts.ts';

/** Where a check stands, in words of the log. */
export type CheckStatus = 'requested' | 'running' | 'passed' | 'failed' | 'skipped' | 'abandoned' | 'cancelled';

export const checkStatusLook: Readonly<Record<CheckStatus, Look>> = {
  requested: 'idle',
  running: 'busy',
  passed: 'good',
  failed: 'bad',
  skipped: 'idle',
  abandoned: 'bad',
  cancelled: 'warn',
};
