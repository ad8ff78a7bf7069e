import { join } from 'node:path';
import { pino } from 'pino';
import { ignoreElements, merge } from 'rxjs';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { ftpIncoming } from '../../src/adapters/ftp/ftp-incoming.ts';
import { usualLimits } from '../../src/adapters/ftp/limits.ts';
import { incomingDoor } from '../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../src/adapters/incoming/limits.ts';
import { type Engine, engine } from '../../src/engine.ts';
import type { Builder } from '../../src/ports/builder.ts';
import type { Body, EventLog } from '../../src/ports/event-log.ts';
import { duty } from '../../src/ports/tell.ts';
import { acmeConfigured, commandFor, configured, trixieConfigured } from '../../test/support/fixed-examples.ts';
import { lightParts } from './light-parts.ts';

export type LightDaemon = {
  readonly ftpPort: number;
  /** When an event of `type` about `source` was durable, or its build was begun (`'sbuild'`): milliseconds as `performance.now` counts. */
  readonly moment: (type: string, source: string) => Promise<number>;
  readonly stop: () => Promise<void>;
};

/**
 * The daemon in this process: real door, signatures, file store, log and duties; builds that are begun and never end, and
 * an archive of memory. `keyring` is a file of those who may upload.
 */
export const lightDaemon = async (folder: string, keyring: string): Promise<LightDaemon> => {
  const moments = new Map<string, PromiseWithResolvers<number>>();
  const moment = (type: string, source: string): PromiseWithResolvers<number> => {
    const key = `${type} ${source}`;
    const known = moments.get(key) ?? Promise.withResolvers<number>();
    moments.set(key, known);
    return known;
  };
  const log = noticing(await openEmbeddedLog(join(folder, 'log')), (body, subject) =>
    moment(body.type, subject).resolve(performance.now()),
  );
  const builder: Builder = {
    build: ({ source }) => {
      moment('sbuild', source).resolve(performance.now());
      return new Promise(() => {});
    },
    liveLog: () => undefined,
  };
  const tied = await engine({ ...lightParts(folder, log), builder });
  const work = merge(tied.world$.pipe(ignoreElements()), tied.duties$).subscribe();
  for (const event of told(keyring)) await tied.tell(commandFor(event), duty('bench', 'bench'));
  const ftp = await ftpDoor(folder, tied);
  return {
    ftpPort: ftp.port,
    moment: (type, source) => moment(type, source).promise,
    stop: async () => {
      await ftp.close();
      work.unsubscribe();
      await log.close();
    },
  };
};

/** Its incoming, on a port of its own. */
export const ftpDoor = async (folder: string, { reception }: Pick<Engine, 'reception'>) => {
  await reception.resume();
  const silent = pino({ level: 'silent' });
  return ftpIncoming({
    host: '127.0.0.1',
    port: 0,
    passivePorts: { from: 0, to: 0 },
    limits: usualLimits,
    incoming: await incomingDoor({
      folder: join(folder, 'incoming'),
      limits: usualIncomingLimits,
      receive: reception.receive,
      log: silent,
    }),
    log: silent,
  });
};

/** One architecture, and a repository that takes signed uploads only. */
const told = (keyring: string): readonly Parameters<typeof commandFor>[0][] => [
  ...configured,
  { ...trixieConfigured, architectures: trixieConfigured.architectures.slice(0, 1) },
  { ...acmeConfigured, uploaderKeyrings: [keyring] },
  { type: 'EngineStarted' },
];

/** A log that says what it made durable as soon as it knows. */
export const noticing = (log: EventLog, notice: (body: Body, source: string) => void): EventLog => ({
  ...log,
  append: async (stream, expected, events) => {
    const done = await log.append(stream, expected, events);
    for (const { body, subject } of events) if (subject.package !== undefined) notice(body, subject.package);
    return done;
  },
});
