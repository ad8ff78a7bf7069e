import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { BuildCommand } from '../../domain/build/build.ts';
import type { Architecture } from '../../domain/debian/names.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { Actor, BinNmuId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import type { Tell, Voice } from '../../ports/tell.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import type { AcceptedUpload } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';
import { type BuildsName, buildsMeant, undecidedMeant } from '../builds/builds-meant.ts';
import { endingOfBuilds, endingOfUploads } from '../endings/ending-of-builds.ts';
import { flag, maybeVersion } from './arguments.ts';
import { buildPriority, builds, maybeArchitecture, remark } from './build-arguments.ts';
import { cancelBinNmu } from './cancel-binnmu.ts';
import { type Command, command } from './command.ts';
import { heard } from './deed.ts';
import { turn, turnsInWords } from './turns.ts';

const which = {
  builds,
  version: maybeVersion('Only this version'),
  architecture: maybeArchitecture,
  'dry-run': flag('Only shows what would be', 'n'),
};

/**
 * `cancel`: what waits is not built, what runs is ended; an upload without a mandatory build has failed. Where all is built, the upload
 * that waits for checks is given up.
 */
export const cancel = (world: World, voice: Voice): Command =>
  command({
    name: 'cancel',
    summary:
      'Cancels builds, waiting or running, or a whole binNMU; an upload that cannot do without one of them, or waits for checks only, has failed then',
    arguments: { ...which, reason: remark('Why, for the record') },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const reason = given.reason === '' ? 'asked for' : given.reason;
      const plan = world.binNmus.open.get(given.builds as string as BinNmuId);
      if (plan !== undefined) return cancelBinNmu(plan, { ...given, reason }, actor, world, heard(voice, given));
      const undecided = undecidedMeant(world, given.builds, given.version);
      const meant = buildsMeant(world, given.builds, given.version, given.architecture);
      if (isLeft(meant) && given.architecture === undefined && undecided.length > 0)
        return giveUp(undecided, reason, given['dry-run'], actor, heard(voice, given));
      const ends = isLeft(meant) || !given['dry-run'] ? {} : { ends: endingOfBuilds(meant.right, world) };
      const cancelled = await toEach(world, given, actor, heard(voice, given), ({ id }) => ({
        command: 'CancelBuild',
        build: id,
        reason,
      }));
      return isLeft(cancelled) ? cancelled : right({ ...cancelled.right, ...ends });
    },
  });

/** Releases the version of each; their checks are cancelled by whose duty that is. One that was decided meanwhile says so. */
const giveUp = async (
  undecided: readonly AcceptedUpload[],
  reason: string,
  isDryRun: boolean,
  actor: Actor,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  const because = { actor, causedBy: undefined, correlation: randomUUID() };
  const rows = [];
  for (const { id: upload, accepted } of undecided) {
    const { repository, source, version, distribution } = accepted;
    const release = {
      command: 'ReleaseVersion',
      ...{ repository, source, version, upload, reason: `cancelled: ${reason}` },
    } as const;
    const told = await tell(release, because);
    if (isLeft(told)) return told;
    rows.push({ upload, source, version, distribution, refused: told.right.length === 0 ? 'already-decided' : null });
  }
  const words = isDryRun ? 'would be given up' : 'given up';
  return right({
    json: { done: !isDryRun, builds: [], uploads: rows },
    ends: isDryRun ? endingOfUploads(undecided) : undefined,
    plain: rows
      .map(
        ({ source, version, distribution, refused }) =>
          `${source} ${version} (${distribution}): ${refused === null ? words : `not done: ${refused}`}\n`,
      )
      .join(''),
  });
};

/** `priority`: the place in the queue. */
export const priority = (world: World, voice: Voice): Command =>
  command({
    name: 'priority',
    summary: 'Gives waiting builds a priority: higher goes first, 0 is usual, and among equals the oldest goes first',
    arguments: { ...which, priority: buildPriority },
    privilege: 'staff',
    changes: true,
    run: (given, actor) =>
      toEach(world, given, actor, heard(voice, given), ({ id }) => ({
        command: 'PrioritiseBuild',
        build: id,
        priority: given.priority,
      })),
  });

type Which = {
  readonly builds: BuildsName;
  readonly version: Parameters<typeof buildsMeant>[2];
  readonly architecture: Architecture | undefined;
  readonly 'dry-run': boolean;
};

/** Says the command of each build that is meant. One that ended meanwhile says why it is too late; the others are not held up by it. */
const toEach = async (
  world: World,
  { builds: name, version, architecture, 'dry-run': isDryRun }: Which,
  actor: Actor,
  tell: Tell,
  commandOf: (build: BuildStory) => BuildCommand,
): Promise<Either<Refusal, Answer>> => {
  const meant = buildsMeant(world, name, version, architecture);
  if (isLeft(meant)) return meant;
  const because = { actor, causedBy: undefined, correlation: randomUUID() };
  const rows: Row[] = [];
  for (const build of meant.right) {
    const told = await tell(commandOf(build), because);
    const turned = isLeft(told) ? build : after(build, told.right);
    rows.push({ ...row(turned, isLeft(told) ? told.left.rule : null), priorityBefore: build.priority });
  }
  return right({ json: { done: !isDryRun, builds: rows }, plain: rows.map((each) => plain(each, isDryRun)).join('') });
};

/** As what is said, or would be, leaves it; saying nothing leaves it as it is. */
const after = (build: BuildStory, said: readonly RecordedEvent[]): BuildStory => {
  const event = said.at(-1)?.body as DaemonEvent | undefined;
  if (event?.type === 'BuildCancelled') return { ...build, status: 'cancelled' };
  return event?.type === 'BuildPrioritised' ? { ...build, priority: event.priority } : build;
};

const row = ({ id, requested, status, priority: at }: BuildStory, refused: string | null) => ({
  build: id,
  source: requested.source,
  version: requested.version,
  architecture: requested.architecture,
  status,
  priority: at,
  refused,
});

type Row = ReturnType<typeof row> & { readonly priorityBefore: number };

const plain = (
  { source, version, architecture, status, priority: at, priorityBefore, refused }: Row,
  isDryRun: boolean,
): string => {
  const priorities =
    at === priorityBefore ? `priority ${at}` : turnsInWords(turn('priority', String(priorityBefore), String(at)));
  const state = `${status}${at === 0 && priorityBefore === 0 ? '' : ` (${priorities})`}`;
  const subject = `${source} ${version} ${architecture}`;
  if (refused !== null) return `${subject}: ${state}: not done: ${refused}\n`;
  return `${subject}${isDryRun ? ' would be' : ''}: ${state}\n`;
};
