/** Work that waits for its turn. */
export type WaitingLine = {
  /** Does it when everything before is done; `undefined` when too much waits already. */
  readonly enter: <A>(work: () => Promise<A>) => Promise<A | undefined>;
};

/** One at a time, and at most `most` that wait. */
export const waitingLine = (most: number): WaitingLine => {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    enter: async (work) => {
      if (waiting > most) return undefined;
      waiting += 1;
      const done = last.then(work, work);
      last = done.catch(() => undefined);
      try {
        return await done;
      } finally {
        waiting -= 1;
      }
    },
  };
};
