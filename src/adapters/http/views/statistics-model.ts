export const steps = ['days', 'weeks', 'months'] as const;

/** How finely time is divided. */
export type Step = (typeof steps)[number];

/** One stretch of time, which begins on a day like `2026-11-22`. */
export type Stretch = {
  readonly begins: string;
  readonly uploads: { readonly accepted: number; readonly rejected: number; readonly installed: number };
  /** Attempts that ended, in the order of the architectures. */
  readonly builds: readonly { readonly succeeded: number; readonly failed: number }[];
  /** Seconds within which half and nine of ten builds that succeeded were done; `undefined` without any. */
  readonly half: number | undefined;
  readonly most: number | undefined;
  /** Most at once. */
  readonly waiting: number;
  readonly running: number;
  /** Bytes at its end, in the order of the repositories. */
  readonly kept: readonly number[];
};

export type StatisticsModel = {
  readonly step: Step;
  /** Oldest first. */
  readonly stretches: readonly Stretch[];
  readonly architectures: readonly string[];
  readonly repositories: readonly {
    readonly repository: string;
    /** Else it is configured no more, and keeps what is not let go. */
    readonly isConfigured: boolean;
    readonly bytes: number;
  }[];
};
