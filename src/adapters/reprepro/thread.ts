import { Worker } from 'node:worker_threads';
import type {
  Answer,
  Errands,
  IndexOrder,
  Joined,
  Link,
  Numbered,
  Question,
  Seen,
  Telling,
  Unknown,
  WrittenIndex,
} from './archive-orders.ts';

/** The thread of the archive, seen from outside. */
export type Thread = {
  readonly write: (order: IndexOrder) => Promise<WrittenIndex>;
  /** Lets go of every index whose name begins so. */
  readonly forget: (prefix: string) => void;
  readonly run: (errands: Errands) => Promise<void>;
  /** Makes links, and the folders above them; one answer for each. */
  readonly join: (links: readonly Link[]) => Promise<readonly Joined[]>;
  /** One answer for each. */
  readonly look: (at: readonly Unknown[]) => Promise<readonly Seen[]>;
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
      return 'written' in answer ? answer.written : unasked();
    },
    forget: (prefix) => {
      if (ask !== undefined) void ask({ ask: 'forget', prefix });
    },
    run: async (errands) => {
      await answerTo({ ask: 'errands', errands });
    },
    join: async (links) => {
      const answer = await answerTo({ ask: 'join', links });
      return 'joined' in answer ? answer.joined : unasked();
    },
    look: async (at) => {
      const answer = await answerTo({ ask: 'look', at });
      return 'seen' in answer ? answer.seen : unasked();
    },
  };
};

const unasked = (): never => {
  throw new Error('the thread of the archive answered another question');
};

type Ask = (question: Question) => Promise<Answer>;

/** It keeps the process alive only while it has something to do. */
const started = (ended: () => void): Ask => {
  const worker = new Worker(new URL('./archive-thread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const asked = new Map<number, (answer: Answer) => void>();
  let asks = 0;
  let hasEnded = false;
  const end = (why: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    ended();
    for (const answer of asked.values()) answer({ failed: `the thread of the archive ended: ${why}` });
    asked.clear();
  };
  worker.unref();
  worker.on('message', ({ number, answer }: Telling) => {
    asked.get(number)?.(answer);
    asked.delete(number);
    if (asked.size === 0) worker.unref();
  });
  worker.on('error', (error) => end(String(error)));
  worker.on('exit', (code) => end(`exit ${code}`));
  return (question) =>
    new Promise((resolve) => {
      asks += 1;
      asked.set(asks, resolve);
      worker.ref();
      worker.postMessage({ ...question, number: asks } satisfies Numbered);
    });
};
