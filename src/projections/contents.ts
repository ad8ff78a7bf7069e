import type { BinariesInstalled, InstalledBinary, PackageInstalled } from '../domain/archive/events.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { SourceName } from '../domain/debian/names.ts';
import type { UploadId } from '../domain/ids.ts';
import type { HeldVersion } from '../ports/archive.ts';
import type { Recorded } from './recorded.ts';

/** Who held a slot, newest first; rollback k of a distribution is `earlier[k]` of each of its slots. */
export type Slot<Held = HeldVersion> = { readonly present: Held | undefined; readonly earlier: readonly Held[] };

/** The present occupant becomes the first of the earlier ones; what falls out at `depth` stays out. */
export const occupy = <Held>({ present, earlier }: Slot<Held>, next: Held, depth: number): Slot<Held> => ({
  present: next,
  earlier: present === undefined ? earlier : [present, ...earlier].slice(0, depth),
});

/** What every distribution holds, and held as far as its suite remembers. Folded in place: ask, do not keep. */
export type Contents = {
  readonly shelves: Map<DistributionName, Shelf>;
  /** Portions of what is being installed: whole with its `PackageInstalled`. */
  readonly arriving: Map<UploadId, readonly InstalledBinary[]>;
};

export type Shelf = {
  readonly slots: Map<SourceName, Slot>;
  /** Which source a binary package belongs to: one per distribution. */
  readonly owners: Map<string, SourceName>;
};

export const noContents = (): Contents => ({ shelves: new Map(), arriving: new Map() });

export const foldContents = (contents: Contents, { event }: Recorded, configuration: Configuration): void => {
  switch (event.type) {
    case 'BinariesInstalled':
      contents.arriving.set(event.upload, arrived(contents, event));
      break;
    case 'PackageInstalled':
      install(contents, { ...event, binaries: arrived(contents, event) }, configuration);
      contents.arriving.delete(event.upload);
      break;
  }
};

const arrived = (
  { arriving }: Contents,
  { upload, binaries }: BinariesInstalled | PackageInstalled,
): readonly InstalledBinary[] => [...(arriving.get(upload) ?? []), ...binaries];

const install = (contents: Contents, event: PackageInstalled, configuration: Configuration): void => {
  const shelf = shelfOf(contents, event.distribution);
  const slot = shelf.slots.get(event.source) ?? { present: undefined, earlier: [] };
  for (const binary of slot.present?.binaries ?? []) shelf.owners.delete(binary.package);
  shelf.slots.set(event.source, occupy(slot, heldBy(event), depthOf(configuration, event)));
  for (const binary of event.binaries) shelf.owners.set(binary.package, event.source);
};

const shelfOf = (contents: Contents, name: DistributionName): Shelf => {
  const shelf = contents.shelves.get(name) ?? { slots: new Map(), owners: new Map() };
  contents.shelves.set(name, shelf);
  return shelf;
};

const heldBy = ({ source, version, component, dsc, sources, binaries }: PackageInstalled): HeldVersion => ({
  source,
  version,
  component,
  dsc,
  sources,
  binaries,
});

const depthOf = ({ repositories, layouts }: Configuration, event: PackageInstalled): number => {
  const { suite } = parseDistribution(event.distribution);
  const layout = layouts.get(repositories.get(event.repository)?.layout ?? '');
  return layout?.suites.find((candidate) => candidate.suite === suite)?.rollbacks ?? 0;
};

export const held = (contents: Contents, name: DistributionName): readonly HeldVersion[] =>
  slotsOf(contents, name).flatMap(({ present }) => present ?? []);

export const heldEarlier = (contents: Contents, name: DistributionName, rollback: number): readonly HeldVersion[] =>
  slotsOf(contents, name).flatMap(({ earlier }) => earlier[rollback] ?? []);

const slotsOf = (contents: Contents, name: DistributionName): readonly Slot[] => [
  ...(contents.shelves.get(name)?.slots.values() ?? []),
];

/** Binary packages that the distribution already has from another source. */
export const ownedElsewhere = (
  contents: Contents,
  name: DistributionName,
  source: SourceName,
  packages: readonly string[],
): readonly { readonly package: string; readonly source: SourceName }[] =>
  [...new Set(packages)].flatMap((each) => {
    const owner = contents.shelves.get(name)?.owners.get(each);
    return owner === undefined || owner === source ? [] : [{ package: each, source: owner }];
  });

/** Where one source stands: every distribution of every repository that holds or held it. */
export const whereabouts = (
  contents: Contents,
  source: SourceName,
): readonly { readonly distribution: DistributionName; readonly slot: Slot }[] =>
  [...contents.shelves].flatMap(([distribution, { slots }]) => {
    const slot = slots.get(source);
    return slot === undefined ? [] : [{ distribution, slot }];
  });
