import type { Difference } from '../../domain/configuration/declaration/difference.ts';

/** How many of what come, change and go: `2 sources, 1 repository come; 1 layout changes`. */
export const inSum = (differences: readonly Difference[]): string =>
  (['added', 'changed', 'removed'] as const)
    .flatMap((change) => {
      const alike = differences.filter((each) => each.change === change);
      return alike.length === 0 ? [] : [`${counted(alike)} ${verbs[change][alike.length === 1 ? 0 : 1]}`];
    })
    .join('; ');

const verbs = { added: ['comes', 'come'], changed: ['changes', 'change'], removed: ['goes', 'go'] } as const;

const counted = (differences: readonly Difference[]): string =>
  [...Map.groupBy(differences, ({ what }) => what.split(' ')[0] ?? what)]
    .map(([noun, { length }]) =>
      noun === 'instance' ? 'the instance' : `${length} ${length === 1 ? noun : several(noun)}`,
    )
    .join(', ');

const several = (noun: string): string => (noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`);
