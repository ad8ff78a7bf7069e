import { createHash } from 'node:crypto';
import { serverSent } from './server-sent.ts';
import type { Html } from './views/html.ts';

/** Parts of a page by the ids of their places. */
export type PageParts = Readonly<Record<string, Html>>;

/** Parts of a page as they read at one moment, and what that is to somebody who read them before. */
export type RenderedParts = {
  /** Names what each part reads: `state.1a2b3c4d~log.…`. Whoever has it needs nothing, in whichever life of ours. */
  readonly seen: string;
  /** An event with the parts that read otherwise than as `before` names them, all of them without it; `undefined` when none does. Kept for the next one only where `before` came from us (`isOurs`): others may say anything. */
  readonly since: (before: string | undefined, isOurs?: boolean) => Buffer | undefined;
};

/** So many have read something else each; for others it is put together anew. */
const mostKept = 50;
/** Parts that are no more, of which somebody is told. */
const mostGone = 20;

export const renderedParts = (parts: PageParts): RenderedParts => {
  const all = Object.entries(parts).map(([name, part]) => {
    const markup = part.toString();
    return { name, markup, mark: createHash('sha256').update(markup).digest('hex').slice(0, 12) };
  });
  const seen = all.map(({ name, mark }) => `${name}.${mark}`).join('~');
  const kept = new Map<string, Buffer | undefined>();
  const told = (before: string): Buffer | undefined => {
    const had = marksIn(before);
    const news = all.filter(({ name, mark }) => had.get(name) !== mark).map(({ name, markup }) => [name, markup]);
    const gone = [...had.keys()].filter((name) => !(name in parts)).map((name) => [name, '']);
    const changed = [...news, ...gone];
    return changed.length === 0 ? undefined : Buffer.from(serverSent(seen, Object.fromEntries(changed)));
  };
  return {
    seen,
    since: (before = '', isOurs = before === '') => {
      if (before === seen) return undefined;
      if (kept.has(before)) return kept.get(before);
      const event = told(before);
      if (isOurs && kept.size < mostKept) kept.set(before, event);
      return event;
    },
  };
};

/** Of whatever somebody says they have seen. */
const marksIn = (seen: string): ReadonlyMap<string, string> =>
  new Map(
    seen
      .slice(0, 2000)
      .split('~')
      .slice(0, mostGone)
      .flatMap((each) => {
        const [, name, mark] = /^([a-z][a-z0-9-]{0,40})\.([0-9a-f]{12})$/.exec(each) ?? [];
        return name === undefined || mark === undefined ? [] : [[name, mark] as const];
      }),
  );

/** Of a page that shows `parts`: where it is kept fresh from. */
export const liveUrl = (path: string, parts: PageParts): string =>
  `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(renderedParts(parts).seen)}`;
