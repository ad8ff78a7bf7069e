import { type Configuration, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { type Contents, sourcesIn } from '../../projections/contents.ts';

/** Packages that apt would see no more. `packages` is undefined where nobody knows what is held. */
export type Taken = {
  readonly from: string;
  readonly packages: number | undefined;
  readonly kind: 'source' | 'binary';
  /** A whole repository, or something of one that stays. */
  readonly whole: boolean;
};

/** What another configuration would take from apt: repositories, codenames, suites, rollbacks, architectures, components. */
export const takenFromApt = (
  present: Configuration,
  after: Configuration,
  contents: Contents | undefined,
): readonly Taken[] =>
  [...present.repositories.values()]
    .flatMap((repository): readonly Taken[] => {
      const id = repository.repository;
      const staying = after.repositories.get(id);
      if (staying === undefined) {
        const packages = contents && sourcesIn(contents, id);
        return [{ from: `repository ${id}`, packages, kind: 'source', whole: true }];
      }
      const suites = new Map(suitesOf(after, staying).map((target) => [target.name, target]));
      return suitesOf(present, repository).flatMap((target) => ofSuite(target, suites.get(target.name), contents));
    })
    .filter(({ packages }) => packages !== 0);

const ofSuite = (before: Target, after: Target | undefined, contents: Contents | undefined): readonly Taken[] => {
  // Made only where something is lost: it is everything that the suite holds.
  const held = () => contents && occupants(before, contents);
  const source = (from: string, isTaken: (one: Occupant) => boolean): Taken => {
    const taken = held()
      ?.filter(isTaken)
      .map(({ version }) => version.source);
    return { from, packages: taken && new Set(taken).size, kind: 'source', whole: false };
  };
  if (after === undefined) return [source(before.name, () => true)];
  const depth = after.suite.rollbacks;
  return [
    ...(depth < before.suite.rollbacks
      ? [source(`rollbacks of ${before.name} from ${depth} on`, ({ rollback }) => rollback >= depth)]
      : []),
    ...before.distribution.components
      .filter((component) => !after.distribution.components.includes(component))
      .map((component) => source(`${component} of ${before.name}`, ({ version }) => version.component === component)),
    ...lostArchitectures(before, after).map((architecture): Taken => {
      const binaries = held()?.flatMap(({ version }) =>
        version.binaries.filter((each) => each.architecture === architecture),
      );
      return {
        from: `${architecture} of ${before.name}`,
        packages: binaries && new Set(binaries.map((binary) => binary.package)).size,
        kind: 'binary',
        whole: false,
      };
    }),
  ];
};

const lostArchitectures = (before: Target, after: Target): readonly string[] => {
  const staying = new Set<string>(after.distribution.architectures.map(({ architecture }) => architecture));
  return before.distribution.architectures.map(({ architecture }) => architecture).filter((each) => !staying.has(each));
};

/** `rollback` is -1 for what the suite itself holds. */
type Occupant = { readonly version: HeldVersion; readonly rollback: number };

const occupants = ({ name, suite }: Target, { shelves }: Contents): readonly Occupant[] =>
  [...(shelves.get(name)?.slots.values() ?? [])].flatMap(({ present, earlier }) => [
    ...(present === undefined ? [] : [{ version: present, rollback: -1 }]),
    ...earlier.slice(0, suite.rollbacks).map((version, rollback) => ({ version, rollback })),
  ]);

/** For a person. */
export const inWords = ({ from, packages, kind }: Taken): string =>
  packages === undefined
    ? `${from} may hold packages, and apt would see them no more`
    : `apt would see ${packages} ${kind} package${packages === 1 ? '' : 's'} of ${from} no more`;
