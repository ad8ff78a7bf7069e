import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { genesis } from '../../src/adapters/embedded-log/chain.ts';
import { openDatabase } from '../../src/adapters/embedded-log/database.ts';
import { headPath, openHeadFile } from '../../src/adapters/embedded-log/head-file.ts';
import { type Append, openWriter, type Tail } from '../../src/adapters/embedded-log/writer.ts';
import { instant } from '../../src/domain/codec.ts';
import { webAddress } from '../../src/domain/configuration/web-address.ts';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { EventId, StreamName } from '../../src/domain/ids.ts';
import { streamOf } from '../../src/domain/stream.ts';
import {
  acme,
  acmeConfigured,
  archiveFingerprint,
  chrootPrepared,
  configured,
  instanceConfigured,
  trixieConfigured,
  unstable,
} from '../../test/support/fixed-examples.ts';
import type { Bench } from './row.ts';
import { enveloped, sources, storyOf } from './stories.ts';

/** An instance with a long history and nothing owed: its `log/` and nothing else. */
export type LongLog = { readonly home: string; readonly events: number };

/** How many events at least, and of how many source packages at most. */
export type Wanted = { readonly events: number; readonly sources: number };

const long: Wanted = { events: 1_000_000, sources };

/** A minute at rest; on a machine that others use it is better late than short. */
const mostSeconds = 400;
/** Uploads that apt sees at once. Of such parts one transaction is made. */
const publishedTogether = 50;
const oneTransaction = 200;
const eventsTogether = 8 * publishedTogether + 1;

const made = new Map<Wanted, Promise<LongLog>>();

/** Each made once a run. Written by the log's own writer, but for speed without a sync: it must survive nothing. */
export const longLog = (bench: Bench, wanted = long): Promise<LongLog> => {
  const known = made.get(wanted) ?? makeLongLog(bench, wanted);
  made.set(wanted, known);
  return known;
};

const makeLongLog = async (bench: Bench, wanted: Wanted): Promise<LongLog> => {
  const home = await bench.folder('long-log');
  const folder = join(home, 'log');
  mkdirSync(folder);
  const database = openDatabase(folder, { readOnly: false });
  database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  const write = openWriter(database, 0);
  let tail: Tail = { position: 0, hash: genesis, recordedAt: '' };
  const end = Date.now() + mostSeconds * 1000;
  const history = historyOf(wanted);
  while (tail.position < wanted.events && Date.now() < end) {
    const parts = Math.min(oneTransaction, Math.ceil((wanted.events - tail.position) / eventsTogether));
    const appends = Array.from({ length: parts }, () => history.next().value as readonly Append[]).flat();
    tail = write(tail, appends).tail;
    bench.say(`writing the log: ${tail.position.toLocaleString('en')} events`);
  }
  database.close();
  const head = openHeadFile(headPath(folder), 'w+');
  head.write({ ...tail, reserved: 0 });
  head.close();
  return { home, events: tail.position };
};

/** So long ago it began: pictures and filters by time have something to look at. Milliseconds. */
const age = 700 * 86_400_000;

/** Appends of one instance, for ever: its configuration, then uploads until apt sees them, again and again. */
const historyOf = function* ({ events: many, sources: among }: Wanted): Generator<readonly Append[]> {
  const revisions = new Map<StreamName, number>();
  const began = Date.now() - age;
  const eachUpload = age / (many / 8);
  let now = began;
  let cause: EventId | undefined;
  const append = (...bodies: readonly DaemonEvent[]): Append & { readonly last: EventId | null } => {
    const events = bodies.map((body) => {
      const event = enveloped(body, 'upload' in body ? body.upload : 'bench', cause, now);
      cause = event.id;
      return event;
    });
    const stream = streamOf(bodies[0] as DaemonEvent);
    const before = revisions.get(stream);
    // Streams of one upload are not met again, and would only take room.
    if (bodies.length === 1) revisions.set(stream, (before ?? -1) + 1);
    return {
      stream,
      expected: before ?? 'none',
      at: instant(now),
      events: events.map((event) => ({ id: event.id, text: JSON.stringify(event) })),
      last: events.at(-1)?.id ?? null,
    };
  };
  const told = settled.map((event) => append(event));
  const configuredBy = told.at(-1)?.last ?? null;
  yield told;
  for (let n = 0; ; n += publishedTogether) {
    const stories = Array.from({ length: publishedTogether }, (_, k) => {
      const { received, reserved, accepted, built, installed } = storyOf(n + k, among);
      now = Math.min(Date.now(), Math.floor(began + (n + k) * eachUpload));
      cause = undefined;
      const appends = [received, reserved, accepted].map((event) => append(event));
      revisions.delete(streamOf(received));
      return [...appends, append(...built), append(installed)];
    }).flat();
    const upTo = stories.at(-1)?.last ?? null;
    const generation = 1 + n / publishedTogether;
    yield [...stories, append({ ...published, date: instant(now), generation, configuredBy, upTo })];
  }
};

const inTenYears = instant(Date.now() + 10 * 365 * 86_400_000);

/** Everything an instance has been told, its chroot prepared: nothing is owed but builds and publications. */
const settled: readonly DaemonEvent[] = [
  ...configured.filter(({ type }) => type !== 'ChrootConfigured'),
  { ...trixieConfigured, architectures: trixieConfigured.architectures.slice(0, 1) },
  ...configured.filter((event) => event.type === 'ChrootConfigured' && event.architecture === 'amd64'),
  { ...chrootPrepared(), preparedAt: inTenYears },
  { type: 'EngineStarted' },
  acmeConfigured,
  { ...instanceConfigured, hostname: 'localhost', url: webAddress('http://localhost:0'), ftpPort: 0 },
];

const published = {
  type: 'RepositoryPublished',
  repository: acme,
  validUntil: inTenYears,
  signedBy: [archiveFingerprint],
  releases: [{ distribution: unstable, release: '0'.repeat(64) as Sha256 }],
} as const;
