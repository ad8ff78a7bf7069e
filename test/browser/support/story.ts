import type { Privilege } from '../../../src/domain/account/privilege.ts';
import type { Walker } from './walker.ts';

/** What somebody does on a page, from the home page on; whoever may not do it sees why. */
export type Story = {
  /** After "An administrator, with scripts, …". */
  readonly tells: string;
  /** Without this nobody even sees the way there. */
  readonly onlyFor?: Privilege;
  readonly walk: (walker: Walker) => Promise<void>;
};
