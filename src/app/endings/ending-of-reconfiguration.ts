import { configure } from '../../domain/configuration/configuration.ts';
import { objectOf } from '../../domain/configuration/declaration/declare.ts';
import type { Ending } from '../../ports/api.ts';
import type { World } from '../../projections/world.ts';
import type { Reconfiguration } from '../configuration/reconfigure.ts';
import { inWords } from '../configuration/taken-from-apt.ts';
import { endingWithDependents } from './ending-of-object.ts';
import { leftBehind } from './left-behind.ts';

/**
 * What another configuration puts an end to: objects that are not declared any more, what apt would lose, and what is on its way there;
 * `undefined` for nothing.
 */
export const endingOfReconfiguration = ({ events, taken }: Reconfiguration, world: World): Ending | undefined => {
  const after = events.reduce(configure, world.configuration);
  const removed = events.flatMap((event) => {
    const subject = objectOf(event);
    if (subject === undefined) return [];
    const { kind, name } = subject;
    const isGone = kind.all(world.configuration).has(name) && !kind.all(after).has(name);
    return isGone ? [endingWithDependents(kind.section, name, world)] : [];
  });
  const lost = taken.filter(({ whole }) => !whole).map((each) => `${inWords(each)}.`);
  const behind = leftBehind(after, world);
  if (removed.length === 0 && lost.length === 0 && behind.length === 0) return undefined;
  return {
    goes: [...removed.flatMap(({ goes }) => goes), ...lost],
    depends: [...removed.flatMap(({ depends }) => depends), ...behind],
    stays: [...new Set([...removed.flatMap(({ stays }) => stays), 'What this does not name, and all history.'])],
  };
};
