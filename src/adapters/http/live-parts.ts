import { randomBytes } from 'node:crypto';
import type { HomeModel } from './views/home-model.ts';
import { homeParts, type PartName } from './views/home-parts.ts';

/** The home page's parts as markup, each knowing since which version it reads so. */
export type LiveParts = {
  /** Names the state of all parts: `EPOCH.VERSION`. An earlier life's never equals one of ours. */
  readonly version: () => string;
  readonly all: () => Readonly<Record<PartName, string>>;
  /** What reads otherwise than at `version`; everything, for a version that is not ours. What is only for staff is left out for others. */
  readonly since: (version: string | undefined, isStaff: boolean) => Readonly<Partial<Record<PartName, string>>>;
  /** After how many milliseconds it reads otherwise though nothing happened, at most: builds write, and time passes. */
  readonly goodFor: () => number;
};

/** Builds that run are looked at so often. Milliseconds. */
const glance = 2000;
/** What nobody changes changes by the clock alone: something ends, a backup grows old. Milliseconds. */
const quiet = 60_000;

/** Renders at most once a change (`count` grows with each) or glance, however many look. `now` in milliseconds. */
export const liveParts = (home: () => HomeModel, count: () => number, now: () => number = Date.now): LiveParts => {
  const epoch = randomBytes(6).toString('hex');
  const parts = new Map<PartName, { readonly markup: string; readonly version: number }>();
  let version = 0;
  let rendered = -1;
  let goodUntil = 0;
  let isBusy = true;
  const refresh = (): void => {
    if (rendered === count() && now() < goodUntil) return;
    rendered = count();
    const model = home();
    isBusy = model.running.length > 0 || model.works.length > 0;
    goodUntil = now() + (isBusy ? glance : quiet);
    const fresh = (Object.entries(homeParts(model)) as [PartName, { toString(): string }][])
      .map(([name, part]) => ({ name, markup: part.toString() }))
      .filter(({ name, markup }) => parts.get(name)?.markup !== markup);
    if (fresh.length === 0) return;
    version += 1;
    for (const { name, markup } of fresh) parts.set(name, { markup, version });
  };
  const newerThan = (seen: number): Partial<Record<PartName, string>> =>
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
    since: (asked, isStaff) => {
      refresh();
      const [life, seen] = (asked ?? '').split('.');
      const { attention, ...everybodys } = newerThan(life === epoch && /^\d+$/.test(seen ?? '') ? Number(seen) : -1);
      return { ...everybodys, ...(isStaff && attention !== undefined ? { attention } : {}) };
    },
    goodFor: () => (isBusy ? glance : quiet),
  };
};
