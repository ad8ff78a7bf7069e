/**
 * Does decisions one after the other. What a package's own stream cannot see (whose a binary package is in a distribution) is decided
 * in turn by all who change contents, so that each sees what the one before did.
 */
export type InTurn = <T>(decide: () => Promise<T>) => Promise<T>;
