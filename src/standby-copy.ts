import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Logger } from 'pino';
import { type ArchiveClient, archiveClient } from './adapters/archive-link/archive-client.ts';
import { nodeFiles } from './adapters/archive-link/node-files.ts';
import { secretFrom } from './adapters/archive-link/secret-file.ts';
import { standbyLink } from './adapters/archive-link/standby-link.ts';
import { sizeInStore } from './adapters/audit/audit-store.ts';
import { takeKept } from './adapters/backup/kept-copy.ts';
import { systemClock } from './adapters/clock/system-clock.ts';
import { exchangeStore } from './adapters/file-store/exchange-store.ts';
import { dropIncoming, findReceived, keepReceived } from './adapters/incoming/received-files.ts';
import { openpgpKeyring } from './adapters/openpgp/openpgp-keyring.ts';
import { forgetPublished } from './adapters/reprepro/forget-published.ts';
import { archiveNow } from './app/lease/archive-of.ts';
import { readLease } from './app/lease/hold-lease.ts';
import { type KeptCopy, keepCopy } from './app/standby/keep-copy.ts';
import { privateWay } from './app/standby/private-way.ts';
import { requireKeys } from './app/standby/require-keys.ts';
import type { FileName, Sha256 } from './domain/debian/names.ts';
import { sentence } from './domain/refusal.ts';
import type { Clock } from './ports/clock.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Settings } from './settings.ts';

/** Whoever waits for what is fetched waits no longer without a byte; milliseconds. It is tried again. */
const patienceMs = 30_000;

/** Begins to copy what lies beside the log into this node's own home, as the standby of whoever holds the archive. */
export const standbyCopy = (settings: Settings, log: EventLog, journal: Pick<Logger, 'warn'>): KeptCopy => {
  const where = archiveNow(log, systemClock);
  const access = {
    ...secretFrom(settings.nodeLogin),
    where: async () => {
      const way = privateWay(settings.archive ?? (await where()));
      if (isLeft(way)) throw new Error(sentence(way.left));
      return way.right;
    },
    patienceMs,
  };
  return copyInto(settings.home, {
    log,
    clock: systemClock,
    clientOf: (closing) => archiveClient(access, closing),
    fault: (error) => journal.warn({ err: error }, 'the copy of the archive: tried again'),
  });
};

export type CopyWays = {
  readonly log: EventLog;
  readonly clock: Clock;
  /** The way to whoever holds the archive. */
  readonly clientOf: (closing: AbortSignal) => Pick<ArchiveClient, 'fetch' | 'tell' | 'deliver' | 'alive'>;
  readonly fault: (error: unknown) => void;
};

/** The same, into a home and by the ways that are given. */
export const copyInto = (home: string, { log, clock, clientOf, fault }: CopyWays): KeptCopy => {
  const parts = join(home, 'cache', 'fetching');
  mkdirSync(parts, { recursive: true });
  const [folder, incoming] = [join(home, 'files'), join(home, 'incoming')];
  const store = exchangeStore(folder, clock.now);
  const { files, link: fetching, aside } = nodeFiles(store, parts, clientOf);
  const link = standbyLink(clientOf);
  const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: clock.now });
  let tag = '';

  /** What lies here in incoming comes into the store without a way over the network; what lies in the store is made durable once more. */
  const bring = async (sha256: Sha256): Promise<void> => {
    const here = (await store.has(sha256)) ? await store.path(sha256) : await findReceived(incoming, sha256);
    const found = here === undefined ? undefined : await store.adopt(sha256 as string as FileName, here);
    if (found?.sha256 === sha256) return;
    // Other bytes lie here under its name: they are damaged.
    if (here !== undefined) await rm(here, { force: true });
    await files.path(sha256);
  };

  const copy = keepCopy({
    log,
    clock,
    link: {
      ...link,
      close: () => {
        link.close();
        fetching.close();
      },
    },
    files: store,
    sizeOf: sizeInStore(folder),
    bring,
    incoming: {
      keep: (file) => keepReceived(incoming, file, () => aside(file.sha256)),
      drop: (file) => dropIncoming(incoming, file),
    },
    kept: {
      tag: async () => tag,
      take: async (things) => {
        await takeKept(home, things, (await readLease(log)).events);
        tag = things.tag;
      },
    },
    findKeys: (keys) => requireKeys(keyring, keys),
    fault,
  });
  return {
    ...copy,
    lacks: async () => {
      const lacking = await copy.lacks();
      if (lacking === undefined) await forgetPublished(join(home, 'repositories'));
      return lacking;
    },
  };
};
