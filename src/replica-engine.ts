import { merge, type Observable } from 'rxjs';
import { paced } from './app/accounts/access.ts';
import { nobodyKnown } from './app/accounts/doers.ts';
import { rates } from './app/accounts/rates.ts';
import { type CommandParts, commandTable } from './app/commands/command-table.ts';
import { archiveKeyEnds } from './app/expiry-watch.ts';
import { type ArchiveBearings, archiveBearings } from './app/nodes/archive-bearings.ts';
import { oneAfterTheOther } from './app/one-after-the-other.ts';
import { sealingOf } from './app/pages/sealing.ts';
import { startProjector } from './app/projector.ts';
import { heldThen, pastStates } from './app/snapshots/past-states.ts';
import { snapshots } from './app/snapshots/snapshots.ts';
import { works } from './app/works.ts';
import type { BuildId } from './domain/ids.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Access } from './ports/access.ts';
import type { Api } from './ports/api.ts';
import type { Bearings } from './ports/bearings.ts';
import type { Confinement } from './ports/builder.ts';
import type { Recorded } from './projections/recorded.ts';
import type { Readable } from './served-pages.ts';

export type ReplicaEngineParts = Pick<EngineParts, 'log' | 'clock' | 'version' | 'progress'> & {
  /** Asks the archive what it knows beside the log; rejects while it cannot be reached. */
  readonly ask: () => Promise<Bearings>;
  /** How the builder where the archive is is called until it says so itself. */
  readonly named: string;
};

/** What readers are shown, kept in step with a log that others write. It has no duty, and no voice: nothing that is done here is an event. */
export type ReplicaEngine = Readable & {
  readonly recorded$: Observable<Recorded>;
  readonly api: Api;
  readonly pace: Access['paced'];
  readonly archive: ArchiveBearings;
  readonly isUnderWay: (build: BuildId) => boolean;
};

/** Commands whose whole answer the log gives to strangers. All others are for the archive, also those that there will be. */
const answered: ReadonlySet<string> = new Set([
  ...['repositories', 'distributions', 'show', 'statistics', 'uploads', 'builds', 'why', 'history'],
  ...['getsourceslist', 'getkey', 'getdputconf'],
]);
export const isAnsweredByReplica = (command: string): boolean => answered.has(command);

/** Nothing is built by a replica. */
export const nothingToConfine: Confinement = { network: true, processes: true, bounds: true };

/** Replays the log, and then follows it while somebody listens to `world$`. */
export const replicaEngine = async (parts: ReplicaEngineParts): Promise<ReplicaEngine> => {
  const { log, clock, version, progress } = parts;
  const { world, world$, recorded$, until } = await startProjector(log, (events) =>
    progress('log', `${events} events replayed`),
  );
  const archive = archiveBearings(parts.ask, world, clock, parts.named);
  const here = works(clock.now, progress);
  const past = pastStates(log, world, here);
  const pastByTime = snapshots({ log, world, past, cache: elsewhere('snapshots for apt'), now: clock.now });
  const underWay = () => [...archive.works(), ...here.now()];
  const health: CommandParts['health'] = {
    ...{ version, log: log.state, confinement: nothingToConfine, place: archive.place, mail: false, now: clock.now },
    ...{
      works: underWay,
      concerns: () => [],
      silentNodes: () => new Map(),
      clockLeap: () => undefined,
      stage: (build) => archive.liveLog(build)?.stage(),
    },
  };
  return {
    world,
    world$,
    recorded$,
    snapshots: pastByTime,
    doers: nobodyKnown,
    sealing: sealingOf(world, archive.seal, clock.now),
    expiries: () => archiveKeyEnds(world),
    // Who is silent only the archive hears.
    silentNodes: () => new Map(),
    clockLeap: () => undefined,
    works: { now: underWay, changes$: merge(here.changes$, archive.changes$) },
    peers: archive,
    liveLog: archive.liveLog,
    archive,
    isUnderWay: (build) => world.builds.claimed.has(build),
    pace: paced(rates(clock.now).commands),
    api: commandTable({
      ...{ world, clock, until, health, log, now: clock.now, past: pastByTime },
      inTurn: oneAfterTheOther(),
      accountsInTurn: oneAfterTheOther(),
      undisturbed: async () => ({ tell: silent, begin: () => undefined }),
      heldThen: heldThen(world, past),
      preparing: { lines: () => undefined },
      wake: undefined,
      tell: silent,
      rehearsal: () => silent,
      read: () => Promise.reject(new Error('accounts are where the archive is')),
      statement: () => Promise.reject(new Error('the key of the archive is where the archive is')),
      archive: elsewhere('the archive'),
      installability: elsewhere('indices'),
      people: elsewhere('people'),
      keys: elsewhere('keys'),
      files: elsewhere('keys of uploaders'),
      peers: elsewhere('remotes'),
      readLog: () => Promise.reject(new Error('logs are read where the archive is')),
      journal: elsewhere('the journal of the archive'),
      host: elsewhere('the machine of the archive'),
      remotes: elsewhere('remotes'),
      webhooks: { targets: elsewhere('webhooks'), caller: elsewhere('webhooks') },
      fetcher: elsewhere('sources'),
      upstream: elsewhere('archives'),
      verify: () => Promise.reject(new Error('keys of uploaders are where the archive is')),
    }),
  };
};

/** Nothing that a replica does is an event. */
const silent: CommandParts['tell'] = () => Promise.reject(new Error('a replica has nothing to say'));

/** A part that only commands work with that the archive answers: one that asks for it here is our mistake, and says so. */
const elsewhere = <Part extends object>(what: string): Part =>
  new Proxy({} as Part, {
    get: () => {
      throw new Error(`${what}: that is where the archive is, and not at a replica`);
    },
  });
