import { readFileSync } from 'node:fs';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { reasonOf } from '../../domain/reason.ts';
import type { ConnectionSettings } from './connection-string.ts';
import { within } from './insist.ts';

/** A client whose connection can be closed for good. */
export type Connection = {
  readonly client: EventStoreDBClient;
  /** Resolves when the client has found a server to speak to. */
  readonly ready: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Throws when a file that the settings name cannot be read. Connects only at the first call. */
export const connect = async (settings: ConnectionSettings): Promise<Connection> => {
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  const credentials = settings.isEncrypted ? { insecure: false, ...certificates(settings) } : { insecure: true };
  const client = new EventStoreDBClient(target(settings), credentials, settings.login);
  const inner = client as unknown as Inner;
  appendOneByOne(inner);
  surviveReconnecting(inner);
  return {
    client,
    ready: async () => void (await inner.getChannel()),
    close: async () => {
      await within(closeWithin, () => client.dispose()).catch(() => undefined);
      const channel = await within(closeWithin, inner.getChannel).catch(() => undefined);
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

/** One host is spoken to as it is; several, or a name of a cluster, are asked who leads. */
const target = ({ hosts, isDiscovered, connectionName, tuning }: ConnectionSettings): Target => {
  const [host] = hosts;
  const common = { ...tuning, connectionName };
  if (hosts.length > 1) return { ...common, endpoints: [...hosts] } as unknown as Target;
  return isDiscovered ? ({ ...common, discover: host } as unknown as Target) : { ...common, endpoint: host };
};

/** The client's constructor has three shapes, of which types see the last. */
type Target = ConstructorParameters<typeof EventStoreDBClient>[0];

const certificates = ({ authorityFile, certificateFile, keyFile }: ConnectionSettings) => ({
  ...(authorityFile === undefined ? {} : { rootCertificate: read(authorityFile) }),
  ...(certificateFile === undefined ? {} : { userCertFile: read(certificateFile) }),
  ...(keyFile === undefined ? {} : { userKeyFile: read(keyFile) }),
});

const read = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${file}, which the event store's connection string names, cannot be read: ${reasonOf(error)}`);
  }
};
