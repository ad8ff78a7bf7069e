/** Runs work under a key after all earlier work under the same key, however that ended. */
export type OneAtATime = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export const oneAtATime = (): OneAtATime => {
  const latest = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const done = (latest.get(key) ?? Promise.resolve()).then(work, work);
    latest.set(key, done);
    try {
      return await done;
    } finally {
      if (latest.get(key) === done) latest.delete(key);
    }
  };
};
