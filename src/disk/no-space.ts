/** What SQLite calls a full disk (https://www.sqlite.org/rescode.html#full). */
const sqliteFull = 13;

/** Whether something failed because a disk is full, or a quota used up; also where that lies behind another error. */
export const isNoSpace = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    (typeof errcode === 'number' && (errcode & 0xff) === sqliteFull) ||
    // The thread of the log gives words alone.
    /database or disk is full|\bENOSPC\b/.test(error.message) ||
    isNoSpace(error.cause)
  );
};
