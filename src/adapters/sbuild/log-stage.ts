/** The last heading in a piece of sbuild's log: a title in a box. The one over everything names the package, and is none. */
export const stageIn = (text: string): string | undefined => {
  const titles = [...text.matchAll(/^\| (\S[^\n|]{0,75}?) *\|$/gm)].map(([, title = '']) => title);
  return titles.findLast((title) => !/\(\S+\)(?: |$)/.test(title));
};
