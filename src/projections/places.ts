import type { Instant } from '../domain/codec.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { FilesLetGo } from '../domain/retention/events.ts';
import { type Contents, isOccupied, occupants, type Shelf } from './contents.ts';
import { changeSlot, depthOf, isConfigured, storyOf } from './fold-contents.ts';
import type { Recorded } from './recorded.ts';
import { countPlaces } from './tally.ts';

/** What becomes of places when it is not their contents that change, but what they are, or which files there are. After the contents. */
export const foldPlaces = (contents: Contents, { event, recordedAt }: Recorded, configuration: Configuration): void => {
  switch (event.type) {
    case 'RepositoryConfigured':
    case 'RepositoryRemoved':
    case 'LayoutConfigured':
    case 'LayoutRemoved':
    case 'DistributionConfigured':
    case 'DistributionRemoved':
      arrange(contents, configuration, recordedAt);
      break;
    case 'FilesLetGo':
      vacateEverywhere(contents, event);
      break;
  }
};

/**
 * What the configuration makes of contents. A place that is not configured any more holds nothing, as far as anybody can see: from now on
 * its versions have left, and nothing keeps their files but retention. When it comes back it holds again what was not let go meanwhile.
 * What is deeper than the rollbacks a suite keeps falls out, and stays out.
 */
const arrange = (contents: Contents, configuration: Configuration, at: Instant): void => {
  for (const [name, shelf] of contents.shelves) {
    const was = shelf.isConfigured;
    shelf.isConfigured = isConfigured(configuration, name);
    if (shelf.isConfigured && !was) comeBack(contents, name, shelf, at);
    if (shelf.isConfigured) cutRollbacks(contents, configuration, name, shelf, at);
    else if (was) abandon(contents, name, shelf, at);
  }
};

const comeBack = (contents: Contents, name: DistributionName, shelf: Shelf, at: Instant): void => {
  const { repository } = parseDistribution(name);
  shelf.since = at;
  for (const [source, slot] of shelf.slots)
    if (isOccupied(slot)) countPlaces(shelf.tally, storyOf(contents, { repository, source }), 1);
};

const abandon = (contents: Contents, name: DistributionName, shelf: Shelf, at: Instant): void => {
  const { repository } = parseDistribution(name);
  for (const [source, slot] of shelf.slots) {
    const story = storyOf(contents, { repository, source });
    if (isOccupied(slot)) countPlaces(shelf.tally, story, -1);
    for (const { version } of occupants(slot)) story.left.set(version, at);
  }
};

const cutRollbacks = (
  contents: Contents,
  configuration: Configuration,
  name: DistributionName,
  shelf: Shelf,
  at: Instant,
): void => {
  const { repository } = parseDistribution(name);
  const depth = depthOf(configuration, name);
  for (const [source, { earlier }] of shelf.slots)
    if (earlier.length > depth)
      changeSlot(shelf, source, storyOf(contents, { repository, source }), at, (slot) => ({
        ...slot,
        earlier: slot.earlier.slice(0, depth),
      }));
};

/** A version whose files went comes back with no place that is configured again. */
const vacateEverywhere = (contents: Contents, { repository, source, version }: FilesLetGo): void => {
  for (const [name, shelf] of contents.shelves) {
    if (parseDistribution(name).repository !== repository) continue;
    const slot = shelf.slots.get(source);
    if (slot === undefined || !occupants(slot).some((held) => held.version === version)) continue;
    const story = storyOf(contents, { repository, source });
    changeSlot(shelf, source, story, undefined, ({ present, earlier }) => ({
      present: present?.version === version ? undefined : present,
      earlier: earlier.filter((held) => held.version !== version),
    }));
  }
};

/** Distributions of a repository that it has no more, and whose contents history knows. */
export const formerDistributions = ({ shelves }: Contents, repository: RepositoryId): readonly DistributionName[] =>
  [...shelves].flatMap(([name, { isConfigured }]) =>
    !isConfigured && parseDistribution(name).repository === repository ? [name] : [],
  );
