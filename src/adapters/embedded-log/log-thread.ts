import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../../domain/reason.ts';
import type { Answer, Numbered, Telling, ThreadData } from './conversation.ts';
import { openReadOnlyStore } from './read-only-store.ts';
import { openStore, type Store } from './store.ts';

/**
 * The thread of the log: everything that may wait for a disk happens here, and the daemon's event loop goes on.
 * Appends that arrive while a group is being synced wait together, and are the next group.
 */
const serve = (store: Store, tell: (telling: Telling) => void, { mode, verify }: ThreadData): void => {
  let waiting: Extract<Numbered, { ask: 'append' }>[] = [];
  const answer = (...answers: readonly (readonly [number, Answer])[]): void =>
    tell({ standing: store.standing(), answers });

  const flush = (): void => {
    const group = waiting;
    if (group.length === 0) return;
    waiting = [];
    const outcomes = store.append(group.map(({ append }) => append));
    answer(...group.map(({ number }, n) => [number, outcomes[n] ?? unanswered] as const));
  };

  parentPort?.on('message', (question: Numbered) => {
    if (question.ask === 'append') {
      if (waiting.push(question) === 1) setImmediate(flush);
      return;
    }
    flush();
    answer([question.number, attempt(() => reply(store, question))]);
    if (question.ask === 'close') parentPort?.close();
  });

  const verifyOn = (): void => {
    const before = store.standing().fenced;
    const more = store.verifyMore();
    if (!more || store.standing().fenced !== before) answer();
    if (more) setImmediate(verifyOn);
  };
  answer();
  if (verify === 'in-background') setImmediate(verifyOn);
  if (mode === 'read') setInterval(answer, headInterval).unref();
};

const reply = (store: Store, question: Exclude<Numbered, { ask: 'append' }>): Answer => {
  switch (question.ask) {
    case 'page':
      return store.page(question.after, question.limit);
    case 'stream':
      return store.stream(question.stream, question.fromRevision, question.limit);
    case 'query':
      return store.query(question.query);
    case 'close':
      store.close();
      return 'closed';
  }
};

const attempt = (work: () => Answer): Answer => {
  try {
    return work();
  } catch (error) {
    return { refused: `The log cannot be read: ${String(error)}` };
  }
};

/** How often a reader looks for what the writer acknowledged, milliseconds. */
const headInterval = 500;

const unanswered: Answer = { refused: 'the writer gave no outcome' };

const open = (data: ThreadData): void => {
  const { folder, mode, verify } = data;
  const tell = (telling: Telling): void => parentPort?.postMessage(telling);
  let store: Store;
  try {
    store = mode === 'write' ? openStore(folder) : openReadOnlyStore(folder);
  } catch (error) {
    tell({ failed: reasonOf(error) });
    parentPort?.close();
    return;
  }
  if (verify === 'before-opening') while (store.verifyMore());
  serve(store, tell, data);
};

open(workerData as ThreadData);
