/** What changed last: who keeps something that is made of everything looks only at what changed since. Folded in place: ask, do not keep. */
export type Trail<Name> = {
  /** How often anything changed, ever. */
  count: number;
  /** The last names, each where its number says. */
  readonly last: Name[];
};

/** Who did not look for longer looks at everything. */
const longest = 1000;

export const newTrail = <Name>(): Trail<Name> => ({ count: 0, last: [] });

export const noteChange = <Name>(trail: Trail<Name>, name: Name): void => {
  trail.last[trail.count % longest] = name;
  trail.count += 1;
};

/** What changed after the first `count` changes; `undefined` when nobody knows any more. */
export const changedSince = <Name>({ count: now, last }: Trail<Name>, count: number): ReadonlySet<Name> | undefined =>
  now - count > longest
    ? undefined
    : new Set(Array.from({ length: now - count }, (_, n) => last[(count + n) % longest] as Name));
