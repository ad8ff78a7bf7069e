import { right } from 'fp-ts/lib/Either.js';
import type { DaemonCommand } from '../../domain/command.ts';
import type { Voice } from '../../ports/tell.ts';
import { running } from '../../projections/build-queue.ts';
import { held } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { endingOfEngine } from '../endings/ending-of-builds.ts';
import { flag } from './arguments.ts';
import { remark } from './build-arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, saying } from './deed.ts';
import { turn, turnsInWords } from './turns.ts';

/** `start`: takes uploads and builds, also after the next restart. */
export const start = (world: World, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'start',
    summary: 'Starts the engine: uploads are taken and packages built, also after restarts',
    arguments: { 'force-check': flag('Also looks at all sources now, and makes all chroots anew', 'C') },
    privilege: 'admin',
    plan: (given) => {
      const anew = given['force-check'] ? checkAnew(world) : [];
      return right(
        saying(world.engine, [{ command: 'Configure', event: { type: 'EngineStarted' } }, ...anew], (said, isDone) => {
          const changed = said.some(({ body }) => body.type === 'EngineStarted');
          const building = running(world.builds, undefined).length;
          const word = isDone ? 'UP' : changed ? 'would be UP' : 'is UP already';
          const looks = isDone || anew.length === 0 ? '' : `; sources and chroots to look at anew: ${anew.length}`;
          return { json: { running: true, changed, building }, plain: `${word}: ${building} building${looks}\n` };
        }),
      );
    },
  });

/** `stop`: incoming is closed and nothing more is built; what builds goes on to its end. */
export const stop = (world: World, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'stop',
    summary:
      'Stops the engine: no uploads are taken and no builds begun until it is started again; builds under way end',
    arguments: { reason: remark('Why, for the record and for people who wait') },
    privilege: 'admin',
    plan: ({ reason }) => {
      const reasons = world.engine === 'stopped' ? turn('reason', world.stoppedBecause, reason) : [];
      return right(
        saying(
          [world.engine, world.stoppedBecause],
          [{ command: 'Configure', event: { type: 'EngineStopped', reason } }],
          (said, isDone) => {
            const changed = said.length > 0;
            const ends = running(world.builds, undefined);
            const waits = held(world);
            const word = isDone ? 'DOWN' : changed ? 'would be DOWN' : 'is DOWN already';
            return {
              json: {
                running: false,
                changed,
                building: ends.length,
                ends: ends.map(({ id }) => id),
                waits: waits.map(({ id }) => id),
              },
              plain: `${word}: ${ends.length} building${reasons.map((each) => `; ${turnsInWords([each])}`).join('')}\n`,
              basis: { running: false, changed },
              ...(changed && !isDone && { ends: endingOfEngine(ends, waits) }),
            };
          },
        ),
      );
    },
  });

/** Builds go on with the chroots that there are until others stand beside them. */
const checkAnew = ({ configuration, templates }: World): readonly DaemonCommand[] => [
  ...[...configuration.sources.keys()].map(
    (id) => ({ command: 'Report', event: { type: 'SourceCheckRequested', id } }) as const,
  ),
  ...[...templates.values()].flatMap(({ chroot }) =>
    chroot === undefined
      ? []
      : [
          {
            command: 'Report',
            event: {
              type: 'ChrootOutdated',
              codename: chroot.codename,
              architecture: chroot.architecture,
              reason: 'start --force-check',
            },
          } as const,
        ],
  ),
];
