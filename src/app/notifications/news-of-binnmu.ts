import { binNmuVersion } from '../../domain/binnmu/binnmu-version.ts';
import type { News } from '../../domain/notification/letter.ts';
import { binNmuStream } from '../../domain/stream.ts';
import { type BinNmuStory, isThere, type RebuildStory } from '../../projections/binnmus.ts';

/** So many builds of each kind are named in one mail; the page names them all. */
const mostNamed = 50;

/** What came of a binNMU as a whole, first what is not there. `url` is where we are reached. */
export const newsOfBinNmu = ({ planned, rebuilds, cancelled }: BinNmuStory, headline: string, url: string): News => {
  const all = [...rebuilds.values()];
  const there = all.filter(isThere);
  const missing = all.filter((each) => !isThere(each));
  return {
    headline,
    distribution: planned.distribution,
    package: undefined,
    file: `${there.length} of ${all.length} builds (${planned.reason})`,
    results: [],
    ports: [],
    because: [
      ...(cancelled === undefined ? [] : [`Cancelled: ${cancelled}`]),
      ...listed('Not there', missing),
      ...listed('Built again', there),
      `How it went: ${url}/mini_buildd/progress?stream=${binNmuStream(planned.binNmu)}`,
    ],
    changes: '',
  };
};

const listed = (title: string, rebuilds: readonly RebuildStory[]): readonly string[] => [
  ...rebuilds.slice(0, mostNamed).map((each) => `${title}: ${inWords(each)}`),
  ...(rebuilds.length > mostNamed ? [`${title}: ${rebuilds.length - mostNamed} more`] : []),
];

const inWords = ({ planned: { source, version, number, architecture }, status, fact }: RebuildStory): string => {
  const why = status === 'installed' ? '' : `: ${status}${fact === undefined ? '' : ` (${fact.slice(0, 300)})`}`;
  return `${source} ${binNmuVersion(version, number)} ${architecture}${why}`;
};
