import type { ImportOptions } from '../../src/cli/host-import.ts';

/** An import as it is asked for without any option. */
export const importAsked: ImportOptions = {
  suites: '',
  map: [],
  unsigned: false,
  anyRelease: false,
  older: 'refuse',
  closeGaps: false,
  skipRefused: false,
  dryRun: false,
  abandon: false,
};
