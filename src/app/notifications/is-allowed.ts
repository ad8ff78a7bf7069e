import { RE2JS } from 're2js';

/**
 * Whether an address that a stranger wrote may get mail: the pattern matches somewhere in it, in time that grows with its length
 * alone. A pattern that is none allows nothing.
 */
export const isAllowed = (address: string, allowEmailsTo: string): boolean => {
  try {
    return RE2JS.compile(allowEmailsTo).matcher(address).find();
  } catch {
    return false;
  }
};
