import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedLog } from '../adapters/embedded-log/embedded-log.ts';
import { openMemoryLog } from '../adapters/memory-log/memory-log.ts';
import { copyLog } from '../app/copy-log.ts';
import type { CopyTarget } from '../app/fill-log.ts';
import type { Instant } from '../domain/codec.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Settings } from '../settings.ts';

/** `embedded:` (of this instance), `embedded:FOLDER`, or the address of an event store. */
type Side = string;

/** Copies one log to another, and says how it went. Progress goes to standard error. Both must be at rest. */
export const copyLogOnHost = async (
  [from, to]: readonly [Side, Side],
  { dryRun }: { readonly dryRun: boolean },
  settings: Settings,
): Promise<string> => {
  for (const side of [from, to]) refuseLogin(side);
  const source = await openSource(from, settings);
  try {
    const target = await openTarget(to, settings, dryRun);
    try {
      const progress = everySecond((events, what) => process.stderr.write(`${events} events ${what}\n`));
      const { events, copied, sha256 } = await copyLog(source, target, { dryRun, progress });
      return dryRun
        ? `${copied} of ${events} events would be copied\n`
        : `${copied} of ${events} events copied, the others were there; both logs are the same: SHA-256 ${sha256}\n`;
    } finally {
      await target.log.close();
    }
  } finally {
    await source.close();
  }
};

/** Command lines are for everybody to see. */
const refuseLogin = (side: Side): void => {
  if (side.includes('@'))
    throw new Error('A command line is no place for a login; name a file by MINI_BUILDD_LOG_LOGIN');
};

const folderOf = (side: Side, { home }: Settings): string | undefined => {
  if (!side.startsWith('embedded:')) return undefined;
  return side === 'embedded:' ? join(home, 'log') : side.slice('embedded:'.length);
};

const openSource = async (side: Side, settings: Settings): Promise<EventLog> => {
  const folder = folderOf(side, settings);
  if (folder === undefined) return openStore(side, settings);
  if (!existsSync(folder)) throw new Error(`There is no log in ${folder}`);
  return openEmbeddedLog(folder);
};

/** What only looks makes nothing where there is nothing. */
export const openTarget = async (side: Side, settings: Settings, dryRun: boolean): Promise<CopyTarget> => {
  let time: Instant | undefined;
  const recordAt = (at: Instant): void => {
    time = at;
  };
  const now = (): number => (time === undefined ? Date.now() : Date.parse(time));
  const folder = folderOf(side, settings);
  if (folder === undefined) return { log: await openStore(side, settings, () => time), recordAt, together: 1 };
  if (dryRun && !existsSync(folder)) return { log: openMemoryLog(), recordAt, together: 1 };
  return { log: await openEmbeddedLog(folder, { now }), recordAt, together: 256 };
};

const openStore = async (
  address: string,
  { logLogin }: Settings,
  recordedAt?: () => Instant | undefined,
): Promise<EventLog> => {
  const { openEventStoreLog } = await import('../adapters/eventstore-log/open-eventstore-log.ts');
  return openEventStoreLog(address, { loginFile: logLogin, ...(recordedAt === undefined ? {} : { recordedAt }) });
};

type Progress = Parameters<typeof copyLog>[2]['progress'];

const everySecond = (say: Progress): Progress => {
  let next = Date.now() + 1000;
  return (events, what) => {
    if (Date.now() < next) return;
    next = Date.now() + 1000;
    say(events, what);
  };
};
