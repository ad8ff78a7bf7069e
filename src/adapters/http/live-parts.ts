import { randomBytes } from 'node:crypto';
import type { HomeModel } from './views/home-model.ts';
import { homeParts, type PartName } from './views/home-parts.ts';

/** The home page's parts as markup, each knowing since which version it reads so. */
export type LiveParts = {
  /** Names the state of all parts: `EPOCH.VERSION`. An earlier life's never equals one of ours. */
  readonly version: () => string;
  readonly all: () => Readonly<Record<PartName, string>>;
  /** What reads otherwise than at `version`; everything, for a version that is not ours. */
  readonly since: (version: string | undefined) => Readonly<Partial<Record<PartName, string>>>;
};

/** Renders at most once a change (`count` grows with each), however many look. */
export const liveParts = (home: () => HomeModel, count: () => number): LiveParts => {
  const epoch = randomBytes(6).toString('hex');
  const parts = new Map<PartName, { readonly markup: string; readonly version: number }>();
  let version = 0;
  let rendered = -1;
  const refresh = (): void => {
    if (rendered === count()) return;
    rendered = count();
    const fresh = (Object.entries(homeParts(home())) as [PartName, { toString(): string }][])
      .map(([name, part]) => ({ name, markup: part.toString() }))
      .filter(({ name, markup }) => parts.get(name)?.markup !== markup);
    if (fresh.length === 0) return;
    version += 1;
    for (const { name, markup } of fresh) parts.set(name, { markup, version });
  };
  const newerThan = (seen: number) =>
    Object.fromEntries(
      [...parts].filter(([, part]) => part.version > seen).map(([name, { markup }]) => [name, markup]),
    );
  return {
    version: () => {
      refresh();
      return `${epoch}.${version}`;
    },
    all: () => {
      refresh();
      return newerThan(-1) as Record<PartName, string>;
    },
    since: (asked) => {
      refresh();
      const [life, seen] = (asked ?? '').split('.');
      return newerThan(life === epoch && /^\d+$/.test(seen ?? '') ? Number(seen) : -1);
    },
  };
};
