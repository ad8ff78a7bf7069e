/** Rows below their headings, in columns, as a person reads them at a terminal. Nothing but a sentence when there are none. */
export const table = (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  whenEmpty = 'nothing found',
): string => {
  if (rows.length === 0) return `${whenEmpty}\n`;
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => all.reduce((widest, row) => Math.max(widest, lengthOf(row[column])), 0));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        return (row[column] ?? '') + ' '.repeat(width - lengthOf(row[column]));
      })
      .join('  ')
      .trimEnd();
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return `${[line(headings), rule, ...rows.map(line)].join('\n')}\n`;
};

/** In characters, not in units of UTF-16. */
const lengthOf = (cell = ''): number => [...cell].length;
