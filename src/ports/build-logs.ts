import type { StoredFile } from '../domain/debian/names.ts';
import type { BuildId } from '../domain/ids.ts';
import type { Builder } from './builder.ts';

/** Where the logs of builds are: of those that run here, and of those that ended. */
export type BuildLogs = {
  readonly liveLog: Builder['liveLog'];
  /** The log of the last ended attempt; `undefined` when none ended. */
  readonly storedLog: (build: BuildId) => Promise<StoredFile | undefined>;
};

/** A few lines of a log, as text without what only terminals understand. */
export type LogLines = {
  /** Number of the first of `lines`. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Lines that the log has by now. */
  readonly of: number;
  readonly isGrowing: boolean;
};

/** What is sought: the first line that reads like an error, or one that holds a text. */
export type SoughtInLog = { readonly error: true } | { readonly text: string };

/** `line`: the first one that fits. Else `next`: where to go on, for there is more than one look takes; or neither: there is none. */
export type FoundInLog = { readonly line: number | undefined; readonly next: number | undefined };

/** `gone`: there was one, and it is not kept any more. */
export type OpenedLog =
  | {
      /** At most `count` lines from `first` on, or the last ones without it; in bounded time and memory, whatever the log holds. */
      readonly lines: (first: number | undefined, count: number) => Promise<LogLines>;
      readonly find: (sought: SoughtInLog, from: number) => Promise<FoundInLog>;
    }
  | { readonly gone: StoredFile };

/** The log of a build, while it is written and afterwards; `undefined` when there is none. */
export type ReadLog = (build: BuildId) => Promise<OpenedLog | undefined>;
