import type { Architecture, Codename, FileName, StoredFile } from '../domain/debian/names.ts';
import type { SessionId } from '../domain/ids.ts';

/** One procedure and everything it needs. Nothing is looked up elsewhere. */
export type SessionOrder = {
  readonly session: SessionId;
  readonly attempt: number;
  /** A script of ours in `ops/sessions`. */
  readonly procedure: string;
  readonly codename: Codename;
  readonly architecture: Architecture;
  /** What stands in `source/`: files of the file store, and texts. No two have one name. */
  readonly files: readonly StoredFile[];
  readonly texts: readonly { readonly name: FileName; readonly text: string }[];
  /** As in a build (`BuildOrder`); read only by procedures that apt has a way out for. */
  readonly aptSources: string;
  readonly aptPreferences: string;
  readonly aptCertificates?: string;
  readonly aptHosts: readonly string[];
  readonly timeoutSeconds: number;
  /** Longest time without a line in the log. */
  readonly silenceSeconds: number;
  /** What is taken from `output/` at most, all files together. */
  readonly outputBytes: number;
  /** Name of the compressed log in the file store. */
  readonly logName: FileName;
};

/** The whole log, compressed, in the file store, whatever the outcome. */
export type SessionResult =
  | { readonly outcome: 'done'; readonly files: readonly StoredFile[]; readonly log: StoredFile }
  /** The procedure says that what it was given is at fault. */
  | { readonly outcome: 'refused'; readonly fact: string; readonly log: StoredFile }
  /** It was ended, by us or by a bound that it met. */
  | {
      readonly outcome: 'ended';
      /** `timeout`, `silence`, `cancelled`, `output`, or the bound: `processes`, `memory`, `disk`. */
      readonly stage: string;
      readonly fact: string;
      readonly log: StoredFile;
    };

/** Runs procedures on strangers' files in throw-away sessions of a chroot. */
export interface Sessions {
  /**
   * Runs one attempt in a session of its own and a folder named by session and attempt, so that the same may be run again. Rejects only
   * when that says nothing about what was given (no chroot, the procedure itself failed, helper gone).
   */
  readonly run: (order: SessionOrder, cancel: AbortSignal) => Promise<SessionResult>;
}
