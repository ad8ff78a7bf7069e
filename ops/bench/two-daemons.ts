import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isLeft } from 'fp-ts/lib/Either.js';
import { ignoreElements, merge } from 'rxjs';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import type { RemoteId } from '../../src/domain/configuration/events.ts';
import { webAddress } from '../../src/domain/configuration/web-address.ts';
import type { FileName, Fingerprint, StoredFile } from '../../src/domain/debian/names.ts';
import { type Engine, engine } from '../../src/engine.ts';
import { duty } from '../../src/ports/tell.ts';
import { fakeBuilder } from '../../test/support/fake-builder.ts';
import {
  acmeConfigured,
  amd64,
  arm64,
  chrootConfigured,
  commandFor,
  configured,
  instanceConfigured,
} from '../../test/support/fixed-examples.ts';
import { ftpDoor, noticing } from './light-daemon.ts';
import { lightParts } from './light-parts.ts';

const because = duty('bench', 'bench');

type Told = Parameters<typeof commandFor>[0];

/** One of two instances that build for each other: real log, keys, signatures, incoming and files. */
type Member = {
  readonly tied: Engine;
  readonly place: RemoteId;
  readonly ftpPort: number;
  readonly fingerprint: Fingerprint;
  readonly publicKey: string;
  readonly keep: (name: string, text: string) => Promise<StoredFile>;
  readonly stop: () => Promise<void>;
};

export type TwoDaemons = {
  /** Of the one that has the repository. */
  readonly ftpPort: number;
  /** When an event of `type` about `source` was durable there. */
  readonly moment: (type: string, source: string) => Promise<Moment>;
  readonly stop: () => Promise<void>;
};

/** Milliseconds as `performance.now` counts, and those that this process used the processor. */
export type Moment = { readonly at: number; readonly processor: number };

/**
 * Two daemons in this process, on the loopback. One has the repository and builds amd64, the other one builds arm64 for it; what they build is made up, and made at once.
 * Of the web of each there is what the other asks for.
 */
export const twoDaemons = async (folder: string, keyring: string): Promise<TwoDaemons> => {
  const moments = new Map<string, PromiseWithResolvers<Moment>>();
  const moment = (type: string, source: string): PromiseWithResolvers<Moment> => {
    const key = `${type} ${source}`;
    const known = moments.get(key) ?? Promise.withResolvers<Moment>();
    moments.set(key, known);
    return known;
  };
  const notice = (type: string, source: string): void => moment(type, source).resolve(now());
  const asks = await member(join(folder, 'asks'), notice, [
    ...plain.filter(({ type }) => type !== 'RepositoryConfigured'),
    { ...acmeConfigured, uploaderKeyrings: [keyring] },
    chrootConfigured(amd64),
    { type: 'EngineStarted' },
  ]);
  const builds = await member(join(folder, 'builds'), () => undefined, [
    ...plain.filter(({ type }) => type === 'SourceConfigured' || type === 'DistributionConfigured'),
    chrootConfigured(arm64),
    { type: 'EngineStarted' },
  ]);
  await acquaint(asks, builds);
  await acquaint(builds, asks);
  return {
    ftpPort: asks.ftpPort,
    moment: (type, source) => moment(type, source).promise,
    stop: async () => {
      await asks.stop();
      await builds.stop();
    },
  };
};

const now = (): Moment => {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), processor: (user + system) / 1000 };
};

/** Without addresses, keys and chroots. */
const plain: readonly Told[] = configured.filter(
  ({ type }) => type !== 'InstanceConfigured' && type !== 'ArchiveKeyGenerated' && type !== 'ChrootConfigured',
);

const member = async (
  folder: string,
  notice: (type: string, source: string) => void,
  told: readonly Told[],
): Promise<Member> => {
  const log = noticing(await openEmbeddedLog(join(folder, 'log')), ({ type }, source) => notice(type, source));
  const parts = lightParts(folder, log);
  const tied = await engine({
    ...parts,
    clock: systemClock,
    builder: fakeBuilder(parts.files),
    guests: fakeBuilder(parts.exchange),
    place: { ...parts.place, room: 4 },
  });
  const work = merge(tied.world$.pipe(ignoreElements()), tied.duties$).subscribe();
  const key = await parts.keyring.newArchiveKey([]);
  await tied.tell({ command: 'AddArchiveKey', ...key }, because);
  const web = await peerstatusOf(tied);
  const ftp = await ftpDoor(folder, tied);
  const place = `127.0.0.1:${web.port}`;
  const address = { hostname: '127.0.0.1', url: webAddress(`http://${place}`), ftpPort: ftp.port };
  for (const event of [{ ...instanceConfigured, ...address }, ...told]) {
    const done = await tied.tell(commandFor(event), because);
    if (isLeft(done)) throw new Error(`${event.type}: ${done.left.fact}`);
  }
  return {
    tied,
    place: place as RemoteId,
    ftpPort: ftp.port,
    ...key,
    keep: (name, text) => parts.files.put(name as FileName, Readable.from([text])),
    stop: async () => {
      web.close();
      await ftp.close();
      work.unsubscribe();
      await log.close();
    },
  };
};

/** What others ask for again and again. */
const peerstatusOf = async ({ api }: Engine): Promise<{ readonly port: number; readonly close: () => void }> => {
  const server = createServer((_, answer) => {
    void api.run('peerstatus', {}, anonymous).then((said) => {
      if (isLeft(said)) answer.writeHead(500).end();
      else answer.setHeader('content-type', 'application/json').end(JSON.stringify(said.right.json));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const acquaint = async (here: Member, there: Member): Promise<void> => {
  const { place: remote, fingerprint, publicKey } = there;
  const key = await here.keep(`${remote.replace(':', '_')}.asc`, publicKey);
  const url = `http://${remote}/`;
  await here.tied.tell(
    { command: 'Configure', event: { type: 'RemoteConfigured', remote, url, fingerprint, key } },
    because,
  );
  await here.tied.tell(
    { command: 'ActivateRemote', activated: { type: 'RemoteActivated', remote, repositories: [], tags: [] } },
    because,
  );
};
