import { Readable } from 'node:stream';
import { type Finding, gathered } from '../../src/domain/check/findings.ts';
import type { FileName } from '../../src/domain/debian/names.ts';
import type { Checker, CheckOrder, CheckReport } from '../../src/ports/checker.ts';
import type { FileStore } from '../../src/ports/file-store.ts';

/** What a check finds, `skipped` where there is nothing to check; one that hangs ends when it is cancelled, one that rejects says nothing. */
export type CheckBehaviour = readonly Omit<Finding, 'times'>[] | 'is skipped' | 'hangs' | 'rejects';

export type FakeChecker = Checker & {
  /** Every attempt ever begun, over all lives of the daemon. */
  readonly runs: readonly CheckOrder[];
  /** How attempts go from now on; nothing is found without it. */
  readonly behave: (how: (order: CheckOrder) => CheckBehaviour) => void;
  /** How many attempts have ended, over all lives. */
  readonly ended: () => number;
  /** Whether an attempt is under way that ends by itself. */
  readonly isAtWork: () => boolean;
};

/** A checker without sessions. */
export const fakeChecker = (files: FileStore): FakeChecker => {
  const runs: CheckOrder[] = [];
  let how: (order: CheckOrder) => CheckBehaviour = () => [];
  let atWork = 0;
  let ended = 0;

  const put = (order: CheckOrder, suffix: string, text: string) =>
    files.put(`${order.source}_${order.architecture}.${order.tool}.${suffix}` as FileName, Readable.from([text]));

  const run = async (order: CheckOrder, cancel: AbortSignal): Promise<CheckReport> => {
    const found = how(order);
    if (found === 'rejects') throw new Error('no session: the disk is full');
    if (found === 'hangs') {
      atWork -= 1;
      await new Promise((resolve) => cancel.addEventListener('abort', resolve, { once: true }));
      atWork += 1;
      throw new Error('it was cancelled');
    }
    const log = await put(order, 'log', `log of ${order.check}#${order.attempt}`);
    if (found === 'is skipped') return { outcome: 'skipped', because: 'the source package has no tests', log };
    const report = await put(order, 'json', JSON.stringify(found));
    return { outcome: 'checked', toolVersion: '1.0', findings: gathered(found), report, log };
  };

  return {
    runs,
    behave: (wanted) => {
      how = wanted;
    },
    ended: () => ended,
    isAtWork: () => atWork > 0,
    check: async (order, cancel) => {
      runs.push(order);
      atWork += 1;
      try {
        return await run(order, cancel);
      } finally {
        atWork -= 1;
        ended += 1;
      }
    },
  };
};
