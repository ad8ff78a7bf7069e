import { randomUUID } from 'node:crypto';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { LogUnderTest } from '../../contracts/event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { startEventStoreServer } from '../../support/eventstore-server.ts';
import { ownCorner } from './own-corner.ts';
import { newEvent, recordedBy, strangeEvent } from './sample-events.ts';

/** `open` may be called again and again: the store behind it is the same. */
const underTest = async (
  open: () => Promise<EventLog>,
  severConnection: () => void,
  removeStore: () => Promise<void>,
): Promise<LogUnderTest> => {
  let log = await open();
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await open();
      return log;
    },
    severConnection: async () => severConnection(),
    dispose: async () => {
      await log.close();
      await removeStore();
    },
  };
};

const onServer = async (): Promise<LogUnderTest> => {
  const server = await startEventStoreServer();
  return underTest(() => openEventStoreLog(server.connectionString), server.network.cut, server.stop);
};

/** Opens the corner of one test, and each time the same. */
const cornerOf = async (connectionString: string): Promise<() => Promise<EventLog>> => {
  const first = await openEventStoreLog(connectionString);
  const start = first.state().head;
  await first.close();
  const corner = randomUUID();
  return async () => ownCorner(await openEventStoreLog(connectionString), corner, start);
};

const onUsedServer = async (): Promise<LogUnderTest> => {
  const server = await startEventStoreServer();
  const earlier = await openEventStoreLog(server.connectionString);
  await recordedBy(earlier.append('upload-earlier' as StreamName, 'none', [newEvent(), newEvent()]));
  await earlier.close();
  server.events.append('$stats-127.0.0.1:2113', 'any', [strangeEvent('$statsCollected')]);
  return underTest(await cornerOf(server.connectionString), server.network.cut, server.stop);
};

const onNamedServer = async (connectionString: string): Promise<LogUnderTest> =>
  underTest(
    await cornerOf(connectionString),
    () => undefined,
    async () => undefined,
  );

eventLogContract('an EventStoreDB server', onServer, { severs: true });
eventLogContract('an EventStoreDB server that was used before', onUsedServer, { severs: true });

/** A real server, where there is one: its connection string. The events stay there. */
const named = process.env.MINI_BUILDD_TEST_ESDB;
if (named !== undefined)
  eventLogContract('the EventStoreDB server that MINI_BUILDD_TEST_ESDB names', () => onNamedServer(named));
