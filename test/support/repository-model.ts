/**
 * What a repository holds, in as few words as it can be said: a reference for tests, sharing nothing with the daemon. Suites of one
 * codename, packages by name, versions as numbers. Every deed says whether it was done; what is refused changes nothing.
 */
export type Suite = { readonly name: string; readonly rollbacks: number; readonly migratesTo: string | undefined };

type Slot = { readonly present: number | undefined; readonly earlier: readonly number[] };

export type Place = { readonly suite: string; readonly rollback: number | undefined };

const empty: Slot = { present: undefined, earlier: [] };

/** `binaries`: the binary packages of a version, each of which one source at most may have in a suite. */
export const repositoryModel = (
  suites: readonly Suite[],
  binaries: (source: string, version: number) => readonly string[],
) => {
  let slots = new Map<string, Slot>();
  const installed = new Set<string>();

  const suite = (name: string): Suite => suites.find((each) => each.name === name) as Suite;
  const at = (of: typeof slots, name: string, source: string): Slot => of.get(`${name} ${source}`) ?? empty;
  const whole = ({ suite: name, rollback }: Place): boolean =>
    rollback === undefined || rollback < suite(name).rollbacks;
  const holds = ({ suite: name, rollback }: Place, source: string): number | undefined => {
    const { present, earlier } = at(slots, name, source);
    return rollback === undefined ? present : earlier[rollback];
  };

  /** The present occupant, if any, becomes the newest rollback. */
  const put = (into: typeof slots, name: string, source: string, version: number | undefined): void => {
    const { present, earlier } = at(into, name, source);
    const pushed = present === undefined ? earlier : [present, ...earlier].slice(0, suite(name).rollbacks);
    into.set(`${name} ${source}`, { present: version, earlier: pushed });
  };

  /** Takes what a deed made of it, unless two sources would have one binary package in a suite. */
  const settle = (next: typeof slots): boolean => {
    const owners = new Map<string, string>();
    for (const [place, { present }] of next) {
      const [name = '', source = ''] = place.split(' ');
      for (const binary of present === undefined ? [] : binaries(source, present)) {
        const owner = owners.get(`${name} ${binary}`);
        if (owner !== undefined && owner !== source) return false;
        owners.set(`${name} ${binary}`, source);
      }
    }
    slots = next;
    return true;
  };

  const chain = (from: string): readonly string[] => {
    const next = suite(from).migratesTo;
    return next === undefined ? [] : [next, ...chain(next)];
  };

  const restore = (sources: readonly string[], place: Place, version: number | undefined): boolean => {
    if (!whole(place)) return false;
    const next = new Map(slots);
    for (const source of sources) {
      const there = at(slots, place.suite, source);
      const named = place.rollback === undefined ? (version ?? there.earlier[0]) : holds(place, source);
      if (named === undefined || !installed.has(`${source} ${named}`) || (version ?? named) !== named) return false;
      if (there.present === named) return false;
      put(next, place.suite, source, named);
    }
    return settle(next);
  };

  return {
    /** In what order they are: newest first. */
    shown: (name: string, source: string): readonly (number | undefined)[] => {
      const { present, earlier } = at(slots, name, source);
      return [present, ...earlier];
    },
    holds,
    install: (source: string, version: number, name: string): boolean => {
      const next = new Map(slots);
      if ((at(slots, name, source).present ?? 0) >= version) return false;
      put(next, name, source, version);
      const done = settle(next);
      if (done) installed.add(`${source} ${version}`);
      return done;
    },
    migrate: (sources: readonly string[], from: Place, full: boolean, allowDowngrades: boolean): boolean => {
      if (from.rollback !== undefined) return !full && restore(sources, from, undefined);
      const targets = chain(from.suite).slice(0, full ? undefined : 1);
      const next = new Map(slots);
      let steps = 0;
      for (const source of sources) {
        const version = holds(from, source);
        if (version === undefined) return false;
        for (const name of targets) {
          const there = at(slots, name, source).present;
          if (there === version) continue;
          if (there !== undefined && there > version && !allowDowngrades) return false;
          put(next, name, source, version);
          steps += 1;
        }
      }
      return steps > 0 && settle(next);
    },
    remove: (sources: readonly string[], place: Place): boolean => {
      if (!whole(place)) return false;
      const next = new Map(slots);
      for (const source of sources) {
        if (holds(place, source) === undefined) return false;
        const { present, earlier } = at(slots, place.suite, source);
        if (place.rollback === undefined) put(next, place.suite, source, undefined);
        else {
          const left = earlier.filter((_, rollback) => rollback !== place.rollback);
          next.set(`${place.suite} ${source}`, { present, earlier: left });
        }
      }
      return settle(next);
    },
    restore,
  };
};

export type RepositoryModel = ReturnType<typeof repositoryModel>;
