import type { Architecture, SourceName } from '../../src/domain/debian/names.ts';
import { type Machine, optional, type Scenario, type Work } from './scenario.ts';

/** Below which no queue can come, however it assigns. Seconds from the beginning. */
export type Bound = { readonly byWork: number; readonly byChain: number; readonly seconds: number };

/**
 * Work by capacity: for every set of architectures, and every moment, what comes from then on has to be done by the machines that build any
 * of them, while they live. And the longest chain of builds that need each other, from its upload on.
 */
export const lowerBound = ({ machines, works }: Scenario): Bound => {
  const byWork = Math.max(0, ...subsets(architecturesOf(works)).map((set) => timeFor(set, machines, works)));
  const byChain = longestChain(works);
  return { byWork, byChain, seconds: Math.max(byWork, byChain) };
};

const architecturesOf = (works: readonly Work[]): readonly Architecture[] => [
  ...new Set(works.flatMap(({ seconds }) => [...seconds.keys()])),
];

const subsets = <A>(values: readonly A[]): readonly (readonly A[])[] =>
  Array.from({ length: 2 ** values.length }, (_, set) => values.filter((_, n) => (set >> n) % 2 === 1));

const moments = 20;

const timeFor = (set: readonly Architecture[], machines: readonly Machine[], works: readonly Work[]): number => {
  const able = machines.filter(({ architectures }) => architectures.some((each) => set.includes(each)));
  const last = Math.max(...works.map(({ uploadedAt }) => uploadedAt));
  const times = Array.from({ length: moments }, (_, n) => (last * n) / moments);
  return Math.max(...times.map((from) => doneBy(loadOf(set, works, from), from, able)));
};

const loadOf = (set: readonly Architecture[], works: readonly Work[], from: number): number =>
  works
    .filter(({ uploadedAt }) => uploadedAt >= from)
    .flatMap(({ seconds }) => set.map((each) => seconds.get(each) ?? 0))
    .reduce((sum, each) => sum + each, 0);

/** When machines that begin at `from` and lose no second have done so much. */
const doneBy = (load: number, from: number, machines: readonly Machine[]): number => {
  if (load === 0) return 0;
  const turns = machines.flatMap(({ diesAt, returnsAt }) => [diesAt, returnsAt].flatMap((at) => at ?? []));
  let left = load;
  let at = from;
  for (const next of [...turns.filter((each) => each > from).sort((a, b) => a - b), Number.POSITIVE_INFINITY]) {
    const room = machines.filter((each) => isAlive(each, at)).reduce((sum, each) => sum + each.room, 0);
    if (left <= room * (next - at)) return at + left / room;
    left -= room * (next - at);
    at = next;
  }
  return at;
};

const isAlive = ({ diesAt, returnsAt }: Machine, at: number): boolean =>
  diesAt === undefined || at < diesAt || (returnsAt !== undefined && at >= returnsAt);

/** What is needed stands before who needs it. An upload is installed when all its builds have ended that it cannot do without. */
const longestChain = (works: readonly Work[]): number => {
  const there = new Map<SourceName, (on: Architecture) => number>();
  const nowhere = (): number => 0;
  let longest = 0;
  for (const { source, needs, seconds, uploadedAt, isAll } of works) {
    const built = new Map(
      [...seconds].map(([on, took]) => {
        const begins = needs.map((need) => (there.get(need) ?? nowhere)(on));
        return [on, Math.max(uploadedAt, ...begins) + took];
      }),
    );
    const installed = Math.max(...[...built].filter(([on]) => !optional.has(on)).map(([, at]) => at));
    there.set(source, (on) => (isAll ? installed : Math.max(built.get(on) ?? 0, built.has(on) ? installed : 0)));
    longest = Math.max(longest, ...built.values());
  }
  return longest;
};
