/** Lets so many in at a time, in the order in which they came. */
export const gate = (width: number) => {
  let within = 0;
  const waiting: (() => void)[] = [];
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (within === width) await new Promise<void>((enter) => waiting.push(enter));
    else within += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) within -= 1;
      else next();
    }
  };
};
