import { left, right } from 'fp-ts/lib/Either.js';
import { EventId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { World } from '../../projections/world.ts';
import type { Doers } from '../accounts/doers.ts';
import { eventPage } from '../pages/event-page.ts';
import { type Command, command } from './command.ts';
import { historyRow, historyRowInWords } from './history.ts';
import { Chain, maybe } from './history-arguments.ts';

/** `event`: one event with everything on record, what made it necessary and what came of it. */
export const event = (world: World, log: Pick<EventLog, 'query'>, doers: Doers): Command => {
  const found = eventPage(world, log, doers);
  return command({
    name: 'event',
    summary: 'Shows one event: everything on record, its causes and its consequences',
    arguments: {
      id: {
        codec: EventId,
        positional: true,
        short: undefined,
        fallback: undefined,
        summary: 'Id of the event, as history gives it',
      },
      chain: maybe(Chain, 'The chain it belongs to, by which it is found sooner'),
    },
    privilege: 'none',
    run: async ({ id, chain }, _actor, caller) => {
      const model = await found({ id, chain, caller });
      if (model === undefined) return left(noEvent);
      const { happening, recorded, causes, consequences, moreConsequences } = model;
      const row = historyRow(recorded, happening.doer);
      const line = (each: (typeof causes)[number]): string => `${each.at} ${each.type} ${each.id}\n`;
      return right({
        json: {
          event: row,
          causes: causes.map(({ id: cause, type, at }) => ({ id: cause, type, at })),
          consequences: consequences.map(({ id: consequence, type, at, depth }) => ({
            id: consequence,
            ...{ type, at, depth },
          })),
          moreConsequences,
        },
        plain: [
          ...causes.map((each) => `because of ${line(each)}`),
          historyRowInWords(row),
          `${JSON.stringify(recorded.body, null, 2)}\n`,
          ...consequences.map((each) => `${'  '.repeat(each.depth)}led to ${line(each)}`),
          ...(moreConsequences > 0 ? [`and ${moreConsequences} further consequences\n`] : []),
        ].join(''),
      });
    },
  });
};

const noEvent = refusal(
  'no-event',
  'no event of this id is to be seen here',
  'find it with history, and say its chain as well',
);
