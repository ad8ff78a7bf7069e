import type { InTurn } from '../ports/in-turn.ts';

export const oneAfterTheOther = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  return (decide) => {
    const mine = last.then(decide, decide);
    last = mine.catch(() => undefined);
    return mine;
  };
};
