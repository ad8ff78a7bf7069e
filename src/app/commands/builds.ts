import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { BuildCommand } from '../../domain/build/build.ts';
import type { Architecture } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { Tell } from '../../ports/tell.ts';
import { type BuildStory, buildOf } from '../../projections/build-queue.ts';
import type { World } from '../../projections/world.ts';
import { type BuildsName, buildsMeant } from '../builds/builds-meant.ts';
import { flag, maybeVersion } from './arguments.ts';
import { buildPriority, builds, maybeArchitecture, remark } from './build-arguments.ts';
import { type Command, command } from './command.ts';

const which = {
  builds,
  version: maybeVersion('Only this version'),
  architecture: maybeArchitecture,
  'dry-run': flag('Only shows what would be', 'n'),
};

/** `cancel`: what waits is not built, what runs is ended; an upload without a mandatory build has failed. */
export const cancel = (world: World, tell: Tell): Command =>
  command({
    name: 'cancel',
    summary: 'Cancels builds, waiting or running; an upload that cannot do without one of them has failed then',
    arguments: { ...which, reason: remark('Why, for the record') },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, actor) =>
      toEach(world, given, actor, tell, ({ id }) => ({
        command: 'CancelBuild',
        build: id,
        reason: given.reason === '' ? 'asked for' : given.reason,
      })),
  });

/** `priority`: the place in the queue. */
export const priority = (world: World, tell: Tell): Command =>
  command({
    name: 'priority',
    summary: 'Gives waiting builds a priority: higher goes first, 0 is usual, and among equals the oldest goes first',
    arguments: { ...which, priority: buildPriority },
    privilege: 'staff',
    changes: true,
    run: (given, actor) =>
      toEach(world, given, actor, tell, ({ id }) => ({
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
    const told = isDryRun ? right([]) : await tell(commandOf(build), because);
    rows.push(row(buildOf(world.builds, build.id) ?? build, isLeft(told) ? told.left.rule : null));
  }
  return right({ json: { done: !isDryRun, builds: rows }, plain: rows.map(plain).join('') });
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

type Row = ReturnType<typeof row>;

const plain = ({ source, version, architecture, status, priority: at, refused }: Row): string =>
  `${source} ${version} ${architecture}: ${status}${at === 0 ? '' : ` (priority ${at})`}${
    refused === null ? '' : `: not done: ${refused}`
  }\n`;
