import { systemClock } from '../adapters/clock/system-clock.ts';
import { isAlive } from '../adapters/http/is-alive.ts';
import type { Listening } from '../adapters/http/listening.ts';
import { waitingRoom } from '../adapters/http/waiting-room.ts';
import { readLease } from '../app/lease/hold-lease.ts';
import { standBy } from '../app/lease/stand-by.ts';
import { type Refusal, refusal, sentence } from '../domain/refusal.ts';
import { held } from '../entrance.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Settings } from '../settings.ts';

/**
 * Does what no daemon may write beside. The lock of an embedded log sees to that; of an event store this program holds the archive lease meanwhile, and
 * answers in the place of the daemon of this machine that it lives. Killed, it is silent, and what it left is for others to judge: where
 * both see one folder, by what lies there; where they do not, by the files that they lack.
 */
export const holdingArchive = async <A>(
  settings: Settings,
  log: EventLog,
  act: (log: EventLog) => Promise<A>,
): Promise<A> => {
  if (settings.log === 'embedded:') return act(log);
  const refused = await whyNot(settings, log);
  if (refused !== undefined) throw new Error(sentence(refused));
  const room = await inPlaceOfDaemon(settings);
  try {
    const lease = await standBy(log, {
      us: { node: settings.node, builder: settings.hostname },
      isAlive,
      patience: settings.takeOverAfter * 1000,
      clock: systemClock,
      waits: (reason) => process.stderr.write(`mini-buildd: ${reason}\n`),
    });
    const ours = held(log, lease, ({ message }) => {
      process.stderr.write(`mini-buildd: ${message}\n`);
      process.exit(1);
    });
    return await act(ours.log).finally(ours.leave);
  } finally {
    await room.close();
  }
};

const whyNot = async ({ node, standby }: Settings, log: EventLog): Promise<Refusal | undefined> => {
  const { holder, last } = await readLease(log);
  if (holder !== undefined && (await isAlive(holder.node)))
    return daemonRuns(`the daemon at ${holder.node} holds the archive, and lives`);
  return standby === undefined || last === undefined || last === node
    ? undefined
    : refusal(
        'archive-elsewhere',
        `the archive lies on the disk of ${last}, and this is ${node}`,
        'do it there, or start the daemon here and let it take over first',
      );
};

const inPlaceOfDaemon = async ({ http, node }: Settings): Promise<Listening> => {
  const plain = http.filter(({ isTls }) => !isTls);
  return waitingRoom(plain, undefined, () => 'something is done on the host in its place').catch((cause: unknown) => {
    throw new Error(sentence(daemonRuns(`something listens already where that of ${node} would`)), { cause });
  });
};

const daemonRuns = (fact: string): Refusal =>
  refusal('daemon-runs', fact, 'stop the daemon, its standby first if it has one');
