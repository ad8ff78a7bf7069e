import type { Walker } from '../support/walker.ts';

/** One of the places that every page leads to. */
export const goesTo = (me: Walker, place: string): Promise<void> =>
  me.follows(place, me.page.getByRole('navigation', { name: 'Main' }));

/** To one's own account by the name in the head of every page, which tells a stranger to log in. */
export const goesToAccount = (me: Walker): Promise<void> =>
  me.follows(/^(?:Account of .+|Log in)$/, me.page.getByRole('navigation', { name: 'Main' }));
