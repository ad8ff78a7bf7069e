/** Counts calls of real parts that are under way: the clock of a test waits for them. */
export const callsUnderWay = () => {
  let underWay = 0;
  const watched = <Part extends object>(part: Part): Part =>
    Object.fromEntries(
      Object.entries(part).map(([name, call]) => [
        name,
        typeof call !== 'function'
          ? call
          : async (...given: readonly unknown[]) => {
              underWay += 1;
              try {
                return await call(...given);
              } finally {
                underWay -= 1;
              }
            },
      ]),
    ) as Part;
  return { isAtWork: () => underWay > 0, watched };
};
