/** An answer on the control connection (RFC 959 §4.2): 2xx done, 4xx try again, 5xx do not. */
export type Reply = { readonly code: number; readonly text: string };

/** One printable line, however the text was made: what a stranger wrote must not become a second reply. */
export const reply = (code: number, text: string): Reply => ({
  code,
  text: text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 800),
});
