import { startEventStoreServer } from '../support/eventstore-server.ts';
import { restartScenarios } from './support/restart-scenarios.ts';

restartScenarios('a daemon whose log is in an event store, and that ends in the middle of its work', async () => {
  const server = await startEventStoreServer();
  return { env: { MINI_BUILDD_LOG: server.connectionString }, stop: server.stop };
});
