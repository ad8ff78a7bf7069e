import type { Instance } from './instance.ts';
import { printable } from './printable.ts';

type Surroundings = {
  readonly pause: (milliseconds: number) => Promise<void>;
  /** One line on a terminal that the next one replaces; an empty one leaves nothing. `undefined` where nobody sits in front. */
  readonly line: ((text: string) => void) | undefined;
};

/** Milliseconds before somebody who waits is told what for, and between two looks. */
const interval = 1000;

/** Waits for an answer, and tells meanwhile what the instance is at. Whether it tells that or not, the answer comes. */
export const whileWaiting = async <A>(
  answer: Promise<A>,
  there: Pick<Instance, 'underWay'>,
  { pause, line }: Surroundings,
): Promise<A> => {
  if (line === undefined) return answer;
  const over = answer.then(
    () => true,
    () => true,
  );
  let told = false;
  while (!(await Promise.race([over, pause(interval).then(() => false)]))) {
    const lines = await Promise.race([over.then(() => []), there.underWay().catch(() => [])]);
    if (lines.length === 0) continue;
    line(printable(lines.join('; ')));
    told = true;
  }
  if (told) line('');
  return answer;
};
