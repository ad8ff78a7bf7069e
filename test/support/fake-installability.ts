import type { Broken, Installability } from '../../src/ports/installability.ts';

/** Knows names only: of a `Packages`, and of each archive beside it by its id. What an archive holds that it never heard of is unknown. */
export const fakeInstallability = (archives: ReadonlyMap<string, readonly string[]>): Installability => ({
  examine: async ({ packages, beside }) => {
    const strange = beside.find(({ id }) => !archives.has(id));
    if (strange !== undefined && packages.length > 0) return { unknown: `nobody here has ${strange.id}` };
    const stanzas = packages
      .toString('latin1')
      .split('\n\n')
      .filter((stanza) => stanza !== '')
      .map((stanza) => (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '');
    const needs = new Map(
      stanzas.map((field) => [
        field('Package'),
        field('Depends')
          .split(/,\s*/)
          .filter((each) => each !== '')
          .map((each) => each.replace(/ .*/, '')),
      ]),
    );
    const there = new Set([...needs.keys(), ...beside.flatMap(({ id }) => archives.get(id) ?? [])]);
    const missing = (name: string, above: readonly string[] = []): string | undefined =>
      (needs.get(name) ?? []).flatMap((each) => {
        if (!there.has(each)) return [each];
        return above.includes(each) ? [] : (missing(each, [...above, name]) ?? []);
      })[0];
    const broken = stanzas.flatMap((field): readonly Broken[] => {
      const lacks = missing(field('Package'));
      return lacks === undefined
        ? []
        : [{ package: field('Package'), version: field('Version'), because: `${lacks} is nowhere` }];
    });
    return { broken };
  },
});
