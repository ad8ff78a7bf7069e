import { left, right } from 'fp-ts/lib/Either.js';
import { binNmuVersion } from '../../domain/binnmu/binnmu-version.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import { type BinNmuId, type BuildId, type PortId, StreamName, type UploadId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import { builtAs, isThere, isUnderWay, type RebuildStory } from '../../projections/binnmus.ts';
import { buildOf, rememberedBuilds } from '../../projections/build-queue.ts';
import { portOf } from '../../projections/ports.ts';
import { hasCaughtUp, seenSources } from '../../projections/publications.ts';
import { storyOf, type UploadStory } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';
import type { Preparations } from '../preparations.ts';
import { type Work, type Works, workLine } from '../works.ts';
import type { ArgumentOf } from './command.ts';
import { type Command, command } from './command.ts';

/** How far a story is: what a person reads, whether it is over, and then whether it went well. */
export type Progress = { readonly line: string; readonly ended: boolean; readonly succeeded: boolean };

/** `progress`: how far something is that a command or an upload began. Commands name what they began in `follow`. */
export const progress = (
  world: World,
  works: Works['now'],
  printed: Preparations['lines'],
  stage: StageOf,
  clock: () => number,
): Command =>
  command({
    name: 'progress',
    summary: 'Shows how far something is that was begun: an upload, a build, a binNMU, a publication, a chroot',
    arguments: {
      stream: stream(
        'What was begun, such as upload-ID, build-ID, binnmu-ID, repository-ID or chroot-CODENAME-ARCHITECTURE',
      ),
    },
    privilege: 'none',
    run: ({ stream: name }) => {
      const publishing = (repository: RepositoryId) => publicationLine(repository, works(), clock());
      const now = progressOf(world, name, publishing, printed, stage);
      return now === undefined
        ? left(refusal('no-progress', `nothing is known of ${name}`, 'look for it in history'))
        : right({ json: { stream: name, ...now }, plain: `${now.line}\n` });
    },
  });

