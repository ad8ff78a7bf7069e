import { isLeft } from 'fp-ts/lib/Either.js';
import { fieldOf, linesOf, parseDeb822 } from './deb822.ts';
import { Sha256, SourceName, Version } from './names.ts';

/** A source package as a stanza of `Sources` has it; `path` is where its `.dsc` lies below the archive. */
export type ListedSource = {
  readonly source: SourceName;
  readonly version: Version;
  readonly path: string;
  readonly sha256: Sha256;
};

/** `undefined` where it cannot be read, or leads out of the archive. */
export const listedSource = (stanza: string): ListedSource | undefined => {
  const parsed = parseDeb822(stanza);
  const [only] = isLeft(parsed) ? [] : parsed.right;
  if (only === undefined) return undefined;
  const [source, version, folder] = ['Package', 'Version', 'Directory'].map((name) => fieldOf(only, name));
  const [sha256, , name, ...more] =
    linesOf(fieldOf(only, 'Checksums-Sha256') ?? '')
      .map((line) => line.trim().split(/\s+/))
      .find((words) => words[2]?.endsWith('.dsc')) ?? [];
  if (!SourceName.is(source) || !Version.is(version) || !Sha256.is(sha256) || more.length > 0) return undefined;
  const path = folder === undefined || folder === '.' ? `${name}` : `${folder}/${name}`;
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._+~:-]*(?:\/[A-Za-z0-9][A-Za-z0-9._+~:-]*)*$/.test(path);
  return isPlain && path.length <= 500 ? { source, version, path, sha256 } : undefined;
};

/** Whether a stanza of `Sources` is of one of the packages: a quick look, before it is read. */
export const isSourceOf = (names: ReadonlySet<string>, stanza: string): boolean =>
  names.has(/^Package: *(\S+)/m.exec(stanza)?.[1] ?? '');
