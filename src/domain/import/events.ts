import * as t from 'io-ts';
import { Count, Instant, text } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import { RepositoryId, Sha256 } from '../debian/names.ts';

/** One import: a ULID. Its packages carry it as their correlation. */
export const ImportId = text('ImportId', /^[0-9A-HJKMNP-TV-Z]{26}$/, 'a ULID');
export type ImportId = t.TypeOf<typeof ImportId>;

/** A suite as it was found: which `Release`, of when, and whether anybody vouched for it. */
export const ImportedSuite = t.strict(
  {
    /** Its name there. */
    suite: t.string,
    /** What it became here. */
    distribution: DistributionName,
    release: Sha256,
    date: t.union([Instant, t.null]),
    isSigned: t.boolean,
    /** Source packages it held, and how many of them were left out. */
    sources: Count,
    leftOut: Count,
  },
  'ImportedSuite',
);
export type ImportedSuite = t.TypeOf<typeof ImportedSuite>;

/**
 * What the repository holds was taken over from elsewhere, with its rollbacks: everything in the log with the same correlation. Nobody is told of each package.
 */
export const RepositoryImported = t.strict(
  {
    type: t.literal('RepositoryImported'),
    import: ImportId,
    repository: RepositoryId,
    /** Where it was read, as the administrator named it. */
    from: t.string,
    suites: t.readonlyArray(ImportedSuite),
    /** Source packages, and versions of them. */
    sources: Count,
    versions: Count,
  },
  'RepositoryImported',
);
export type RepositoryImported = t.TypeOf<typeof RepositoryImported>;

/**
 * The import was given up half way: what it had said of packages by then was taken back by removals with the same correlation, and apt never saw any of it.
 */
export const ImportAbandoned = t.strict(
  { type: t.literal('ImportAbandoned'), import: ImportId, repository: RepositoryId, from: t.string },
  'ImportAbandoned',
);
export type ImportAbandoned = t.TypeOf<typeof ImportAbandoned>;