const stream = (summary: string): ArgumentOf<StreamName> => ({
  codec: StreamName,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

/** In which stage a build that runs is. */
type StageOf = (build: BuildId) => string | undefined;

/** What the publication of a repository does now. */
type Publishing = (repository: RepositoryId) => string | undefined;

const publicationLine = (repository: RepositoryId, works: readonly Work[], now: number): string | undefined => {
  const work = works.find(({ kind, about }) => (kind === 'change' || kind === 'publication') && about === repository);
  return work && workLine(work, now);
};

const progressOf = (
  world: World,
  name: StreamName,
  publishing: Publishing,
  printed: Preparations['lines'],
  stage: StageOf,
): Progress | undefined => {
  const [, concept = '', id = ''] = /^([a-z]+)-(.*)$/.exec(name) ?? [];
  switch (concept) {
    case 'upload':
      return ofUpload(world, id as UploadId, publishing);
    case 'build':
      return ofBuild(world, id as BuildId, stage);
    case 'binnmu':
      return ofBinNmu(world, id as BinNmuId);
    case 'port':
      return ofPort(world, id as PortId, publishing);
    case 'repository':
      return ofPublication(world, id as RepositoryId, publishing);
    case 'chroot':
      return ofChroot(world, id, printed(id));
    default:
      return undefined;
  }
};

const ofUpload = (world: World, id: UploadId, publishing: Publishing): Progress | undefined => {
  const story = storyOf(world.uploads, id);
  if (story === undefined) return undefined;
  const { status, refusal: because, received } = story;
  const { facts, changes } = received;
  const builds = rememberedBuilds(world.builds, id).map(
    ({ requested, status: state }) => ` ${requested.architecture}:${state}`,
  );
  const about = facts === null ? changes.name : `${facts.source} ${facts.version} (${facts.distribution})`;
  const why = because === undefined ? '' : `: ${because.fact} (${because.remedy})`;
  return {
    line: `${about}: ${status}${builds.join('')}${why}${untilSeen(story, publishing)}`,
    ended: status === 'published' || status === 'rejected' || status === 'failed',
    succeeded: status === 'published',
  };
};

/** Installed is what apt sees only when it is published. */
const untilSeen = ({ status, accepted }: UploadStory, publishing: Publishing): string => {
  const line = status === 'installed' && accepted !== undefined ? publishing(accepted.repository) : undefined;
  return line === undefined ? '' : `, ${line}`;
};

/** Once there is an upload, that is how far it is; a port that migrates ends where it was to go. */
const ofPort = (world: World, id: PortId, publishing: Publishing): Progress | undefined => {
  const story = portOf(world.ports, id);
  if (story === undefined) return undefined;
  const { requested, status, refusal: because } = story;
  const upload = status === 'uploaded' ? ofUpload(world, requested.upload, publishing) : undefined;
  if (upload !== undefined) return { ...upload, ended: upload.ended && !(requested.migrates && upload.succeeded) };
  const why = because === undefined ? '' : `: ${because.fact} (${because.remedy})`;
  const line = `${requested.source} ${requested.as} (port to ${requested.to}): ${status}${why}`;
  const isSeen =
    status === 'migrated' && ofPublication(world, parseDistribution(requested.to).repository, publishing)?.ended;
  return { line, ended: status === 'failed' || isSeen === true, succeeded: isSeen === true };
};

/** It ends when nothing of it is under way, and apt sees what was installed. */
const ofBinNmu = ({ binNmus, publications }: World, id: BinNmuId): Progress | undefined => {
  const story = binNmus.open.get(id) ?? binNmus.ended.find(({ planned }) => planned.binNmu === id);
  if (story === undefined) return undefined;
  const { cancelled } = story;
  const { repository, distribution } = story.planned;
  const rebuilds = [...story.rebuilds.values()];
  const publication = publications.get(repository);
  const seen = publication && seenSources(publication);
  const hidden = (source: SourceName) => seen?.has(source) !== true;
  const installed = rebuilds.filter(isThere);
  const isOver = !rebuilds.some(isUnderWay) && !installed.some(({ planned }) => hidden(planned.source));
  return {
    line: `binNMU in ${distribution}${cancelled === undefined ? '' : `, cancelled (${cancelled})`}: ${installed.length} of ${rebuilds.length} installed; ${inShort(rebuilds).join('; ')}`,
    ended: isOver,
    succeeded: isOver && installed.length === rebuilds.length,
  };
};

const mostNamed = 20;

/** First those that came to nothing, then those that are under way; no more than a person reads, and what became of the others. */
const inShort = (rebuilds: readonly RebuildStory[]): readonly string[] => {
  const rank = (each: RebuildStory): number => (isThere(each) ? 2 : isUnderWay(each) ? 1 : 0);
  const ordered = [...rebuilds].sort((one, other) => rank(one) - rank(other));
  const counts = new Map<string, number>();
  for (const { status } of ordered.slice(mostNamed)) counts.set(status, (counts.get(status) ?? 0) + 1);
  const more = [...counts].map(([status, count]) => `${count} more: ${status}`);
  return [...ordered.slice(0, mostNamed).map(named), ...more];
};

const named = ({ planned: { source, version, number, architecture }, status, fact }: RebuildStory): string => {
  const why = fact === undefined ? '' : ` (${fact.length <= 100 ? fact : `${fact.slice(0, 100)} …`})`;
  return `${source} ${binNmuVersion(version, number)} ${architecture}: ${status}${why}`;
};

const endsOfBuilds: ReadonlySet<string> = new Set(['built', 'skipped', 'failed', 'cancelled']);

const ofBuild = (world: World, id: BuildId, stage: StageOf): Progress | undefined => {
  const story = buildOf(world.builds, id);
  if (story === undefined) return undefined;
  const { requested, status, outcome } = story;
  const why = outcome?.type === 'BuildFailed' ? `: ${outcome.class} in ${outcome.stage}: ${outcome.fact}` : '';
  const at = status === 'building' ? stage(id) : undefined;
  return {
    line: `${requested.source} ${builtAs(world.binNmus, requested)} ${requested.architecture}: ${status}${at === undefined ? '' : ` (${at})`}${why}`,
    ended: endsOfBuilds.has(status),
    succeeded: status === 'built' || status === 'skipped',
  };
};

/** What its preparation prints is the business of administrators; how much it is, is not. */
const ofChroot = ({ templates }: World, name: string, printed: readonly string[] | undefined): Progress | undefined => {
  const template = templates.get(name);
  if (template === undefined) return undefined;
  const { chroot, prepared, failed, isOutdated } = template;
  const goesOn = { ended: false, succeeded: false };
  if (chroot === undefined)
    return prepared === undefined
      ? { line: `${name}: removed`, ended: true, succeeded: true }
      : { line: `${name}: being removed`, ...goesOn };
  if (printed !== undefined) return { line: `${name}: being prepared, ${printed.length} lines printed`, ...goesOn };
  if (failed !== undefined) {
    const line = `${name}: failed in ${failed.stage}: ${failed.fact}; it is tried again`;
    return { line, ended: true, succeeded: false };
  }
  return prepared === undefined || isOutdated
    ? { line: `${name}: waits to be prepared`, ...goesOn }
    : { line: `${name}: ready`, ended: true, succeeded: true };
};

/** What waits behind a publication that fails is tried again by itself: that is no end. */
const ofPublication = (world: World, repository: RepositoryId, publishing: Publishing): Progress | undefined => {
  const publication = world.publications.get(repository);
  if (publication === undefined) return undefined;
  const ended = hasCaughtUp(publication);
  const trouble = publication.failure === undefined ? '' : `: ${publication.failure.fact}`;
  const line = publishing(repository);
  const doing = line === undefined ? '' : `, ${line}`;
  return {
    line: `${repository}: ${ended ? 'published' : `being published${trouble}${doing}`}`,
    ended,
    succeeded: ended,
  };
};
