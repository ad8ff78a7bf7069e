/** What incoming takes, by whichever door. Sizes in bytes, times in milliseconds. */
export type IncomingLimits = {
  /** Largest file. */
  readonly file: number;
  /** All that lies in incoming, finished or on its way. */
  readonly incoming: number;
  /** How many files may lie in incoming. */
  readonly incomingFiles: number;
  /** Fewest bytes that must arrive in each window of a transfer. A window, not an instant: a slow line may pause. */
  readonly lowestRate: { readonly bytes: number; readonly window: number };
};

/** What suits a daemon for a team: a browser's source fits, a forgotten disk image does not. */
export const usualIncomingLimits: IncomingLimits = {
  file: 8 * 1024 ** 3,
  incoming: 32 * 1024 ** 3,
  incomingFiles: 20_000,
  lowestRate: { bytes: 16 * 1024, window: 60_000 },
};
