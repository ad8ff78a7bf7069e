/** What one stranger, and all of them together, may take of us. Sizes in bytes, times in milliseconds. */
export type Limits = {
  /** Largest file: 552. */
  readonly file: number;
  /** All that lies in incoming, finished or on its way: 452. */
  readonly incoming: number;
  /** How many files may lie in incoming: 452. */
  readonly incomingFiles: number;
  /** How many files one session may store: 452. */
  readonly filesPerSession: number;
  /** Sessions at once: 421. */
  readonly sessions: number;
  /** Sessions at once from one address (an IPv6 /64 counts as one): 421. */
  readonly sessionsPerAddress: number;
  /** A session without a command and without a transfer: 421. */
  readonly idle: number;
  /** How long we wait for the data connection of a transfer: 425. */
  readonly dataConnection: number;
  /** Fewest bytes that must arrive in each window of a transfer: 426. A window, not an instant: a slow line may pause. */
  readonly lowestRate: { readonly bytes: number; readonly window: number };
  /** Longest command line: 500, and the session ends. */
  readonly line: number;
  /** How long transfers under way may go on once the door closes. */
  readonly closing: number;
};

/** What suits a daemon for a team: a browser's source fits, a forgotten disk image does not. */
export const usualLimits: Limits = {
  file: 8 * 1024 ** 3,
  incoming: 32 * 1024 ** 3,
  incomingFiles: 20_000,
  filesPerSession: 2_000,
  sessions: 100,
  sessionsPerAddress: 16,
  idle: 120_000,
  dataConnection: 20_000,
  lowestRate: { bytes: 16 * 1024, window: 60_000 },
  line: 1024,
  closing: 15_000,
};
