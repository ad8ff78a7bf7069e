import { left, right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { People } from '../../ports/people.ts';
import type { World } from '../../projections/world.ts';
import { objectsHolding } from '../administration/narrowed.ts';
import { objectPage } from '../administration/object-page.ts';
import { linesOf, overview } from '../administration/overview.ts';
import type { Standing } from '../administration/standing.ts';
import { subjectOf, subjects } from '../administration/subjects.ts';
import type { Again } from '../administration/told-of-object.ts';
import { oneOf, orNothing } from './arguments.ts';
import { type Command, command } from './command.ts';
import { maybe } from './history-arguments.ts';
import { holding } from './holding.ts';

/** Layouts may have names of several words. */
export const NameOfObject = text(
  'Name',
  /^[^\s\p{Cc}](?:[^\p{Cc}]{0,98}[^\s\p{Cc}])?$/u,
  'at most 100 characters on one line, with no space at its ends',
);

const sections = subjects.map(({ section }) => section);

type Parts = { readonly world: World; readonly log: Pick<EventLog, 'query'>; readonly people: People };

/** `declared`: objects that administrators declared, or one with its state, why, what needs it and its history: as their pages have it. */
export const declared = (parts: Parts): Command =>
  command({
    name: 'declared',
    summary:
      'Shows what is declared: all kinds, the objects of one, or one of them with its state and why, what builds upon it, its history',
    arguments: {
      section: {
        codec: orNothing(oneOf('Section', sections)),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'What kind; without it, all',
        words: sections,
      },
      name: { ...maybe(NameOfObject, 'Only this one'), positional: true },
      holding: holding('Of a kind: only objects with this in name, state or reason'),
    },
    privilege: 'admin',
    run: async ({ section, name, holding: part = '' }, _actor, caller) => {
      if (section === undefined) return right(everything(parts.world));
      const subject = subjectOf(section);
      if (subject === undefined) return left(noObject(section, name));
      if (name === undefined) {
        const objects = objectsHolding(linesOf(subject, parts.world), part);
        const lines = objects.map((each) => line(each.name, each.standing));
        return right({ json: { section, objects }, plain: lines.join('') || 'none\n' });
      }
      const found = await objectPage(parts, subject, name, caller);
      if (found === undefined) return left(noObject(section, name));
      const { standing, dependents, document, happenings } = found;
      return right({
        json: found,
        plain: [
          line(name, standing),
          ...dependents.map((each) => `  needed by ${each.section} ${each.name}: it ${each.because}\n`),
          document ?? '',
          ...happenings.flatMap(({ at, type, says, again }) => [
            `${at} ${type}${says === undefined ? '' : `: ${says}`}\n`,
            ...(again === undefined ? [] : [folded(again)]),
          ]),
        ].join(''),
      });
    },
  });

/** Everything there is to look after, as the overview has it. */
const everything = (world: World): Answer => {
  const found = overview(world);
  const { sections: all, attention } = found;
  return {
    json: found,
    plain: [
      ...all.flatMap(({ section, objects }) => objects.map((each) => `${section} ${line(each.name, each.standing)}`)),
      ...attention.map(({ fact, remedy }) => `look: ${fact}: ${remedy}\n`),
    ].join(''),
  };
};

const folded = ({ since, counts, isCut }: Again): string =>
  `  and since ${since}: ${counts.map(({ type, count }) => `${count} ${type}`).join(', ')}${isCut ? ', and more' : ''}\n`;

const line = (name: string, { state, reason, since }: Standing): string =>
  `${name}: ${state}${since === undefined ? '' : ` since ${since}`}: ${reason}\n`;

const noObject = (section: string, name = '') =>
  refusal('no-object', `${section} holds nothing of the name "${name}", and never did`, 'ask without a name for all');
