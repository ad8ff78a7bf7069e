import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import {
  type Configuration,
  resolveDistribution,
  type Target,
  uploadableDistributions,
} from '../configuration/configuration.ts';
import { defaultVersion, mandatoryVersion } from '../configuration/version-rule.ts';
import { covers } from '../debian/architecture.ts';
import type { StoredFile } from '../debian/names.ts';
import type { UploadId } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ChangesFacts, DscFacts, Signature, UploadAccepted, UploadReceived, WantedBuild } from './events.ts';

/** What judging needs to know beside the upload itself, read before the verdict. */
export type Circumstances = {
  readonly configuration: Configuration;
  /** What the signature is worth at this moment against the keys of those who may upload there. */
  readonly signature: Signature;
  /** The distributions that its option `auto-ports` names, and what the signature is worth in each. */
  readonly autoPorts: ReadonlyMap<string, Signature>;
  /** An upload accepted earlier with the same `.changes`, byte for byte, and not released since. */
  readonly replayOf: UploadId | undefined;
  /** Source files of this package that we have, by name. */
  readonly pool: ReadonlyMap<string, StoredFile>;
};

/**
 * Whether an upload may be built, and how. The version itself is claimed on the package's stream afterwards: that
 * claim may still refuse it.
 */
export const judgeUpload = (
  upload: UploadReceived,
  { configuration, signature, autoPorts, replayOf, pool }: Circumstances,
): Either<Refusal, UploadAccepted> => {
  const { facts, faults } = upload;
  const [gravest] = faults;
  if (gravest !== undefined) return left(gravest);
  if (facts === null)
    return left(refusal('malformed-changes', 'the .changes cannot be read', 'build the upload again'));
  const target = resolveDistribution(configuration, facts.distribution);
  if (isLeft(target)) return target;
  const refused =
    suiteRefusal(target.right, configuration) ??
    authorisationRefusal(signature, target.right) ??
    autoPortsRefusal(autoPorts, configuration) ??
    replayRefusal(replayOf) ??
    versionRefusal(facts, target.right);
  if (refused !== undefined) return left(refused);
  return accept(upload, facts, target.right, pool);
};

/** Why nobody may upload there. */
export const suiteRefusal = ({ name, suite, rollback }: Target, configuration: Configuration): Refusal | undefined => {
  const remedy = `set Distribution to one of ${uploadableDistributions(configuration).join(', ')}`;
  if (rollback !== undefined) {
    return refusal(
      'rollback-not-uploadable',
      `${name} is a rollback distribution: it holds what was there before`,
      remedy,
    );
  }
  return suite.uploadable
    ? undefined
    : refusal('suite-not-uploadable', `${name} takes packages by migration only`, remedy);
};

const authorisationRefusal = (signature: Signature, { repository }: Target): Refusal | undefined =>
  signature.status === 'good' || repository.allowUnauthenticated ? undefined : signature.because;

/** What somebody may not upload they may not have ported either. */
const autoPortsRefusal = (autoPorts: Circumstances['autoPorts'], configuration: Configuration): Refusal | undefined => {
  for (const [written, signature] of autoPorts) {
    const target = resolveDistribution(configuration, written);
    const because = isLeft(target)
      ? target.left
      : (suiteRefusal(target.right, configuration) ?? authorisationRefusal(signature, target.right));
    if (because !== undefined) {
      const remedy = 'let auto-ports name distributions that take uploads, yours among them';
      return refusal('auto-ports-refused', `the upload option auto-ports=${written}: ${because.fact}`, remedy);
    }
  }
  return undefined;
};

const replayRefusal = (earlier: UploadId | undefined): Refusal | undefined =>
  earlier === undefined
    ? undefined
    : refusal(
        'replay',
        `the same .changes was accepted before, as upload ${earlier}`,
        'nothing needs to be done; to build again, raise the version and sign anew',
      );

