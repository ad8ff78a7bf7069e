/** What one stranger, and all of them together, may take of us beside room in incoming. Times in milliseconds. */
export type Limits = {
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
  /** How long a client may take over the handshake of TLS: he is cut off. */
  readonly handshake: number;
  /** Longest command line: 500, and the session ends. */
  readonly line: number;
  /** How long transfers under way may go on once the door closes. */
  readonly closing: number;
};

export const usualLimits: Limits = {
  filesPerSession: 2_000,
  sessions: 100,
  sessionsPerAddress: 16,
  idle: 120_000,
  dataConnection: 20_000,
  handshake: 10_000,
  line: 1024,
  closing: 15_000,
};
