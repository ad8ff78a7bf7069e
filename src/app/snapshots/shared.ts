/** Work that is under way is not begun again: whoever asks for the same meanwhile gets what comes of it. */
export const shared = <A>(): ((key: string, work: () => Promise<A>) => Promise<A>) => {
  const underWay = new Map<string, Promise<A>>();
  return (key, work) => {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const begun = work().finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };
};
