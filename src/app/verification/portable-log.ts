import { hash } from 'node:crypto';
import type { Finding } from '../../domain/finding.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { sealedLine } from '../seals/sealed-line.ts';
import type { Pages } from './audit-events.ts';

/**
 * A log as a text: a line an event, in order, each behind the SHA-256 (in hexadecimal) of the hash of the line before and its own. What stands
 * behind the hashes are the lines that seals are about. First and last line begin with `#`; the last one says how many events there are and
 * the last hash, so that a copy that was cut off is known as one.
 */
export async function* portableLog(pages: Pages): AsyncGenerator<string> {
  yield `${portableHead}\n`;
  let [events, last] = [0, genesis];
  for await (const links of chained(pages)) {
    events += links.length;
    last = links.at(-1)?.hash ?? last;
    yield links.map(({ hash: own, line }) => `${own} ${line}\n`).join('');
  }
  yield `${portableEnd(events, last)}\n`;
}

export const portableHead = '#mini-buildd-log 1';
export const portableEnd = (events: number, chain: string): string => `#end ${events} ${chain}`;

export const genesis = '0'.repeat(64);

type Link = { readonly hash: string; readonly line: string };

/** The lines of a log, page by page, each with the hash that chains it to those before. Throws where one cannot be read. */
export async function* chained(pages: Pages): AsyncGenerator<readonly Link[]> {
  let [events, last] = [0, genesis];
  for await (const page of pages) {
    yield page.map((event) => {
      events += 1;
      if (event === undefined) throw new Error(`event ${events} cannot be read: run mini-buildd log verify`);
      const line = sealedLine(event);
      last = link(last, line);
      return { hash: last, line };
    });
  }
}

const link = (previous: string, line: string): string => hash('sha256', previous + line);

/** Events of one page. */
const pageSize = 500;

/** Reads such a text again, and reports by its line what is wrong with it. Positions are places, counted from 1. Throws when it is none. */
export async function* readPortableLog(
  lines: AsyncIterable<string>,
  report: (finding: Finding) => void,
): AsyncGenerator<readonly (RecordedEvent | undefined)[]> {
  let [place, last, meant, isEnded] = [0, genesis, genesis, false];
  let page: (RecordedEvent | undefined)[] = [];
  let isFirst = true;
  const wrong = (where: string, fact: string): void => report({ about: 'log', where, fact });
  for await (const line of lines) {
    if (isFirst && line !== portableHead)
      throw new Error(`this is no log of mini-buildd: it does not begin with ${portableHead}`);
    if (isFirst || isEnded) {
      if (isEnded) wrong('the end', 'something follows it');
      isFirst = false;
      continue;
    }
    if (line.startsWith('#end ')) {
      isEnded = true;
      if (line !== portableEnd(place, last))
        wrong('the end', `it is said to be ${line.slice(5)}, and is ${place} ${last}`);
      continue;
    }
    place += 1;
    const [said, text] = [line.slice(0, 64), line.slice(65)];
    const follows = link(last, text);
    if ((said !== follows && said !== link(meant, text)) || line[64] !== ' ')
      wrong(`event ${place}`, 'its hash does not follow from its line and the hash before');
    [meant, last] = [follows, said];
    page.push(eventIn(text, place));
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  yield page;
  if (!isEnded) wrong('the end', `it is cut off after event ${place}`);
}

const eventIn = (text: string, place: number): RecordedEvent | undefined => {
  try {
    const event = JSON.parse(text);
    const position = String(place).padStart(20, '0');
    return isEvent(event)
      ? { causedBy: undefined, ...event, position: position as RecordedEvent['position'] }
      : undefined;
  } catch {
    return undefined;
  }
};

const isEvent = (value: unknown): value is Omit<RecordedEvent, 'position' | 'causedBy'> =>
  typeof value === 'object' && value !== null && 'id' in value && 'body' in value && 'stream' in value;
