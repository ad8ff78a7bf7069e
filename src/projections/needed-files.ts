import type { CheckOutcome } from '../domain/check/check.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { Sha256, StoredFile } from '../domain/debian/names.ts';
import type { HeldVersion } from '../ports/archive.ts';
import { type BuildStory, rememberedBuilds } from './build-queue.ts';
import { lossOf } from './retention.ts';
import { namings } from './upload-files.ts';
import type { UploadStory } from './uploads.ts';
import type { World } from './world.ts';

export const filesOf = ({ dsc, sources, binaries }: HeldVersion): readonly StoredFile[] => [
  dsc,
  ...sources,
  ...binaries.map(({ file }) => file),
];

/** Those of `asked` that a version which is kept names, that an upload under way is made of, or that a failed one may be retried with. */
export const neededAmong = (world: World, asked: ReadonlySet<Sha256>): ReadonlySet<Sha256> => {
  const needed = new Set<Sha256>();
  const note = (sha256: Sha256): void => {
    if (asked.has(sha256)) needed.add(sha256);
  };
  for (const [key, { versions, replaced }] of world.contents.packages) {
    const lost = world.retention.lost.get(key);
    for (const [version, held] of versions) {
      if (lost?.has(version) === true) continue;
      for (const { sha256 } of filesOf(held)) note(sha256);
      for (const { file } of replaced?.get(version) ?? []) note(file.sha256);
    }
  }
  // Logs of checks that did nothing are all alike.
  for (const stories of world.checks.ofUpload.values())
    for (const { requested, outcome } of stories.values()) {
      const { distribution, source, version } = requested;
      const { repository } = parseDistribution(distribution);
      if (lossOf(world.retention, repository, source, version) === undefined) filesOfCheck(outcome).forEach(note);
    }
  for (const upload of world.uploads.open.values()) for (const sha256 of filesOfUpload(world, upload)) note(sha256);
  for (const { packages, texts } of world.uploadFiles.failed.values())
    for (const sha256 of asked) if (packages.has(sha256) || texts.has(sha256)) needed.add(sha256);
  return needed;
};

/** What is to go: packages and their sources, and the logs, records and reports that came of them. */
type Leaving = { readonly packages: Iterable<Sha256>; readonly texts: Iterable<Sha256> };

/** Those of them that nothing else names. Whoever brings the bytes of somebody else's log as a source does not take it away with them. */
export const removableAmong = (world: World, { packages, texts }: Leaving): readonly Sha256[] => {
  const own = new Set(texts);
  const all = new Set([...packages, ...own]);
  const needed = neededAmong(world, all);
  return [...all].filter(
    (sha256) => !needed.has(sha256) && namings(world.uploadFiles, sha256) <= (own.has(sha256) ? 1 : 0),
  );
};

/** What an upload under way is made of: what came, what it takes from the pool, what was built of it. */
export const filesOfUpload = ({ builds }: World, { id, received, accepted }: UploadStory): readonly Sha256[] => [
  received.changes.sha256,
  ...received.files.map(({ sha256 }) => sha256),
  ...(received.facts?.dsc?.files.map(({ sha256 }) => sha256) ?? []),
  ...(accepted?.sources.map(({ sha256 }) => sha256) ?? []),
  ...rememberedBuilds(builds, id).flatMap(filesOfBuild),
];

const filesOfCheck = (outcome: CheckOutcome | undefined): readonly Sha256[] => {
  if (outcome === undefined) return [];
  const report = outcome.type === 'CheckSkipped' ? null : outcome.report;
  return [outcome.log, ...(report === null ? [] : [report])].map(({ sha256 }) => sha256);
};

const filesOfBuild = ({ binaries, outcome }: BuildStory): readonly Sha256[] => [
  ...binaries.map(({ file }) => file.sha256),
  ...(outcome?.type === 'BuildSucceeded' ? outcome.records.map(({ sha256 }) => sha256) : []),
  ...(outcome !== undefined && 'log' in outcome && outcome.log !== null ? [outcome.log.sha256] : []),
];
