import type { CheckTool, Finding } from '../domain/check/findings.ts';
import type { Architecture, Codename, SourceName, StoredFile, Version } from '../domain/debian/names.ts';
import type { CheckId } from '../domain/ids.ts';

/** Everything one attempt at a check needs. Nothing is looked up elsewhere. */
export type CheckOrder = {
  readonly check: CheckId;
  readonly attempt: number;
  readonly tool: CheckTool;
  /** Further arguments of the tool, as the distribution has them. */
  readonly options: readonly string[];
  readonly source: SourceName;
  readonly version: Version;
  readonly codename: Codename;
  readonly architecture: Architecture;
  /** The source package, the `.dsc` first. */
  readonly sources: readonly StoredFile[];
  /** Whether the source itself is looked at here; it is once an upload. */
  readonly withSource: boolean;
  /** The `.changes` and `.buildinfo` of the build. */
  readonly records: readonly StoredFile[];
  /** Packages of the build that is checked. */
  readonly binaries: readonly StoredFile[];
  /** Arch-indep packages of the same upload that were built elsewhere, and may be needed. */
  readonly siblings: readonly StoredFile[];
  /** As in a build (`BuildOrder`). */
  readonly aptSources: string;
  readonly aptPreferences: string;
  readonly aptCertificates?: string;
  readonly aptHosts: readonly string[];
  readonly timeoutSeconds: number;
  readonly silenceSeconds: number;
};

export type CheckReport =
  | {
      readonly outcome: 'checked';
      /** What tool it was, as it calls itself: `2.116.3`. */
      readonly toolVersion: string;
      /** The same ones together, the gravest first. */
      readonly findings: readonly Finding[];
      /** What the tool wrote. */
      readonly report: StoredFile | null;
      readonly log: StoredFile;
    }
  /** There is nothing to check. */
  | { readonly outcome: 'skipped'; readonly because: string; readonly log: StoredFile };

/** Looks at built packages with a tool of Debian's, in a throw-away session that holds it. */
export interface Checker {
  /**
   * Runs one attempt in a session named by check and attempt, so that the same may be run again. Rejects when the attempt says nothing
   * about the packages (no session, mirror away, cancelled): the check is then given back.
   */
  readonly check: (order: CheckOrder, cancel: AbortSignal) => Promise<CheckReport>;
}
