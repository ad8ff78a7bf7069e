import type { LastBackup } from '../../../../domain/backup/last.ts';
import type { Instant } from '../../../../domain/codec.ts';
import type { Field } from '../../../../domain/form/shape.ts';
import type { Typed } from '../../../../domain/form/typed.ts';
import type { Refusal } from '../../../../domain/refusal.ts';
import type { Ending } from '../../../../ports/api.ts';
import type { Happening } from '../happening.ts';
import type { AttentionLine } from '../home-model.ts';
import type { SealingModel } from '../seals-model.ts';
import type { Standing } from '../standing.ts';
import type { Again } from '../timeline.ts';
import type { OutlookModel } from './outlook.ts';
import type { YamlDifference } from './yaml-lines.ts';

/** All objects of one section, by name. */
export type SectionModel = {
  readonly section: string;
  readonly noun: string;
  readonly objects: readonly { readonly name: string; readonly standing: Standing }[];
};

export type OverviewModel = {
  readonly sections: readonly SectionModel[];
  /** What is looked after without being declared: how many there are, by how they do. */
  readonly others: readonly {
    readonly section: string;
    readonly noun: string;
    readonly states: readonly Pick<Standing, 'state' | 'look'>[];
  }[];
  readonly attention: readonly AttentionLine[];
  readonly sealing: SealingModel;
  readonly lastBackup?: LastBackup | undefined;
  /** Nothing can be uploaded anywhere yet. */
  readonly isNew: boolean;
};

export type ObjectModel = {
  readonly section: string;
  readonly noun: string;
  readonly name: string;
  /** Else it was here, and is no more. */
  readonly isThere: boolean;
  readonly canBeRemoved: boolean;
  readonly standing: Standing;
  /** What is declared of it, as YAML. */
  readonly document: string | undefined;
  readonly dependents: readonly Dependent[];
  /** What would become of all about it if it were removed; `undefined` of what cannot be. */
  readonly ends: Ending | undefined;
  /** The newest first. */
  readonly happenings: readonly (Happening & { readonly again?: Again | undefined })[];
  /** What making it printed, of what is made. */
  readonly preparation?: Preparation | undefined;
  /** Of the instance: the keys that sign what apt reads, the oldest first. */
  readonly archiveKeys?: readonly ArchiveKeyLine[] | undefined;
  /** What becomes of files, where not everything is kept. */
  readonly outlook?: OutlookModel | undefined;
};

export type ArchiveKeyLine = {
  readonly fingerprint: string;
  readonly subkeys: readonly string[];
  readonly createdAt: Instant | null;
  readonly state: 'signing' | 'retiring' | 'retired';
  /** When it ends by itself; `null` is never. */
  readonly expiresAt: Instant | null;
  readonly retiresAt: Instant | null;
  readonly retiredAt: Instant | null;
  /** Distributions that its retirement waits for. */
  readonly waitsFor: readonly string[];
};

export type Dependent = { readonly section: string; readonly name: string; readonly because: string };

/** What a change comes to. */
export type Proposal = {
  /** What `mini-buildd apply` takes for the same. */
  readonly document: string;
  /** What `mini-buildd apply --dry-run` says to it. */
  readonly words: string;
  /** Lines of the configuration that go and come; `undefined` where they are too many. */
  readonly yaml: YamlDifference | undefined;
  readonly isNothing: boolean;
  /** How many of what come, change and go: `2 sources, 1 repository come`. */
  readonly sum: string;
  /** What apt would see no more. */
  readonly taken: readonly string[];
  /** What it puts an end to. */
  readonly ends: Ending | undefined;
  /** Who agrees says this back. */
  readonly digest: string;
};

export type FormModel = {
  readonly section: string;
  readonly noun: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly fields: readonly Field[];
  readonly typed: Typed;
  /** Of many rows, the one that its reader wants to change: `suites.7`. */
  readonly opened?: string | undefined;
  /** What a field may name, by its path without rows; `name`: what a new object could be called. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  /** What of the object was shown when the form was opened. */
  readonly shown: string;
  readonly faults: readonly PlacedFault[];
  readonly proposal: Proposal | undefined;
  /** What somebody else made of it meanwhile, and which fields both changed. */
  readonly meanwhile: (Meanwhile & { readonly both: readonly string[] }) | undefined;
};

export type Meanwhile = { readonly by: string; readonly at: Instant; readonly words: string };

/** `field` is undefined for what is not wrong with one alone. */
export type PlacedFault = { readonly field: string | undefined; readonly because: Refusal };

export type RemovalModel = {
  readonly section: string;
  readonly noun: string;
  readonly name: string;
  readonly dependents: readonly Dependent[];
  /** What goes with it, beside what builds upon it. */
  readonly ends: Ending;
  readonly faults: readonly Refusal[];
  readonly proposal: Proposal | undefined;
};

export type DocumentModel = {
  readonly text: string;
  readonly shown: string;
  readonly faults: readonly Refusal[];
  readonly proposal: Proposal | undefined;
  /** The difference is to what somebody else made of it since it was shown. */
  readonly isChanged: boolean;
  /** What that was, as far as it is known. */
  readonly meanwhile: readonly Meanwhile[];
};

/** What a chroot's preparation printed: the one that is under way, or else the last one. */
export type Preparation = { readonly lines: readonly string[]; readonly isUnderWay: boolean };
