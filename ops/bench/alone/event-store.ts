import { startEventStoreServer } from '../../../test/support/eventstore-server.ts';

/** The tests' event store in a process of its own, until it is told to end. Says where it is. */
const server = await startEventStoreServer();
process.stdout.write(`${server.connectionString}\n`);
