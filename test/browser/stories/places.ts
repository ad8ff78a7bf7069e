import type { Walker } from '../support/walker.ts';

/** One of the places that every page leads to. */
export const goesTo = (me: Walker, place: string): Promise<void> =>
  me.follows(place, me.page.getByRole('navigation', { name: 'Main' }));
