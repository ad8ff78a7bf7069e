import { Worker } from 'node:worker_threads';
import type { Answer, AnswerTo, Question, Refusal, Telling, ThreadData } from './conversation.ts';
import type { Standing } from './store.ts';

/** The thread of a log, seen from outside. */
export type Thread = {
  /** Rejects with what the thread refused, and when it has ended: then the outcome is unknown. */
  readonly ask: <Q extends Question>(question: Q) => Promise<AnswerTo<Q>>;
  /** As the thread told it last. */
  readonly standing: () => Standing;
  readonly hasEnded: () => boolean;
  /** Calls `listener` whenever the head moved, and when the thread has ended; gives the way to stop that. */
  readonly onMove: (listener: () => void) => () => void;
};

/** Resolves when the log is open. */
export const openThread = (data: ThreadData): Promise<Thread> => {
  const worker = new Worker(new URL('./log-thread.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const asked = new Map<number, (answer: Answer) => void>();
  const listeners = new Set<() => void>();
  let standing: Standing = { head: 0, fenced: undefined, notices: [], verified: undefined };
  let asks = 0;
  let ended: string | undefined;

  const moved = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const hear = (telling: Exclude<Telling, { failed: string }>): void => {
    const before = standing.head;
    standing = telling.standing;
    for (const [number, answer] of telling.answers) {
      asked.get(number)?.(answer);
      asked.delete(number);
    }
    if (standing.head !== before) moved();
  };
  const end = (refused: string): void => {
    if (ended !== undefined) return;
    ended = refused;
    standing = { ...standing, fenced: standing.fenced ?? refused };
    for (const answer of asked.values()) answer({ refused });
    asked.clear();
    moved();
  };

  const thread: Thread = {
    ask: async <Q extends Question>(question: Q) => {
      if (ended !== undefined) throw new Error(ended);
      asks += 1;
      const number = asks;
      const answer = await new Promise<Answer>((resolve) => {
        worker.postMessage({ ...question, number });
        asked.set(number, resolve);
      });
      if (isRefusal(answer)) throw new Error(answer.refused);
      return answer as AnswerTo<Q>;
    },
    standing: () => standing,
    hasEnded: () => ended !== undefined,
    onMove: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return new Promise((resolve, reject) => {
    worker.on('message', (telling: Telling) => {
      if ('failed' in telling) return reject(new Error(telling.failed));
      hear(telling);
      resolve(thread);
    });
    worker.on('error', (error) => {
      end(`The thread of the log in ${data.folder} failed: ${String(error)}. Restart the daemon`);
      reject(error);
    });
    worker.on('exit', () => end(`The log in ${data.folder} is closed`));
  });
};

const isRefusal = (answer: Answer): answer is Refusal => typeof answer === 'object' && 'refused' in answer;
