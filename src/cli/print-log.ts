import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sealedLine } from '../app/seals/sealed-line.ts';
import type { Pages } from '../app/verification/audit-events.ts';
import { portableLog } from '../app/verification/portable-log.ts';
import { syncPath } from '../disk/sync-path.ts';
import type { Finding } from '../domain/finding.ts';
import type { RecordedEvent } from '../ports/event-log.ts';
import type { Settings } from '../settings.ts';
import { type Say, withProgress } from './host-progress.ts';
import { openLogPages } from './log-pages.ts';

export type ShowOptions = {
  readonly first?: string;
  readonly last?: string;
  readonly type?: string;
  readonly stream?: string;
  readonly json: boolean;
};

/** A damaged log is not carried on as if it were whole. */
const damaged = ({ where, fact }: Finding): never => {
  throw new Error(`${where}: ${fact}. Run mini-buildd log verify`);
};

/** Writes the whole log as `portableLog` has it: to a file that is there only when it is whole, or to standard output. */
export const exportLog = (settings: Settings, file: string | undefined): Promise<void> =>
  withProgress({ home: settings.home, verb: 'log export' }, async (say) => {
    const log = await openLogPages(settings);
    try {
      const text = Readable.from(portableLog(watched(log.pages(damaged), say)));
      if (file === undefined || file === '-') await pipeline(text, process.stdout, { end: false });
      else await toNewFile(text, file);
    } finally {
      await log.close();
    }
  });

async function* watched(pages: Pages, say: Say): AsyncGenerator<readonly (RecordedEvent | undefined)[]> {
  let events = 0;
  for await (const page of pages) {
    events += page.length;
    say(`${events} events written`);
    yield page;
  }
}

/** What is there already is not replaced. */
const toNewFile = async (text: Readable, file: string): Promise<void> => {
  const aside = `${file}.incomplete`;
  await pipeline(text, createWriteStream(aside, { flags: 'w', mode: 0o640 }));
  try {
    await syncPath(aside);
    await link(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
};

/** Prints events by their place in the log, a line each: for people, or as they are exported. Of a damaged log what can be read. */
export const showLog = (settings: Settings, options: ShowOptions): Promise<void> =>
  withProgress({ home: settings.home, verb: 'log show', isTerminalTaken: process.stdout.isTTY }, (say) =>
    show(settings, options, say),
  );

const show = async (settings: Settings, { json, ...given }: ShowOptions, say: Say): Promise<void> => {
  const [first, last] = [placeOf('--first', given.first, 1), placeOf('--last', given.last, Number.POSITIVE_INFINITY)];
  const log = await openLogPages(settings);
  try {
    let place = 0;
    for await (const page of log.pages(({ where, fact }) => process.stderr.write(`${where}: ${fact}\n`))) {
      const lines = page.flatMap((event) => {
        place += 1;
        const isWanted = place >= first && place <= last && event !== undefined && matches(event, given);
        return isWanted ? [json ? sealedLine(event) : inWords(event, place)] : [];
      });
      if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
      say(`${place} events read`);
      if (place >= last) return;
    }
  } finally {
    await log.close();
  }
};

const matches = ({ body, stream }: RecordedEvent, wanted: Pick<ShowOptions, 'type' | 'stream'>): boolean =>
  (wanted.type ?? body.type) === body.type && (wanted.stream ?? stream) === stream;

const inWords = ({ recordedAt, body, stream, revision, actor }: RecordedEvent, place: number): string =>
  `${place} ${recordedAt} ${body.type} ${stream}:${revision} by ${actor.kind} ${actor.name}`;

const placeOf = (option: string, given: string | undefined, otherwise: number): number => {
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,14}$/.test(given))
    throw new Error(`${option} is a place in the log, counted from 1, not "${given}"`);
  return Number(given);
};
