import type { SourceName } from '../debian/names.ts';

/** What each source of a set needs of the others; nothing outside the set. */
export type Needs = ReadonlyMap<SourceName, ReadonlySet<SourceName>>;

/** Without the needs of sources that need each other, directly or not: none of these could ever be the first. */
export const withoutCircles = (needs: Needs): Needs => {
  const reach = new Map([...needs.keys()].map((source) => [source, reachedFrom(source, needs)]));
  return new Map(
    [...needs].map(([source, others]) => [
      source,
      new Set([...others].filter((other) => other !== source && reach.get(other)?.has(source) !== true)),
    ]),
  );
};

const reachedFrom = (source: SourceName, needs: Needs): ReadonlySet<SourceName> => {
  const reached = new Set<SourceName>();
  const next = [...(needs.get(source) ?? [])];
  for (let other = next.pop(); other !== undefined; other = next.pop()) {
    if (reached.has(other)) continue;
    reached.add(other);
    next.push(...(needs.get(other) ?? []));
  }
  return reached;
};

/** Sources by the wave in which they can be built: the first needs none of the others. `needs` has no circles. */
export const wavesOf = (needs: Needs): readonly (readonly SourceName[])[] => {
  const waves: SourceName[][] = [];
  const placed = new Set<SourceName>();
  for (let rest = [...needs.keys()]; rest.length > 0; rest = rest.filter((source) => !placed.has(source))) {
    const wave = rest.filter((source) => [...(needs.get(source) ?? [])].every((other) => placed.has(other)));
    if (wave.length === 0) throw new Error(`${rest.join(', ')} need each other`);
    for (const source of wave) placed.add(source);
    waves.push(wave.sort());
  }
  return waves;
};
