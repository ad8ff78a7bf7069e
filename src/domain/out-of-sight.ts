/**
 * Controls but tab and newline; marks that turn the direction of text around (Trojan Source), or end a line unseen; what has no width at
 * all. Joiners are part of words in some scripts: between letters of these they are in sight.
 */
const unseen =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|(?<=^|[\0-\x7f])[\u200c\u200d]|[\u200c\u200d](?=$|[\0-\x7f])/gu;

const sign = '\u{FFFD}';

/** Text in which nothing reorders or hides its neighbours: a sign stands for what would. */
export const inSight = (text: string, shown: (character: string) => string = () => sign): string =>
  text.replace(unseen, shown);

/** The same, on one line. */
export const inSightOnOneLine = (text: string): string => inSight(text.replace(/[\t\n]/g, sign));

export const isOnOneLineInSight = (text: string): boolean => text.search(/[\t\n]/) === -1 && text.search(unseen) === -1;
