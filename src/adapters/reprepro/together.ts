/** Both results, once both have ended: a failure of one does not leave the other running behind our back. */
export const together = async <One, Other>(
  one: Promise<One>,
  other: Promise<Other>,
): Promise<readonly [One, Other]> => {
  await Promise.allSettled([one, other]);
  return [await one, await other];
};
