import { right } from 'fp-ts/lib/Either.js';
import type { SourceState } from '../../projections/sources.ts';
import type { World } from '../../projections/world.ts';
import { type Command, command } from './command.ts';

/** `sources`: which foreign archives builds draw from, how each source fares, and why. */
export const sources = (world: World): Command =>
  command({
    name: 'sources',
    summary: 'Lists the foreign archives that builds draw from, and how each fares',
    arguments: {},
    privilege: 'login',
    run: () => {
      const described = [...world.sources.values()].map(describe);
      return right({ json: { sources: described }, plain: described.map(plain).join('') });
    },
  });

const describe = ({ configured, checked, failed }: SourceState) => ({
  source: configured.id,
  origin: configured.origin,
  suite: configured.suite,
  state: failed !== undefined ? 'failed' : checked === undefined ? 'not checked yet' : 'usable',
  since: failed?.since ?? null,
  uri: checked?.uri ?? null,
  codeversion: checked?.codeversion ?? null,
  architectures: checked?.architectures ?? [],
  components: checked?.components ?? [],
  unusable: (failed ?? checked)?.unusable ?? [],
});

const plain = ({ source, state, since, uri, unusable }: ReturnType<typeof describe>): string =>
  [
    `${source}: ${state}${since === null ? '' : ` since ${since}`}${state === 'usable' ? `: ${uri}` : ''}\n`,
    ...unusable.map(({ uri: from, because }) => `  ${from}: ${because.fact} (${because.remedy})\n`),
  ].join('');
