/** What came into a list since, and what left it. Most of it is the same objects in the same places, which costs nothing more than a look. */
export const news = <Item extends object>(
  was: readonly Item[],
  is: readonly Item[],
): { readonly coming: readonly Item[]; readonly going: readonly Item[] } => {
  const [shorter, grown] = [Math.min(was.length, is.length), is.length - was.length];
  let start = 0;
  while (start < shorter && was[start] === is[start]) start += 1;
  let end = is.length;
  while (end > start && end - grown > start && was[end - grown - 1] === is[end - 1]) end -= 1;
  const [before, after] = [was.slice(start, end - grown), is.slice(start, end)];
  if (before.length === 0 || after.length === 0) return { coming: after, going: before };
  const [had, has] = [new Set(before), new Set(after)];
  return { coming: after.filter((each) => !had.has(each)), going: before.filter((each) => !has.has(each)) };
};
