import { readFile } from 'node:fs/promises';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { type Observable, Subject } from 'rxjs';
import { bytes as inWords } from '../../domain/bytes-in-words.ts';
import type { IncomingDoor, Place, Receive, ReceivedFile, Sent } from '../../ports/incoming.ts';
import type { Work } from '../works.ts';
import { largestControlFile } from './read-arrival.ts';

/** A file on its way for longer than a moment. Who sends it is not known yet: its name is anybody's word. */
export type ArrivingFile = Pick<ReceivedFile, 'name' | 'door'> & {
  readonly bytes: number;
  /** How many there will be, as its sender said or a `.dsc` that came before. */
  readonly of: number | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
};

/** What comes in just now, by whichever door. Of this life only. */
export type ArrivingFiles = {
  /** In the order in which they began. */
  readonly now: () => readonly ArrivingFile[];
  /** One is to be seen, got on, or ended. */
  readonly changes$: Observable<void>;
  /** The same door, with an eye on it. */
  readonly watched: (door: IncomingDoor) => IncomingDoor;
  /** The same, remembering how long the files are that a `.dsc` lists. */
  readonly heard: (receive: Receive) => Receive;
};

/** What takes no longer is not shown; and what is shown gets on so often. Milliseconds. */
const moment = 1000;
const journalEvery = 30_000;
/** Senders whose files are known by a `.dsc`. */
const mostSessions = 200;
/** A sender is not expected to go on after so long. Milliseconds. */
const longestPause = 3_600_000;
/** As many as come in one session. */
const mostNames = 200;

type Say = (about: string, line: string) => void;

export const arrivingFiles = (now: () => number, journal: Say): ArrivingFiles => {
  const underWay = new Map<object, ArrivingFile>();
  const listed = new Map<string, { readonly at: number; readonly sizes: ReadonlyMap<string, number> }>();
  const changes$ = new Subject<void>();

  const forget = (): void => {
    for (const [session, { at }] of listed) {
      if (listed.size <= mostSessions && now() - at <= longestPause) return;
      listed.delete(session);
    }
  };

  const remember = (session: string, sizes: ReadonlyMap<string, number>): void => {
    listed.delete(session);
    listed.set(session, { at: now(), sizes });
    forget();
  };

  const follow = async (sent: Sent, take: Place['take']): ReturnType<Place['take']> => {
    const { name, door, session } = sent;
    const key = {};
    const startedAt = now();
    forget();
    const of = sent.announced ?? listed.get(session)?.sizes.get(name);
    let [count, shown, told] = [0, startedAt, startedAt];
    const came = (more: number): void => {
      count += more;
      if (now() - shown < moment) return;
      shown = now();
      const arrival = { name, door, bytes: count, of, startedAt };
      underWay.set(key, arrival);
      changes$.next();
      if (now() - told < journalEvery) return;
      told = now();
      journal(name, `upload: ${howFar(arrival)}`);
    };
    try {
      const taken = await take({ ...sent, bytes: counted(sent.bytes, came) });
      if (now() - startedAt > moment) journal(name, `upload: ${endOf(taken, count, now() - startedAt)}`);
      return taken;
    } finally {
      if (underWay.delete(key)) changes$.next();
    }
  };

  return {
    now: () => [...underWay.values()].sort((one, other) => one.startedAt - other.startedAt),
    changes$: changes$.asObservable(),
    watched: ({ open }) => ({
      open: async () => {
        const place = await open();
        if (isLeft(place)) return place;
        const { take, close } = place.right;
        return right({ take: (sent) => follow(sent, take), close });
      },
    }),
    heard: (receive) => async (file) => {
      if (file.name.endsWith('.dsc') && file.size <= largestControlFile) remember(file.session, await sizesIn(file));
      return receive(file);
    },
  };
};

async function* counted(bytes: AsyncIterable<Buffer>, came: (more: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    came(chunk.length);
    yield chunk;
  }
}

/** Lines of `Checksums-Sha256` (Policy §5.6.24). Nobody has verified them: they only say what to expect. */
const sizesIn = async ({ path }: ReceivedFile): Promise<ReadonlyMap<string, number>> => {
  const text = await readFile(path, 'latin1').catch(() => '');
  const lines = [...text.matchAll(/^ [0-9a-f]{64} +(\d{1,15}) +(\S{1,255})$/gm)].slice(0, mostNames);
  return new Map(lines.map(([, size, name = '']) => [copied(name), Number(size)]));
};

/** A part of a text keeps all of it in memory. */
const copied = (part: string): string => Buffer.from(part, 'latin1').toString('latin1');

const howFar = ({ bytes, of, door }: Omit<ArrivingFile, 'name'>): string =>
  `${inWords(bytes)}${of === undefined ? '' : ` of ${inWords(of)}`} by ${door}`;

const endOf = (taken: Awaited<ReturnType<Place['take']>>, count: number, milliseconds: number): string => {
  const took = `${(milliseconds / 1000).toFixed(1)} s`;
  return isLeft(taken)
    ? `not taken after ${took} and ${inWords(count)}: ${taken.left.fact}`
    : `${inWords(count)} came in ${took}`;
};

/** As work under way: each by its name for who may know it, and for others how many there are. */
export const arrivingWorks = (all: readonly ArrivingFile[], mayKnowNames: boolean): readonly Work[] => {
  if (mayKnowNames) return all.map((each) => workOf(each.name, howFar(each), each.startedAt));
  const [first] = all;
  if (first === undefined) return [];
  const together = inWords(all.reduce((sum, { bytes }) => sum + bytes, 0));
  return [workOf(all.length === 1 ? 'a file' : `${all.length} files`, `${together} so far`, first.startedAt)];
};

const workOf = (about: string, says: string, startedAt: number): Work => ({
  kind: 'upload',
  about,
  says,
  startedAt,
  usual: undefined,
});
