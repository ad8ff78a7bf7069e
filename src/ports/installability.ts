import type { SourceConfigured } from '../domain/configuration/events.ts';
import type { Architecture } from '../domain/debian/names.ts';

/** A package that cannot be installed, and what stands in its way, for a person. */
export type Broken = { readonly package: string; readonly version: string; readonly because: string };

/** One architecture of a distribution. */
export type InstallabilityQuestion = {
  readonly architecture: Architecture;
  /** The stanzas of its `Packages`, of every component, as latin1. */
  readonly packages: Buffer;
  /** Archives that machines have besides. */
  readonly beside: readonly SourceConfigured[];
};

/** `unknown`: why it cannot be told here, for a person. */
export type Installable = { readonly broken: readonly Broken[] } | { readonly unknown: string };

/**
 * Says which packages no machine could install, whatever it has: a dependency is nowhere, or two of them exclude each other. Takes no
 * longer than a minute or says that it is unknown. Changes nothing; never rejects.
 */
export interface Installability {
  readonly examine: (question: InstallabilityQuestion) => Promise<Installable>;
}
