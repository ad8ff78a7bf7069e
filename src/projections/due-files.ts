import type { Instant } from '../domain/codec.ts';
import type { RepositoryId, SourceName } from '../domain/debian/names.ts';
import type { RetentionConfigured } from '../domain/retention/events.ts';
import type { HeldVersion } from '../ports/archive.ts';
import { type PackageStory, standing, withAllBuilt } from './contents.ts';
import { lossOf } from './retention.ts';
import type { World } from './world.ts';

const dayInMs = 86_400_000;

/** However little is kept: indices of yesterday are still in somebody's hands. */
export const graceMs = dayInMs;

export type Policy = Pick<RetentionConfigured, 'repository' | 'versions' | 'days'>;

/** A version that stands nowhere and whose files are kept. */
export type Departed = {
  readonly held: HeldVersion;
  readonly left: Instant;
  /** From when on nothing of the policy keeps it, in milliseconds since 1970; `undefined`: one of as many as it keeps. */
  readonly dueAt: number | undefined;
};

/** What becomes of versions that stand nowhere, by a policy that does not keep everything; of a package the oldest first. */
export function* departedVersions(world: World, { repository, versions, days }: Policy): Generator<Departed> {
  if (versions === null && days === null) return;
  const age = Math.max(graceMs, (days ?? 0) * dayInMs);
  for (const [source, story] of storiesOf(world, repository)) {
    // What has one version has nothing that could have left; most packages are so.
    if (story.left.size === 0) continue;
    const old = departed(world, repository, source, story);
    for (const [nth, { held, left }] of [...old.entries()].reverse())
      yield { held, left, dueAt: nth < (versions ?? 0) ? undefined : Date.parse(left) + age };
  }
}

/** Those that neither their number nor their age is a reason to keep. */
export function* dueVersions(world: World, policy: Policy, now: number): Generator<HeldVersion> {
  for (const { held, dueAt } of departedVersions(world, policy)) if (dueAt !== undefined && dueAt <= now) yield held;
}

/** What the pool needs: every version that stands somewhere, or did so until lately, unless its files are let go. */
export function* pooledVersions(world: World, repository: RepositoryId, now: number): Generator<HeldVersion> {
  for (const [source, story] of storiesOf(world, repository)) {
    const whole = (held: HeldVersion): HeldVersion => withAllBuilt(world.contents, repository, held);
    if (story.left.size === 0) for (const held of story.versions.values()) yield whole(held);
    else {
      for (const held of standing(world.contents, repository, source)) yield whole(held);
      for (const { held, left } of departed(world, repository, source, story))
        if (now - Date.parse(left) < graceMs) yield held;
    }
  }
}

function* storiesOf({ contents }: World, repository: RepositoryId): Generator<readonly [SourceName, PackageStory]> {
  for (const [key, story] of contents.packages) {
    const [owner, source] = key.split(' ');
    if (owner === repository) yield [source as SourceName, story];
  }
}

/** Versions that stand nowhere and whose files are kept, those that left last first. */
const departed = (
  { contents, retention }: World,
  repository: RepositoryId,
  source: SourceName,
  { versions, left }: PackageStory,
): readonly { readonly held: HeldVersion; readonly left: Instant }[] => {
  const here = new Set([...standing(contents, repository, source)].map(({ version }) => version));
  return [...left]
    .flatMap(([version, at]) => {
      const held = versions.get(version);
      const isKept = held !== undefined && !here.has(version) && !lossOf(retention, repository, source, version);
      return isKept ? [{ held: withAllBuilt(contents, repository, held), left: at }] : [];
    })
    .sort((one, other) => (one.left < other.left ? 1 : one.left > other.left ? -1 : 0));
};
