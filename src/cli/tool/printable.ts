/** What comes over the wire shall not steer the terminal. */
export const printable = (text: string): string => text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '\u{FFFD}');
