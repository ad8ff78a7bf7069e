import type { Readable } from 'node:stream';
import type * as t from 'io-ts';
import type { BuildTimes, BuiltBinary, FailureClass, StageTime } from '../domain/build/events.ts';
import type { Recipe } from '../domain/build/recipe.ts';
import type { BinNmuFacts } from '../domain/buildrequest/travelling-binnmu.ts';
import type { ChrootConfigured } from '../domain/configuration/chroot-events.ts';
import type { SourceConfigured } from '../domain/configuration/events.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { Architecture, Codename, SourceName, StoredFile, Version } from '../domain/debian/names.ts';
import type { BuildId } from '../domain/ids.ts';

/** Everything one attempt needs. Nothing is looked up elsewhere, so that any builder could run it. */
export type BuildOrder = {
  readonly build: BuildId;
  readonly attempt: number;
  readonly source: SourceName;
  readonly version: Version;
  readonly distribution: DistributionName;
  readonly codename: Codename;
  readonly architecture: Architecture;
  readonly archAll: boolean;
  /** The source package, the `.dsc` first; in the file store. */
  readonly sources: readonly StoredFile[];
  /** Sources beside those of the template, whole, as deb822 with `Signed-By` embedded; empty when there are none. */
  readonly aptSources: string;
  /** `/etc/apt/preferences` of the build, whole. */
  readonly aptPreferences: string;
  /** By which who answers at the first of the sources is believed, in PEM format, and nobody else; without it, by what the chroot has. */
  readonly aptCertificates?: string;
  /** `HOST:PORT`s that installing dependencies may reach; the build step itself reaches none. */
  readonly aptHosts: readonly string[];
  readonly recipe: Recipe;
  /** A rebuild without a change of a version that stands; absent for what an upload asked for. */
  readonly binNmu?: BinNmuFacts;
  readonly timeoutSeconds: number;
  /** Longest time without a line in the log. */
  readonly silenceSeconds: number;
};

/** The whole log, compressed, in the file store, whatever the outcome. */
export type BuildResult =
  | {
      readonly outcome: 'succeeded';
      readonly binaries: readonly t.TypeOf<typeof BuiltBinary>[];
      /** The `.changes` and `.buildinfo` that sbuild wrote. */
      readonly records: readonly StoredFile[];
      readonly log: StoredFile;
      readonly times: BuildTimes;
    }
  | { readonly outcome: 'skipped'; readonly log: StoredFile; readonly times: BuildTimes }
  | {
      /** What it needs cannot be had: each of `missing`, relations as in `Build-Depends` (Policy §7.1), has to be met. */
      readonly outcome: 'dep-wait';
      readonly missing: readonly string[];
      readonly fact: string;
      readonly log: StoredFile;
      readonly times: BuildTimes;
    }
  | {
      readonly outcome: 'failed';
      readonly class: t.TypeOf<typeof FailureClass>;
      readonly stage: string;
      readonly fact: string;
      readonly log: StoredFile | null;
      readonly times: BuildTimes;
    };

/** The attempt ended and says nothing about the package. The message may repeat what stands in its log, and these words are a stranger's. */
export class NoVerdict extends Error {}

/** Builds source packages in clean chroots. */
export interface Builder {
  /**
   * Runs one attempt in a chroot of its own and a folder named by build and attempt. Rejects only when the attempt says
   * nothing about the package (no session, disk full, helper gone): the build is then given back.
   * `cancel` ends it: the result is `failed` with class `killed`.
   */
  readonly build: (order: BuildOrder, cancel: AbortSignal) => Promise<BuildResult>;
  /** The log of a build that runs here; `undefined` when none does. */
  readonly liveLog: (build: BuildId) => LiveLog | undefined;
}

/** A log while it is written. Who reads never makes the build wait, and may go on when the build has ended. */
export type LiveLog = {
  /** From that byte (the first one without it) and as it grows; ends when the log is closed. */
  readonly follow: (from?: number) => Readable;
  /** Bytes that can be read by now. */
  readonly size: () => number;
  /** At most `length` bytes from there, of those that can be read by now. Rejects when the log went away. */
  readonly read: (from: number, length: number) => Promise<Buffer>;
  /** What the build says that it is doing, in a word or two; `undefined` until it says. */
  readonly stage: () => string | undefined;
  /** How long each stage took, the last one until now. */
  readonly stages: () => readonly StageTime[];
  /** The end of what was written, at most 64 kB. */
  readonly end: () => string;
};

export type ChrootResult =
  | { readonly outcome: 'prepared'; readonly generation: string; readonly seconds: number }
  | { readonly outcome: 'failed'; readonly stage: string; readonly fact: string };

/** What the machine can give; shown by `status`, each with what is missing where it is not `true`. */
export type Confinement = {
  /** The build step reaches no network but its own loopback. */
  readonly network: true | string;
  /** Processes of a build end with it. */
  readonly processes: true | string;
  /** A build that takes too many processes or too much memory is ended, and no other suffers. */
  readonly bounds: true | string;
};

/** Templates that builds are made from. */
export interface Chroots {
  /**
   * Makes a new template beside the present one and switches. A failure leaves nothing behind. Progress a line each.
   */
  readonly prepare: (
    chroot: ChrootConfigured,
    base: SourceConfigured,
    extras: readonly SourceConfigured[],
    progress: (line: string) => void,
  ) => Promise<ChrootResult>;
  /** Whether the template of `generation` is usable right now. */
  readonly isReady: (codename: Codename, architecture: Architecture, generation: string) => Promise<boolean>;
  readonly remove: (codename: Codename, architecture: Architecture) => Promise<void>;
  /** Ends sessions, processes and folders that an earlier life left; says what it found. Call before the first build. */
  readonly sweep: () => Promise<readonly string[]>;
  readonly confinement: () => Promise<Confinement>;
}
