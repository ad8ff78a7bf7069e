import { withoutEpoch } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { binaryKey, type FoundBinary, type FoundFile, type FoundSource } from './found.ts';

/** One version of a source with all its binaries, from every suite it stands in. */
export type FoundVersion = {
  readonly source: FoundSource;
  readonly binaries: Map<string, FoundBinary>;
  /** Why it cannot be taken, wherever it stands. */
  fault: Refusal | undefined;
};

export type VersionTable = ReadonlyMap<string, FoundVersion>;

type Holding = { readonly sources: readonly FoundSource[]; readonly binaries: readonly FoundBinary[] };

export const versionKey = (source: string, version: string): string => `${source} ${version}`;

/** Every version of all suites; each has the same files wherever it stands, and a name has the same bytes in all versions of a source. */
export const versionTable = (suites: readonly Holding[]): VersionTable => {
  const table = new Map<string, FoundVersion>();
  for (const source of suites.flatMap(({ sources }) => sources)) {
    const key = versionKey(source.source, source.version);
    const known = table.get(key);
    if (known === undefined) table.set(key, { source, binaries: new Map(), fault: undefined });
    else known.fault ??= otherSource(known.source, source);
  }
  for (const binary of suites.flatMap(({ binaries }) => binaries)) {
    const of = table.get(versionKey(binary.source, binary.sourceVersion));
    const known = of?.binaries.get(binaryKey(binary));
    if (of === undefined) continue;
    if (known === undefined) of.binaries.set(binaryKey(binary), binary);
    else if (known.file.sha256 !== binary.file.sha256) of.fault ??= conflict(known.file, binary.file);
    else if (known.component !== binary.component) of.fault ??= twoComponents(binaryKey(binary));
  }
  findNamesakes(table);
  return table;
};

/** All files of a version. Names are those of the pool, where epochs do not count. */
export const filesOf = ({ source, binaries }: FoundVersion): readonly FoundFile[] => [
  source.dsc,
  ...source.files,
  ...[...binaries.values()].map(({ file }) => file),
];

const findNamesakes = (table: VersionTable): void => {
  const named = new Map<string, FoundFile>();
  for (const version of table.values()) {
    const { source } = version.source;
    const burnt = `${source} ${withoutEpoch(version.source.version)}`;
    const names = filesOf(version).map((each) => [`${source}/${each.name}`, each] as const);
    for (const [key, file] of [[burnt, version.source.dsc] as const, ...names]) {
      const known = named.get(key);
      if (known === undefined) named.set(key, file);
      else if (known.sha256 !== file.sha256) version.fault ??= conflict(known, file);
    }
  }
};

const otherSource = (one: FoundSource, other: FoundSource): Refusal | undefined => {
  if (one.component !== other.component) return twoComponents(`${one.source} ${one.version}`);
  const there = new Map([one.dsc, ...one.files].map((file) => [file.name, file]));
  const files = [other.dsc, ...other.files];
  const odd = files.find(({ name, sha256 }) => there.get(name)?.sha256 !== sha256);
  if (odd === undefined && there.size === files.length) return undefined;
  return conflict(there.get((odd ?? other.dsc).name) ?? one.dsc, odd ?? other.dsc);
};

const conflict = (one: FoundFile, other: FoundFile): Refusal =>
  refusal(
    'pool-conflict',
    `${other.name} has SHA-256 ${other.sha256} at one place, and ${one.name} has ${one.sha256} at another`,
    'one name has one content here: have one of them built anew with a higher version, or leave it out: --skip-refused',
  );

const twoComponents = (what: string): Refusal =>
  refusal(
    'pool-conflict',
    `${what} stands in several components`,
    'let it be in one component, or leave it out: --skip-refused',
  );
