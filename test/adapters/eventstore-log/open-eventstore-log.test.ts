import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { LogUnderTest } from '../../contracts/event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import type { EventStoreServerOptions } from '../../support/eventstore-server.ts';
import { startEventStoreServer } from '../../support/eventstore-server.ts';

const onServer = async (options: EventStoreServerOptions): Promise<LogUnderTest> => {
  const server = await startEventStoreServer(options);
  let log = await openEventStoreLog(server.connectionString);
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await openEventStoreLog(server.connectionString);
      return log;
    },
    severConnection: async () => server.network.cut(),
    dispose: async () => {
      await log.close();
      await server.stop();
    },
  };
};

eventLogContract('an EventStoreDB server', () => onServer({}), { severs: true });
