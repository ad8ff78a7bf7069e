import { Worker } from 'node:worker_threads';
import type { Answer, Errands, IndexOrder, Question, WrittenIndex } from './archive-orders.ts';

/** The thread of the archive, seen from outside. */
export type Thread = {
  readonly write: (order: IndexOrder) => Promise<WrittenIndex>;
  /** Lets go of every index whose name begins so. */
  readonly forget: (prefix: string) => void;
  readonly run: (errands: Errands) => Promise<void>;
};

/** Begins with the first question. Should it end, what it was asked is rejected, and patches of what it remembered. */
export const archiveThread = (): Thread => {
  let ask: Ask | undefined;
  const answerTo = async (question: Question): Promise<Exclude<Answer, { failed: string }>> => {
    ask ??= started(() => {
      ask = undefined;
    });
    const answer = await ask(question);
    if ('failed' in answer) throw new Error(answer.failed);
    return answer;
  };
  return {
    write: async (order) => {
      const answer = await answerTo({ ask: 'write', order });
      if ('written' in answer) return answer.written;
      throw new Error(`${order.to} was asked for and not written`);
    },
    forget: (prefix) => {
      if (ask !== undefined) void ask({ ask: 'forget', prefix });
    },
    run: async (errands) => {
      await answerTo({ ask: 'errands', errands });
    },
  };
};

type Ask = (question: Question) => Promise<Answer>;

/** Answers come in the order of the questions. It keeps the process alive only while it has something to do. */
const started = (ended: () => void): Ask => {
  const worker = new Worker(new URL('./archive-thread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const asked: ((answer: Answer) => void)[] = [];
  let hasEnded = false;
  const end = (why: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    ended();
    for (const answer of asked.splice(0)) answer({ failed: `the thread of the archive ended: ${why}` });
  };
  worker.unref();
  worker.on('message', (answer: Answer) => {
    asked.shift()?.(answer);
    if (asked.length === 0) worker.unref();
  });
  worker.on('error', (error) => end(String(error)));
  worker.on('exit', (code) => end(`exit ${code}`));
  return (question) =>
    new Promise((resolve) => {
      asked.push(resolve);
      worker.ref();
      worker.postMessage(question);
    });
};
