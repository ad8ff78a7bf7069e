import { structuredPatch } from 'diff';

/** What a change makes of the configuration as `export` writes it. Every line begins with what becomes of it: `+`, `-`, or a blank. */
export type YamlDifference = {
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly Hunk[];
};

/** Lines that change, and those around them; `at` as in a unified diff, `within` the keys that they stand below. */
type Hunk = { readonly at: string; readonly within: string; readonly lines: readonly string[] };

/** Lines around each change. */
const context = 3;

/** Lines that may differ: beyond this nobody reads them, and finding the shortest way takes too long. */
const mostEdits = 1000;

/** `undefined` where too many lines differ to be told one by one. */
export const yamlDifference = (before: string, after: string): YamlDifference | undefined => {
  const patch = structuredPatch('', '', before, after, '', '', { context, maxEditLength: mostEdits });
  if (patch === undefined) return undefined;
  const standing = before.split('\n');
  const hunks = patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    at: `-${oldStart},${oldLines} +${newStart},${newLines}`,
    within: keysAbove(standing, oldStart - 1),
    lines,
  }));
  const count = (sign: string) => hunks.flatMap(({ lines }) => lines.filter((line) => line.startsWith(sign))).length;
  return { added: count('+'), removed: count('-'), hunks };
};

/** For a terminal, and for programs that take patches. */
export const unified = ({ hunks }: YamlDifference): string =>
  hunks.length === 0
    ? ''
    : [
        '--- as it stands',
        '+++ as it would be',
        ...hunks.flatMap(({ at, within, lines }) => [`@@ ${at} @@${within === '' ? '' : ` ${within}`}`, ...lines]),
        '',
      ].join('\n');

/** `repositories: acme:` for what stands inside of that: each line above that is indented less than what was met before. */
const keysAbove = (lines: readonly string[], from: number): string => {
  const keys: string[] = [];
  let indent = indentOf(lines[from]);
  for (let at = from - 1; at >= 0 && indent > 0; at -= 1) {
    const line = lines[at] ?? '';
    if (indentOf(line) >= indent || !/^ *[^ ].*:$/.test(line)) continue;
    indent = indentOf(line);
    keys.unshift(line.trim());
  }
  return keys.join(' ');
};

const indentOf = (line = ''): number => line.length - line.trimStart().length;
