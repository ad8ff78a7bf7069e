import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { repreproArchive } from '../../../src/adapters/reprepro/reprepro-archive.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import type { EventId } from '../../../src/domain/ids.ts';
import { streamOf } from '../../../src/domain/stream.ts';
import { engine } from '../../../src/engine.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { publicationOf } from '../../../src/projections/publication-of.ts';
import { serve } from '../../../test/adapters/http/served.ts';
import { workshop } from '../../../test/adapters/reprepro/workshop.ts';
import { acme, configured, unstable } from '../../../test/support/fixed-examples.ts';
import { attempt } from '../../../test/system/support/programs.ts';
import { lightParts } from '../light-parts.ts';
import { type Bench, onlyShown, type Row, Skipped, shown } from '../row.ts';
import { enveloped, storyOf } from '../stories.ts';
import { inTurns, median, type Pairs, timed, timesLonger } from '../turns.ts';

const packages = 1000;
const pastStates = 5;
const index = `dists/${unstable}/main/binary-amd64/Packages.gz`;

/** What apt waits for when it asks for the past: once until its indices are made and signed, then as for what is now. */
export const snapshot: Row = {
  name: 'snapshot',
  about: 'index of a past state among 1,000 packages, first and second use, over the same index of the published tree',
  prepare: async (bench) => {
    if ((await attempt('sh', ['-c', 'command -v reprepro'])).code !== 0) throw new Skipped('reprepro is not installed');
    repository = await repositoryWithPast(bench);
  },
  run: async (bench) => {
    if (repository === undefined) throw new Skipped('there is no repository');
    const { url, publications } = repository;
    const past = (n: number): string => `${url}/snapshots/${acme}/${publications[n]}/${index}`;
    const present = `${url}/repositories/${acme}/${index}`;
    const published = gunzipSync(await fetched(present));
    const get = (from: string) => timed(() => fetched(from));
    const compare = (rounds: number, which: (n: number) => string): Promise<Pairs> =>
      inTurns(
        bench,
        rounds,
        (n) => get(which(n)),
        () => get(present),
      );
    const figure = (what: string, pairs: Pairs) => ({
      what: `${what} of an index of ${shown(packages)} packages`,
      ours: `${shown(median(pairs.ours))} ms`,
      peer: `published tree ${shown(median(pairs.theirs))} ms`,
      ...onlyShown(timesLonger(pairs)),
    });
    const first = await compare(publications.length, past);
    if (!gunzipSync(await fetched(past(0))).equals(published)) throw new Error('the past state is another index');
    return [figure('first use', first), figure('second use', await compare(500, () => past(0)))];
  },
};

const fetched = async (url: string): Promise<Buffer> => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
};

type WithPast = { readonly url: string; readonly publications: readonly EventId[] };

let repository: WithPast | undefined;

/** A daemon without duties that serves one repository, which was published several times with the same in it. */
const repositoryWithPast = async (bench: Bench): Promise<WithPast> => {
  const folder = await bench.folder('snapshot');
  const log = await openEmbeddedLog(join(folder, 'log'));
  bench.atEnd(log.close);
  const parts = lightParts(folder, log);
  const { fingerprint } = await parts.keyring.newArchiveKey([]);
  const publications = await history(bench, folder, log, fingerprint);
  const archive = repreproArchive({ ...parts, home: join(folder, 'repositories') });
  const { world, snapshots } = await engine({ ...parts, archive });
  const wanted = publicationOf(world, acme, instant(Date.now()));
  if (wanted === undefined) throw new Error('nothing was configured');
  await archive.publish(wanted, () => {});
  const server = { repositories: { root: archive.root, all: () => [] }, snapshots, files: parts.files, log };
  const { url } = await serve({ after: bench.atEnd } as unknown as TestContext, server);
  return { url, publications };
};

/** What led there, with packages that there are; gives what may be asked for. */
const history = async (
  bench: Bench,
  folder: string,
  log: EventLog,
  signer: Fingerprint,
): Promise<readonly EventId[]> => {
  const shop = workshop(folder);
  const told = configured.map((event) =>
    event.type === 'ArchiveKeyGenerated' ? { ...event, fingerprint: signer } : event,
  );
  const configuredBy = (await record(log, told)).at(-1) ?? null;
  const installed: DaemonEvent[] = [];
  for (let n = 0; n < packages; n += 1) {
    const story = storyOf(n).installed;
    installed.push({ ...story, ...(await shop.hold({ source: story.source, version: story.version })) });
    if (n % 200 === 0) bench.say(`${n} of ${packages} packages made`);
  }
  const upTo = (await record(log, installed)).at(-1) ?? null;
  const date = instant(Date.now());
  const published = {
    type: 'RepositoryPublished',
    repository: acme,
    date,
    validUntil: null,
    upTo,
    configuredBy,
  } as const;
  return record(
    log,
    Array.from({ length: pastStates }, (_, n) => ({
      ...published,
      generation: n + 1,
      signedBy: [signer],
      releases: [],
    })),
  );
};

/** Each to its stream, one after the other; gives their ids. */
const record = async (log: EventLog, bodies: readonly DaemonEvent[]): Promise<readonly EventId[]> => {
  const ids: EventId[] = [];
  for (const body of bodies) {
    const stream = streamOf(body);
    const before = (await log.readStream(stream)).length;
    const event = enveloped(body, 'bench');
    await log.append(stream, before === 0 ? 'none' : before - 1, [event]);
    ids.push(event.id);
  }
  return ids;
};
