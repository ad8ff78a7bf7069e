import type { Host } from '../domain/configuration/first-run.ts';

/** The machine we run on, as its own package manager sees it. */
export interface HostMachine {
  /** Rejects with a sentence for the administrator when apt does not know where it draws from. */
  readonly read: () => Promise<Host>;
}
