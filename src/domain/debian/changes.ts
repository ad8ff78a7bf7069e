import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode, text } from '../codec.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { architectureWords, onlyParagraph, readField } from './control-fields.ts';
import { fieldOf } from './deb822.ts';
import { type ListedFile, listedFiles } from './file-lists.ts';
import { Component, type SourceName, Version } from './names.ts';
import { withoutEpoch } from './version.ts';

/** A `.changes` (Policy §5.5), as far as anything is decided by it. */
export type Changes = {
  readonly source: SourceName;
  /** Of the upload; that of the source package is the same unless the upload is binary only. */
  readonly version: Version;
  /** As written; whether we have it is not known here. Never `UNRELEASED`. */
  readonly distribution: string;
  readonly architectures: readonly string[];
  readonly component: Component;
  /** The changelog entries, a line each, without the blank that control data begins them with. */
  readonly changes: string;
  readonly files: readonly ListedFile[];
  /** The `.dsc`, which is there exactly when the architectures hold `source`. */
  readonly dsc: ListedFile | undefined;
};

/**
 * Reads the text of a `.changes` that a verifier returned. Fields that nothing is decided by (`Maintainer`, `Date`)
 * are not asked for.
 */
export const parseChanges = (signedText: string): Either<Refusal, Changes> => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return paragraph;
  const source = readField(paragraph.right, 'Source', SourceLine);
  if (isLeft(source)) return source;
  const version = readField(paragraph.right, 'Version', Version);
  if (isLeft(version)) return version;
  const distribution = readDistribution(fieldOf(paragraph.right, 'Distribution'));
  if (isLeft(distribution)) return distribution;
  const architectures = architectureWords(paragraph.right);
  if (isLeft(architectures)) return architectures;
  const files = listedFiles(paragraph.right, 5);
  if (isLeft(files)) return files;
  const name = sourceOf(source.right);
  const dsc = dscOf(name.source, version.right, name.version ?? version.right, architectures.right, files.right);
  if (isLeft(dsc)) return dsc;
  const component = componentOf(dsc.right ?? files.right[0]);
  if (isLeft(component)) return component;
  return right({
    source: name.source,
    version: version.right,
    distribution: distribution.right,
    architectures: architectures.right,
    component: component.right,
    changes: fieldOf(paragraph.right, 'Changes') ?? '',
    files: files.right,
    dsc: dsc.right,
  });
};

/** `hello`, or `hello (2.10-3)` where the binaries' version is another (Policy §5.6.1). */
const SourceLine = text(
  'Source',
  /^[a-z0-9][a-z0-9+.-]{1,127}(?: \([0-9A-Za-z.+~:-]{1,200}\))?$/,
  'the name of a source package, perhaps with its version in parentheses (Policy §5.6.1)',
);

const sourceOf = (line: string): { readonly source: SourceName; readonly version: string | undefined } => {
  const [source, version] = line.split(' ');
  return { source: source as SourceName, version: version?.slice(1, -1) };
};

const readDistribution = (value: string | undefined): Either<Refusal, string> => {
  const words = (value ?? '').split(/\s+/).filter((word) => word !== '');
  const [only] = words;
  if (only === undefined || words.length > 1) {
    const fact =
      words.length === 0
        ? 'Distribution is missing or empty'
        : `Distribution names ${words.length}: ${words.join(' ').slice(0, 80)}`;
    return left(refusal('malformed-distribution', fact, 'name exactly one distribution (dch -D)'));
  }
  if (only.toUpperCase() === 'UNRELEASED') {
    return left(
      refusal('unreleased', 'Distribution is UNRELEASED', 'finish the changelog entry with dch -r and a distribution'),
    );
  }
  return /^[A-Za-z0-9][A-Za-z0-9.+~_/-]{0,127}$/.test(only)
    ? right(only)
    : left(
        refusal(
          'malformed-distribution',
          `Distribution is ${JSON.stringify(only.slice(0, 80))}`,
          'name a distribution (dch -D)',
        ),
      );
};

const dscOf = (
  source: SourceName,
  version: Version,
  sourceVersion: string,
  architectures: readonly string[],
  files: readonly ListedFile[],
): Either<Refusal, ListedFile | undefined> => {
  const [dsc, ...more] = files.filter(({ name }) => name.endsWith('.dsc'));
  if (!architectures.includes('source')) {
    return dsc === undefined
      ? right(undefined)
      : left(
          refusal(
            'dsc-mismatch',
            `${dsc.name} is listed, but Architecture does not hold source`,
            'make the upload anew with dpkg-buildpackage -S',
          ),
        );
  }
  if (dsc === undefined) {
    return left(
      refusal(
        'missing-dsc',
        'Architecture holds source, but no .dsc is listed',
        'make the upload anew with dpkg-buildpackage -S',
      ),
    );
  }
  const expected = `${source}_${withoutEpoch(version)}.dsc`;
  if (more.length > 0 || dsc.name !== expected || sourceVersion !== version) {
    const fact = `${[dsc, ...more].map(({ name }) => name).join(', ')} listed for ${source} ${version} where ${expected} alone belongs`;
    return left(refusal('dsc-mismatch', fact.slice(0, 400), 'make the upload anew with dpkg-buildpackage -S'));
  }
  return right(dsc);
};

/** The archive area stands before the slash of a section (Policy §2.4); without a slash it is `main`. */
const componentOf = (file: ListedFile | undefined): Either<Refusal, Component> => {
  const section = file?.section ?? '';
  const area = section.includes('/') ? section.slice(0, section.indexOf('/')) : 'main';
  const component = decode(Component, area);
  return isLeft(component)
    ? left(
        refusal(
          'malformed-field',
          `Files gives ${file?.name} the section ${JSON.stringify(section.slice(0, 80))}`,
          'correct Section in debian/control',
        ),
      )
    : component;
};
