import { parentPort } from 'node:worker_threads';
import { reasonOf } from '../../domain/reason.ts';
import type { Answer, Numbered, Question, Telling } from './archive-orders.ts';
import { breath } from './breath.ts';
import { joined, runErrands } from './errands.ts';
import { seen } from './look.ts';
import { rememberedIndices } from './remembered-indices.ts';

/**
 * The thread of the archive: hashing, compressing and copying tens of megabytes, and hundreds of names, happen here, and the daemon's
 * event loop goes on.
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
    case 'join':
      return { joined: question.links.map(joined) };
    case 'look':
      return { seen: question.at.map(seen) };
  }
};

/** What is short goes before what is long: reprepro may be waiting for it. */
const short: Numbered[] = [];
const long: Numbered[] = [];
const isLong = (question: Question): boolean =>
  question.ask === 'write' ||
  question.ask === 'forget' || // Not before what was written under that name.
  (question.ask === 'errands' && question.errands.kind === 'remove');
let isBusy = false;

const work = async (): Promise<void> => {
  if (isBusy) return;
  isBusy = true;
  for (let next = short.shift() ?? long.shift(); next !== undefined; next = short.shift() ?? long.shift()) {
    const { number } = next;
    const answer = await reply(next).catch((error: unknown) => ({ failed: reasonOf(error) }));
    parentPort?.postMessage({ number, answer } satisfies Telling);
    await breath(); // What was asked meanwhile may be short.
  }
  isBusy = false;
};

parentPort?.on('message', (question: Numbered) => {
  (isLong(question) ? long : short).push(question);
  void work();
});
