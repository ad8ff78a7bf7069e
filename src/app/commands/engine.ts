import { randomUUID } from 'node:crypto';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { EngineStarted, EngineStopped } from '../../domain/configuration/events.ts';
import type { Actor } from '../../domain/ids.ts';
import type { Tell } from '../../ports/tell.ts';
import { running } from '../../projections/build-queue.ts';
import type { World } from '../../projections/world.ts';
import { remark } from './build-arguments.ts';
import { type Command, command } from './command.ts';

/** `start`: takes uploads and builds, also after the next restart. */
export const start = (world: World, tell: Tell): Command =>
  command({
    name: 'start',
    summary: 'Starts the engine: uploads are taken and packages built, also after restarts',
    arguments: {},
    privilege: 'admin',
    changes: true,
    run: (_, actor) => say({ type: 'EngineStarted' }, world, actor, tell),
  });

/** `stop`: incoming is closed and nothing more is built; what builds goes on to its end. */
export const stop = (world: World, tell: Tell): Command =>
  command({
    name: 'stop',
    summary:
      'Stops the engine: no uploads are taken and no builds begun until it is started again; builds under way end',
    arguments: { reason: remark('Why, for the record and for people who wait') },
    privilege: 'admin',
    changes: true,
    run: ({ reason }, actor) => say({ type: 'EngineStopped', reason }, world, actor, tell),
  });

const say = async (event: EngineStarted | EngineStopped, world: World, actor: Actor, tell: Tell) => {
  const because = { actor, causedBy: undefined, correlation: randomUUID() };
  const told = await tell({ command: 'Configure', event }, because);
  if (isLeft(told)) return told;
  const building = running(world.builds, undefined).length;
  const answer = { running: world.engine === 'started', changed: told.right.length > 0, building };
  return right({ json: answer, plain: `${answer.running ? 'UP' : 'DOWN'}: ${building} building\n` });
};
