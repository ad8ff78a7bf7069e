/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const code = { error: 1, busy: 5, readOnly: 8, full: 13, cannotOpen: 14, tooBig: 18, constraint: 19, mismatch: 20 };

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

/** SQLite took back the statement, and only the append that it belongs to is at fault. */
export const isFaultOfOne = (error: unknown): boolean =>
  [code.error, code.tooBig, code.constraint, code.mismatch].includes(codeOf(error) ?? -1);

/**
 * Nothing reached the disk, and the next append may succeed: no space, no write permission, another program in the
 * way. Whatever else fails (above all a sync) leaves unknown what the disk holds.
 */
export const isPassing = (error: unknown): boolean =>
  [code.busy, code.readOnly, code.full, code.cannotOpen].includes(codeOf(error) ?? -1) ||
  (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'));
