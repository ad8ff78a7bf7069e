/** One line of the table: what we took, what it is held against in the same run, and whether that is good enough. */
export type Figure = {
  /** What was done: `1 MB source, signed`. */
  readonly what: string;
  /** Both with their unit; `peer` says what it is. */
  readonly ours: string;
  readonly peer: string;
  /** The value that is bound: `1.42 ×`. */
  readonly value: string;
  /** `≤ 1.5 ×`; `undefined` for a figure that is only shown. */
  readonly bound: string | undefined;
  readonly isMet: boolean;
};

/** One measure that may be asked for by its name. Figures come with their row, whatever else it needed. */
export type Row = {
  readonly name: string;
  /** What is measured over what, in a few words. */
  readonly about: string;
  /** After which it is given up, default 60. It begins nothing new after two thirds. */
  readonly seconds?: number;
  /** What several rows share and may take its time, made before the row's own time begins. */
  readonly prepare?: (bench: Bench) => Promise<unknown>;
  readonly run: (bench: Bench) => Promise<readonly Figure[]>;
};

/** What a row is given. */
export type Bench = {
  /** Makes an empty folder that everybody may enter, gone with the run. */
  readonly folder: (name: string) => Promise<string>;
  /** A line of progress. */
  readonly say: (line: string) => void;
  /** Milliseconds since 1970 after which nothing more should be begun. */
  readonly until: () => number;
  /** Undone at the end of the run, the last first. */
  readonly atEnd: (undo: () => unknown) => void;
};

/** Thrown by a row that cannot be measured here; the message says what is missing. */
export class Skipped extends Error {}

const held = (value: number, unit: string, comparison: '≤' | '≥', limit: number) => ({
  value: `${shown(value)} ${unit}`,
  bound: `${comparison} ${limit.toLocaleString('en')} ${unit}`,
  isMet: comparison === '≤' ? value <= limit : value >= limit,
});

export const atMost = (limit: number, value: number, unit = '×') => held(value, unit, '≤', limit);
export const atLeast = (limit: number, value: number, unit = '×') => held(value, unit, '≥', limit);
export const onlyShown = (value: number, unit = '×') => ({
  value: `${shown(value)} ${unit}`,
  bound: undefined,
  isMet: true,
});

/** Three significant digits, or every digit before the point. */
export const shown = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });
