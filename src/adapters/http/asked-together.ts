/** What many ask for at the same moment is looked for once; nothing of it is kept. */
export const askedTogether = <Answer>() => {
  const underWay = new Map<string, Promise<Answer>>();
  return (key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const answer = ask().finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  };
};
