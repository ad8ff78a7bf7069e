import { runInNewContext } from 'node:vm';

/** Milliseconds that a pattern may take: it is short, and so is an address. */
const longest = 50;

/**
 * Whether an address that a stranger wrote may get mail: the pattern matches somewhere in it. A pattern that is none, or that
 * runs away, allows nothing.
 */
export const isAllowed = (address: string, allowEmailsTo: string): boolean => {
  try {
    const given = { pattern: new RegExp(allowEmailsTo), address };
    return runInNewContext('pattern.test(address)', given, { timeout: longest }) === true;
  } catch {
    return false;
  }
};
