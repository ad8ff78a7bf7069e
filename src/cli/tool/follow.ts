import { ConnectionFault, type Instance, type Progress } from './instance.ts';
import { printable } from './printable.ts';

/** What was followed to its end did not end as it should. */
export class EndedBadly extends Error {}

type Surroundings = {
  readonly err: (text: string) => void;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** Milliseconds between two looks at the same thing. */
const interval = 1000;
/** An instance that is started again answers in a moment: so many looks may fail one after the other. */
const mostSilence = 120;

/** Follows everything that was begun to its end, telling each news once. Throws `EndedBadly` when one thing ended badly. */
export const followToTheEnd = async (
  there: Instance,
  streams: readonly string[],
  surroundings: Surroundings,
): Promise<void> => {
  const ends: Progress[] = [];
  for (const stream of streams) ends.push(await follow(there, stream, surroundings));
  if (ends.some(({ succeeded }) => !succeeded)) throw new EndedBadly();
};

const follow = async (there: Instance, stream: string, { err, pause }: Surroundings): Promise<Progress> => {
  let told = '';
  for (let silence = 0; ; await pause(interval)) {
    const now = await there.progress(stream).catch((fault: unknown) => {
      silence += 1;
      if (!(fault instanceof ConnectionFault) || silence > mostSilence) throw fault;
      return undefined;
    });
    if (now === undefined) continue;
    silence = 0;
    if (now.line !== told) err(`I: ${printable(now.line)}\n`);
    told = now.line;
    if (now.ended) return now;
  }
};
