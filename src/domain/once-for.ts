/** Answers as `work` does, which is asked once for each object: for those that are never changed in place. None is held longer than somebody else holds it. */
export const onceFor = <Of extends object, Answer extends NonNullable<unknown>>(
  work: (of: Of) => Answer,
): ((of: Of) => Answer) => {
  const known = new WeakMap<Of, Answer>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const answer = work(of);
    known.set(of, answer);
    return answer;
  };
};
