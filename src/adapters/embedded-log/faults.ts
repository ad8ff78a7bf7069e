/** Result codes of SQLite (https://www.sqlite.org/rescode.html), primary and extended. */
const passing = { busy: 5, readOnly: 8, full: 13, cannotOpen: 14 };
/** The index of the journal, which is made anew from it at any time, cannot be made, made larger or mapped. */
const ofIndex = { open: 4618, size: 4874, map: 5386 };
const ofOne = { error: 1, tooBig: 18, mismatch: 20, check: 275, notNull: 1299, dataType: 3091 };

/**
 * SQLite took back the statement, and what it was given is at fault. A doubled position or revision is not among
 * these: the writer looked before, so then the table and its indices disagree.
 */
export const isFaultOfOne = (error: unknown): boolean => Object.values(ofOne).includes(codeOf(error));

/**
 * Nothing reached the disk, and the next append may succeed: no space, no write permission, another program in the
 * way. Whatever else fails (above all a sync) leaves unknown what the disk holds.
 */
export const isPassing = (error: unknown): boolean =>
  Object.values(passing).includes(codeOf(error) & 0xff) ||
  Object.values(ofIndex).includes(codeOf(error)) ||
  (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'));

/** What SQLite says of a full disk is sometimes an I/O error. */
export const wordsOf = (error: unknown): string =>
  codeOf(error) === ofIndex.size ? `Error: database or disk is full (${String(error)})` : String(error);

const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : -1;