const versionRefusal = ({ version }: ChangesFacts, target: Target): Refusal | undefined => {
  const rule = mandatoryVersion(target);
  return rule.test(version)
    ? undefined
    : refusal(
        'version-rule',
        `versions in ${target.name} must match ${rule.source}, and ${version} does not`,
        `append ${defaultVersion(target)} to the version`,
      );
};

const accept = (
  { upload, changes, files }: UploadReceived,
  facts: ChangesFacts,
  target: Target,
  pool: Circumstances['pool'],
): Either<Refusal, UploadAccepted> => {
  const { dsc } = facts;
  if (dsc === null) {
    return left(refusal('missing-dsc', `${changes.name} names no .dsc`, 'upload the source: dpkg-buildpackage -S'));
  }
  const sources = gather(dsc, files, pool);
  if (isLeft(sources)) return sources;
  const builds = wantedBuilds(dsc, target);
  if (builds.length === 0) return left(nothingToBuild(dsc, target));
  return right({
    type: 'UploadAccepted',
    upload,
    repository: target.repository.repository,
    distribution: target.name,
    source: facts.source,
    version: facts.version,
    component: facts.component,
    sources: sources.right,
    builds,
    options: facts.options,
    warnings: warningsOf(facts),
  });
};

/**
 * Every file of the source package, the `.dsc` first: from the upload, else from the pool. Uploaded ones fit the `.dsc` (the
 * door saw to that); whether they fit the pool is decided when the version is claimed.
 */
const gather = (
  dsc: DscFacts,
  files: readonly StoredFile[],
  pool: Circumstances['pool'],
): Either<Refusal, readonly StoredFile[]> => {
  const uploaded = new Map(files.map((file) => [file.name as string, file]));
  const sources = [uploaded.get(dsc.file)].filter((file) => file !== undefined);
  for (const wanted of dsc.files) {
    const found = uploaded.get(wanted.name) ?? pool.get(wanted.name);
    if (found === undefined) return left(missingSource(wanted.name));
    if (found.sha256 !== wanted.sha256) return left(poolConflict(wanted, found));
    sources.push(found);
  }
  return right(sources);
};

const poolConflict = (wanted: { readonly name: string; readonly sha256: string }, pooled: StoredFile): Refusal =>
  refusal(
    'pool-conflict',
    `${wanted.name} has SHA-256 ${wanted.sha256} in the .dsc, the pool's file of that name has ${pooled.sha256}`,
    'use the very file of the earlier upload, or a new upstream version',
  );

const missingSource = (name: string): Refusal =>
  refusal(
    'missing-source',
    `${name} is neither in the upload nor in the pool`,
    'include the upstream tarball: dpkg-buildpackage -S -sa',
  );

/** One build an architecture that the source covers; arch-indep packages on the one that is designated. */
const wantedBuilds = (dsc: DscFacts, { distribution }: Target): readonly WantedBuild[] => {
  const hasArchAll = dsc.architectures.includes('all');
  return distribution.architectures
    .map(({ architecture, optional, buildsArchAll }) => ({
      architecture,
      mandatory: !optional,
      archAll: hasArchAll && buildsArchAll,
    }))
    .filter(({ architecture, archAll }) => archAll || dsc.architectures.some((word) => covers(word, architecture)));
};

const nothingToBuild = (dsc: DscFacts, { name, distribution }: Target): Refusal =>
  refusal(
    'nothing-to-build',
    `${dsc.source} is for ${dsc.architectures.join(' ') || 'no architecture'}, ${name} has ${distribution.architectures
      .map(({ architecture }) => architecture)
      .join(' ')}`,
    'upload to a distribution that has one of its architectures',
  );

const warningsOf = ({ architectures, remarks }: ChangesFacts): readonly string[] => [
  ...remarks,
  ...(architectures.some((word) => word !== 'source')
    ? ['the binaries in the upload were ignored: everything is built here from the source']
    : []),
];
