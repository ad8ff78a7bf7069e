import type { EventStoreDBClient } from '@eventstore/db-client';
import { reasonOf } from '../../domain/reason.ts';
import { within } from './insist.ts';

/** A client whose connection can be closed for good. */
export type Connection = { readonly client: EventStoreDBClient; readonly close: () => Promise<void> };

/** Throws when the connection string is wrong. Connects only at the first call. */
export const connect = async (connectionString: string): Promise<Connection> => {
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  const client = clientFor(EventStoreDBClient, connectionString);
  const inner = client as unknown as Inner;
  appendOneByOne(inner);
  surviveReconnecting(inner);
  return {
    client,
    close: async () => {
      await within(closeWithin, client.dispose()).catch(() => undefined);
      const channel = await within(closeWithin, inner.getChannel()).catch(() => undefined);
      channel?.close();
    },
  };
};

/** Milliseconds. Where there is no channel the client looks for a server, before one can close it. */
const closeWithin = 1_000;

/** What the client hides and we must reach; its version is pinned. */
type Inner = {
  supports: (method: unknown) => Promise<boolean>;
  handleError: (...failure: readonly unknown[]) => Promise<void>;
  readonly getChannel: () => Promise<{ readonly close: () => void }>;
};

/**
 * Never BatchAppend. There the client keeps all appends of the process in one table, which any failing stream
 * empties; an answer that then arrives on another stream finds no entry and throws where only the end of
 * the process can catch it. Each plain Append is a call of its own, with its own deadline and error.
 */
const appendOneByOne = (client: Inner): void => {
  client.supports = async () => false;
};

/** The client looks into each error without waiting for itself: when that fails too, nobody would catch it. */
const surviveReconnecting = (client: Inner): void => {
  const handleError = client.handleError;
  client.handleError = (...failure) => handleError(...failure).catch(() => undefined);
};

const clientFor = (Client: typeof EventStoreDBClient, connectionString: string): EventStoreDBClient => {
  try {
    return Client.connectionString(connectionString);
  } catch (error) {
    throw new Error(
      `The event store's connection string is wrong (${withoutPassword(reasonOf(error))}); write it as esdb://USER:PASSWORD@HOST:PORT or esdb://HOST:PORT?tls=false`,
    );
  }
};

const withoutPassword = (text: string): string => text.replaceAll(/\/\/[^@\s]*@/g, '//…@');
