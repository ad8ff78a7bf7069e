import type { Caller } from '../../domain/account/caller.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { People } from '../../ports/people.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { doers } from '../accounts/doers.ts';
import { writeYaml } from '../configuration/yaml.ts';
import { endingOfObject } from '../endings/ending-of-object.ts';
import { happeningsOf } from '../pages/happenings.ts';
import { type Change, changesOf } from './changes.ts';
import { dependentsOf } from './dependents.ts';
import { saidWithLogins } from './said-with-logins.ts';
import { standingOf } from './standing.ts';
import type { Subject } from './subjects.ts';
import { inRuns, toldOf } from './told-of-object.ts';

type Parts = { readonly world: World; readonly log: Pick<EventLog, 'query'>; readonly people: People };

/** One object: what it is, how it does and why, what builds upon it, what happened to it. `undefined` for what never was. */
export const objectPage = async ({ world, log, people }: Parts, subject: Subject, name: string, caller: Caller) => {
  const said = await saidWithLogins(subject, name, world.configuration, people);
  const changes = await changesOf(log, subject, name);
  if (said === undefined && changes.length === 0) return undefined;
  const canBeRemoved = subject.kind !== undefined && said !== undefined;
  const { events, horizon } = await toldOf(log, subject.stream(name), changes);
  const viewer = viewerOf(world.accounts, caller);
  const happenings = await happeningsOf(events, viewer, doers(world.accounts, people));
  return {
    section: subject.section,
    noun: subject.noun,
    name,
    isThere: said !== undefined,
    canBeRemoved,
    standing: standingOf(subject.section, name, world),
    document: said && writeYaml(subject.document(name, said)),
    dependents: dependentsOf(subject.section, name, world.configuration),
    ends: canBeRemoved ? endingOfObject(subject.section, name, world) : undefined,
    happenings: inRuns(happenings, horizon).map((happening) => ({
      ...happening,
      says: happening.says ?? whatItChanged(changes, happening.id),
    })),
  };
};

/** What an event made of the object, field by field. */
const whatItChanged = (changes: readonly Change[], id: string): string | undefined => {
  const change = changes.find(({ recorded }) => recorded.id === id);
  if (change === undefined) return undefined;
  const { change: how, fields } = change.difference;
  if (how !== 'changed') return how;
  return fields.length === 0
    ? 'said again as it was'
    : fields.map(({ field, from, to }) => `${field}: ${shown(from)} → ${shown(to)}`).join('; ');
};

const shown = (value: unknown): string => {
  const text = value === undefined ? '(not there)' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};
