/** Something that a deed makes another: what it is now, and what it is then. */
export type Turn = { readonly what: string; readonly from: string; readonly to: string };

/** None, where it stays as it is. */
export const turn = (what: string, from: string | undefined, to: string): readonly Turn[] =>
  from === to ? [] : [{ what, from: from ?? '', to }];

/** `role: user → staff; email: – → oscar@example.org`. */
export const turnsInWords = (turns: readonly Turn[]): string =>
  turns.map(({ what, from, to }) => `${what}: ${from || '–'} → ${to || '–'}`).join('; ');
