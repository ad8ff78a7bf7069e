/** The known name that a mistyped one was meant to be: at most two slips of the pen away, `undefined` when none is. */
export const nearest = (asked: string, known: readonly string[]): string | undefined => {
  if (asked.length > 64) return undefined;
  const [best] = known
    .map((name) => ({ name, slips: slips(asked, name) }))
    .filter(({ name, slips }) => slips <= Math.min(2, name.length - 1))
    .sort((a, b) => a.slips - b.slips);
  return best?.name;
};

/** Levenshtein's distance. */
const slips = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
