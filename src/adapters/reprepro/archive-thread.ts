import { parentPort } from 'node:worker_threads';
import { reasonOf } from '../../domain/reason.ts';
import type { Answer, Question } from './archive-orders.ts';
import { runErrands } from './errands.ts';
import { rememberedIndices } from './remembered-indices.ts';

/**
 * The thread of the archive: hashing, compressing and copying tens of megabytes, and hundreds of names, happen here, and the daemon's
 * event loop goes on. One question after the other.
 */
const indices = rememberedIndices();

const reply = async (question: Question): Promise<Answer> => {
  switch (question.ask) {
    case 'write':
      return { written: await indices.write(question.order) };
    case 'forget':
      indices.forget(question.prefix);
      return { done: true };
    case 'errands':
      runErrands(question.errands);
      return { done: true };
  }
};

let before: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (question: Question) => {
  before = before.then(async () => {
    const answer = await reply(question).catch((error: unknown) => ({ failed: reasonOf(error) }));
    parentPort?.postMessage(answer);
  });
});
