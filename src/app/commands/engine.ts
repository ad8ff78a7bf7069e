import { randomUUID } from 'node:crypto';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { EngineStarted, EngineStopped } from '../../domain/configuration/events.ts';
import type { Actor } from '../../domain/ids.ts';
import type { Tell } from '../../ports/tell.ts';
import { running } from '../../projections/build-queue.ts';
import type { World } from '../../projections/world.ts';
import { flag } from './arguments.ts';
import { remark } from './build-arguments.ts';
import { type Command, command } from './command.ts';

/** `start`: takes uploads and builds, also after the next restart. */
export const start = (world: World, tell: Tell): Command =>
  command({
    name: 'start',
    summary: 'Starts the engine: uploads are taken and packages built, also after restarts',
    arguments: { 'force-check': flag('Also looks at all sources now, and makes all chroots anew', 'C') },
    privilege: 'admin',
    changes: true,
    run: async (given, actor) => {
      const started = await say({ type: 'EngineStarted' }, world, actor, tell);
      if (given['force-check'] && !isLeft(started)) await checkAnew(world, actor, tell);
      return started;
    },
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

/** Builds go on with the chroots that there are until others stand beside them. */
const checkAnew = async ({ configuration, templates }: World, actor: Actor, tell: Tell): Promise<void> => {
  const because = { actor, causedBy: undefined, correlation: randomUUID() };
  const reason = 'start --force-check';
  for (const id of configuration.sources.keys())
    await tell({ command: 'Report', event: { type: 'SourceCheckRequested', id } }, because);
  for (const { chroot } of templates.values()) {
    if (chroot === undefined) continue;
    const { codename, architecture } = chroot;
    await tell({ command: 'Report', event: { type: 'ChrootOutdated', codename, architecture, reason } }, because);
  }
};

const say = async (event: EngineStarted | EngineStopped, world: World, actor: Actor, tell: Tell) => {
  const because = { actor, causedBy: undefined, correlation: randomUUID() };
  const told = await tell({ command: 'Configure', event }, because);
  if (isLeft(told)) return told;
  const building = running(world.builds, undefined).length;
  const answer = { running: world.engine === 'started', changed: told.right.length > 0, building };
  return right({ json: answer, plain: `${answer.running ? 'UP' : 'DOWN'}: ${building} building\n` });
};
