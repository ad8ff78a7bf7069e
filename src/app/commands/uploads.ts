import { right } from 'fp-ts/lib/Either.js';
import { refusalShownTo, type Viewer } from '../../domain/account/viewer.ts';
import { Sha256 } from '../../domain/debian/names.ts';
import { uploadStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { rememberedBuilds } from '../../projections/build-queue.ts';
import { checkAnswer, checkInWords } from '../../projections/check-results.ts';
import { checksOfBuild, isEnded } from '../../projections/checks.ts';
import type { UploadStory } from '../../projections/uploads.ts';
import { whyChecking } from '../../projections/waiting-checks.ts';
import { inQueue, type Place, queuePlaces, whyWaiting } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { isUploadSought, soughtUploads, uploadsList } from '../pages/uploads-list.ts';
import { Uploads } from './answer-shapes.ts';
import { choice, maybeDistribution, orNothing, versionGlob } from './arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import { pageWith, whereInList } from './list-arguments.ts';
import { table } from './table.ts';

/** So many fit into the header of an answer. */
const mostFollowed = 20;

/** `uploads`: what became of the last uploads, newest first; with `page`, a page of all there ever were, as the page of that name lists them. */
export const uploads = (world: World, place: Place, log: Pick<EventLog, 'readStream'>): Command =>
  command({
    name: 'uploads',
    answer: Uploads,
    summary: 'Shows where the latest uploads stand: rejected and why, building, published',
    arguments: {
      source: versionGlob('Only of source packages of this name, with * and ?', 'p'),
      version: versionGlob('Only versions that match, with * and ?', 'V'),
      changes: maybeDigest('Only of the .changes with this SHA-256'),
      state: choice(soughtUploads, 'Only those that stand so', 's'),
      distribution: maybeDistribution('Only for this distribution'),
      page: pageWith(
        '',
        'This page of all uploads there ever were, from 1; without it, those under way and the last that ended',
      ),
    },
    privilege: 'none',
    run: async (given, _actor, caller) => {
      if (given.page !== undefined) {
        const list = await uploadsList(world, log)(given, caller);
        return right({ json: list, plain: `${table(headings, list.items.map(cells))}${whereInList(list)}` });
      }
      const isSought = isUploadSought(given);
      const stories = [...[...world.uploads.open.values()].reverse(), ...world.uploads.ended].filter(({ id }) => {
        const upload = world.uploads.every.get(id);
        return upload !== undefined && isSought(upload);
      });
      const places = queuePlaces(world);
      const viewer = viewerOf(world.accounts, caller);
      const rows = stories.map((story) => describe(story, world, place, places, viewer));
      const follow = stories.slice(0, mostFollowed).map(({ id }) => uploadStream(id));
      return right({ json: rows, plain: rows.map(plain).join(''), follow });
    },
  });

const headings = ['State', 'Source', 'Version', 'Distribution', 'Received', 'Note'];

const cells = (upload: Awaited<ReturnType<ReturnType<typeof uploadsList>>>['items'][number]): readonly string[] => [
  upload.state,
  upload.source ?? upload.changes ?? '',
  upload.version ?? '',
  upload.distribution ?? '',
  upload.receivedAt?.slice(0, 16) ?? '',
  upload.note ?? '',
];

const maybeDigest = (summary: string): ArgumentOf<Sha256 | undefined> => ({
  codec: orNothing(Sha256),
  positional: false,
  short: undefined,
  fallback: '',
  summary,
});

const describe = (
  story: UploadStory,
  world: World,
  place: Place,
  places: ReturnType<typeof queuePlaces>,
  viewer: Viewer,
) => ({
  upload: story.id,
  changes: story.received.changes.name,
  source: story.received.facts?.source ?? null,
  version: story.received.facts?.version ?? null,
  distribution: story.accepted?.distribution ?? story.received.facts?.distribution ?? null,
  status: story.status,
  refusal: story.refusal === undefined ? null : refusalShownTo(viewer, story.refusal),
  retryOf: story.retryOf ?? null,
  warnings: story.accepted?.warnings ?? [],
  receivedAt: story.receivedAt,
  changedAt: story.changedAt,
  builds: rememberedBuilds(world.builds, story.id).map((build) => ({
    build: build.id,
    architecture: build.requested.architecture,
    status: build.status,
    attempts: build.attempts,
    class: build.outcome?.type === 'BuildFailed' ? build.outcome.class : null,
    fact: build.outcome?.type === 'BuildFailed' ? build.outcome.fact : null,
    checks: checksOfBuild(world.checks, build.id).map((check) => ({
      ...checkAnswer(check, world),
      waits: isEnded(check) ? null : whyChecking(check, world, place),
    })),
    position: places.get(build.id) ?? null,
    waits: build.status === 'needs-build' || build.status === 'dep-wait' ? whyWaiting(build, world, place) : null,
  })),
});

const plain = (row: ReturnType<typeof describe>): string => {
  const builds = row.builds
    .map(({ architecture, status, class: kind, checks }) =>
      [`${architecture}:${kind ?? status}`, ...checks.map(checkInWords)].join(' '),
    )
    .join(' ');
  const why = row.refusal === null ? '' : `\n  ${row.refusal.rule}: ${row.refusal.fact}\n  ${row.refusal.remedy}`;
  const waits = row.builds.flatMap(({ architecture, position, waits: because, checks }) => [
    ...(because === null ? [] : [`\n  ${architecture} waits: ${because}${inQueue(position)}`]),
    ...checks.flatMap((check) =>
      check.waits === null ? [] : [`\n  ${architecture} waits for ${check.tool}: ${check.waits}`],
    ),
  ]);
  return `${row.source ?? row.changes} ${row.version ?? ''} (${row.distribution ?? ''}): ${row.status} ${builds}${why}${waits.join('')}\n`;
};
