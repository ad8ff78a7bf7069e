/** What the daemon said of itself lately. */
export interface Journal {
  /** The last `lines` entries, oldest first; fewer when there are fewer, or when they were long. */
  readonly last: (lines: number) => readonly JournalEntry[];
}

/** `at` in milliseconds since 1970. `details` holds what an entry is about, by name. */
export type JournalEntry = {
  readonly at: number;
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
};
