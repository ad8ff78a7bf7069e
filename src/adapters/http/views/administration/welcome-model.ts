import type { Standing } from '../standing.ts';
import type { FormModel } from './models.ts';

/** What the wizard asks, as far as it is answered. */
export type Questions = Pick<FormModel, 'section' | 'fields' | 'typed' | 'known' | 'faults'> & {
  /** Why mirrors could not be taken from the host. */
  readonly hostFault: string | undefined;
};

type Line = { readonly name: string; readonly standing: Standing };

/** How a repository comes to be, and how it is used when it is there. */
export type FirstSteps = {
  readonly repository: string;
  /** Of the archive key. */
  readonly fingerprint: string | undefined;
  readonly sources: readonly Line[];
  /** `lines`: the last ones that its preparation printed, while it is under way. */
  readonly chroots: readonly (Line & { readonly lines: readonly string[] | undefined })[];
  readonly standing: Standing;
  readonly isReady: boolean;
  /** For `~/.dput.cf`. */
  readonly dput: string;
  /** What dput calls this instance. */
  readonly target: string;
  /** A distribution that takes uploads; `undefined` where none does. */
  readonly uploadTo: string | undefined;
  readonly suites: readonly { readonly distribution: string; readonly oneLine: string; readonly deb822: string }[];
  readonly allowsUnauthenticated: boolean;
  readonly keyrings: readonly string[];
  /** People whose keys were approved for it. */
  readonly uploaders: number;
};
