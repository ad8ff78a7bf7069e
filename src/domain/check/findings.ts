import * as t from 'io-ts';
import { Count } from '../codec.ts';

/** Tools that look at built packages. */
export const CheckTool = t.keyof({ lintian: null, piuparts: null, autopkgtest: null }, 'CheckTool');
export type CheckTool = t.TypeOf<typeof CheckTool>;

export const checkTools: readonly CheckTool[] = ['lintian', 'piuparts', 'autopkgtest'];

/** `info` is what a tool mentions and nobody is denied for. */
export const Severity = t.keyof({ error: null, warning: null, info: null }, 'Severity');
export type Severity = t.TypeOf<typeof Severity>;

/** Something a tool found, as often as it found it. `about` is a package, `source`, or nothing. */
export const Finding = t.strict({ severity: Severity, tag: t.string, about: t.string, times: Count }, 'Finding');
export type Finding = t.TypeOf<typeof Finding>;

/** How many there are of each severity, each time counted. */
export const Counts = t.strict({ error: Count, warning: Count, info: Count }, 'Counts');
export type Counts = t.TypeOf<typeof Counts>;

export const countsOf = (findings: readonly Finding[]): Counts => {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity, times } of findings) counts[severity] += times;
  return counts;
};

/** `2 errors`, `1 warning`; nothing of what nobody is denied for. */
export const countsInWords = ({ error, warning }: Counts): readonly string[] =>
  [counted(error, 'error'), counted(warning, 'warning')].flat();

/** `1 error`, `2 errors`; nothing of none. */
export const counted = (count: number, what: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The same ones together, the gravest first. */
export const gathered = (found: readonly Omit<Finding, 'times'>[]): readonly Finding[] => {
  const byWhat = new Map<string, Finding>();
  for (const { severity, tag, about } of found) {
    const what = `${severity} ${about} ${tag}`;
    byWhat.set(what, { severity, tag, about, times: (byWhat.get(what)?.times ?? 0) + 1 });
  }
  return [...byWhat.values()].sort(
    (a, b) => order[a.severity] - order[b.severity] || compare(a.tag, b.tag) || compare(a.about, b.about),
  );
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
