import { createHash } from 'node:crypto';
import type { Finding } from '../../domain/finding.ts';
import type { LogSealed } from '../../domain/seal/events.ts';
import { mostBetween } from '../../domain/seal/seal.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { type ReadCheckpoint, sealDoubt } from '../seals/believe.ts';
import { digestOf } from '../seals/make-seal.ts';
import { sealedLine } from '../seals/sealed-line.ts';

/** Holds seals against the events before them while a log is read once from its beginning. */
export type SealAudit = {
  /** `undefined`: one that cannot be read any more. */
  readonly event: (event: RecordedEvent | undefined) => void;
  readonly seal: (sealed: LogSealed) => void;
  /** Once all is read: verifies signatures, with the keys that are known then. */
  readonly end: (read: ReadCheckpoint) => Promise<SealsFound>;
};

/** `unsealed`: events after the last that a seal stands for. */
export type SealsFound = { readonly last: LogSealed | undefined; readonly unsealed: number };

type Line = { readonly id: string | undefined; readonly text: string };

/**
 * A seal comes some events after the last one it stands for, so that many lines are kept until it is known where its run ends. Of the signatures
 * the last under each set of keys is verified: each seal names the bytes of the one before, so it stands for those before it.
 */
export const sealAudit = (report: (finding: Finding) => void): SealAudit => {
  let run = createHash('sha256');
  let events = 0;
  let waiting: Line[] = [];
  let last: LogSealed | undefined;
  const toVerify = new Map<string, LogSealed>();
  const wrong = (seal: number, fact: string): void => report({ about: 'seal', where: `seal ${seal}`, fact });

  const take = (lines: number): void => {
    for (const { text } of waiting.slice(0, lines)) run.update(text);
    events += Math.min(lines, waiting.length);
    waiting = waiting.slice(lines);
  };

  /** Whether what was read since the seal before is what this one stands for. */
  const holds = ({ first, last: end, upTo, sha256 }: LogSealed): boolean => {
    const at = waiting.findIndex(({ id }) => id === upTo);
    if (at === -1) return false;
    take(at + 1);
    return events === end - first + 1 && run.digest('hex') === sha256;
  };

  return {
    event: (event) => {
      waiting.push({ id: event?.id, text: event === undefined ? '' : `${sealedLine(event)}\n` });
      if (waiting.length >= 2 * mostBetween) take(mostBetween);
    },
    seal: (sealed) => {
      const { seal, sealedAt, first, last: end, previous, signedBy } = sealed;
      if (seal !== (last?.seal ?? 0) + 1 || first !== (last?.last ?? 0) + 1)
        wrong(seal, `it does not follow seal ${last?.seal ?? 0}, which ends with event ${last?.last ?? 0}`);
      if (previous !== (last === undefined ? null : digestOf(last)))
        wrong(seal, 'the checkpoint of the seal before is not the one it names');
      if (!holds(sealed)) wrong(seal, `the events ${first} to ${end} are not those that were sealed at ${sealedAt}`);
      run = createHash('sha256');
      events = 0;
      last = sealed;
      toVerify.set(signedBy.join(), sealed);
    },
    end: async (read) => {
      for (const sealed of toVerify.values()) {
        const doubt = await sealDoubt(sealed, read);
        if (doubt !== undefined) wrong(sealed.seal, doubt);
      }
      return { last, unsealed: events + waiting.length };
    },
  };
};
