import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { generateKey, type PrivateKey } from 'openpgp';
import { keptThings } from '../../src/adapters/backup/kept-copy.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { incomingDoor } from '../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../src/adapters/incoming/limits.ts';
import { dropIncoming, listIncoming } from '../../src/adapters/incoming/received-files.ts';
import { memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addArchiveKey } from '../../src/adapters/openpgp/archive-key-files.ts';
import { reception } from '../../src/app/incoming/reception.ts';
import { fencedLog, type HeldLease, whileHeld } from '../../src/app/lease/hold-lease.ts';
import { standBy } from '../../src/app/lease/stand-by.ts';
import { doorWithout } from '../../src/app/standby/concerns.ts';
import { copiedFiles, copiedIncoming, copiedKeys } from '../../src/app/standby/copied.ts';
import type { KeptCopy } from '../../src/app/standby/keep-copy.ts';
import { type Seat, type StandbyNeed, standbySeat } from '../../src/app/standby/seat.ts';
import { teller } from '../../src/app/tell.ts';
import type { FileName, Fingerprint, Sha256 } from '../../src/domain/debian/names.ts';
import { type DaemonEvent, decodeEvent } from '../../src/domain/event.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { IncomingDoor } from '../../src/ports/incoming.ts';
import type { Keyring } from '../../src/ports/keyring.ts';
import { StandbyAway } from '../../src/ports/standby.ts';
import { copyInto } from '../../src/standby-copy.ts';
import { newEvent } from '../adapters/eventstore-log/sample-events.ts';
import type { Loss } from './durable-files.ts';
import { fakeKeyring } from './fake-keyring.ts';
import { uploaderKeyring } from './fixed-examples.ts';
import { manualClock } from './manual-clock.ts';
import { type Carriage, memoryArchiveWay, type StandbyDesk } from './memory-archive-way.ts';
import { type Life, poweredDisk, quiet } from './powered-disk.ts';
import type { UploadFile } from './source-upload.ts';

export type Fate = { readonly n: number; readonly loss: Loss; readonly freezes?: boolean };

/** What a node does while it holds the archive. */
type Serving = StandbyDesk & {
  readonly seat: Seat;
  readonly door: IncomingDoor;
  readonly tidy: () => Promise<void>;
  readonly publish: () => Promise<void>;
};

/** One of two machines with a disk of its own. */
export type Site = {
  readonly name: NodeName;
  readonly life: () => Life;
  readonly isUp: () => boolean;
  readonly serving: () => Serving | undefined;
  readonly copying: () => KeptCopy | undefined;
  readonly start: (fate?: Fate) => void;
  /** The files that are left of it, in the worst case; of one whose power failed, in its own. */
  readonly left: () => readonly ReadonlyMap<string, Buffer>[];
  readonly remove: () => void;
};

const published = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/events/RepositoryPublished.json'), 'utf8'),
) as object;

/** An archive key, of a kind that is quick to make. */
export const makeKey = async (): Promise<PrivateKey> => {
  const userIDs = [{ name: 'mini-buildd archive key' }];
  const date = new Date(Date.UTC(2026, 10, 1));
  return (await generateKey({ type: 'ecc', curve: 'ed25519Legacy', userIDs, subkeys: [], date, format: 'object' }))
    .privateKey;
};

/**
 * Two nodes on one log, each with a disk whose power may fail. Everything of them is what the daemon runs, but for the network between them, who builds, and
 * what apt sees: to publish is a deed on record, allowed by the lease right before.
 */
export const archiveAndStandby = async (
  key: PrivateKey,
  need: StandbyNeed = 'required',
  carriage: Partial<Carriage> = {},
) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-two-'));
  const clock = manualClock();
  const store = memoryStore();
  const shared = openMemoryLog(store, clock.now);
  /** Who wrote which event, by its position; and what was published under which lease. */
  const writers: NodeName[] = [];
  const publications: { readonly by: NodeName; readonly after: number }[] = [];
  const faults: unknown[] = [];
  const arrivals = new Map<FileName, number>();
  const events = (): readonly DaemonEvent[] => store.events.map(({ body, position }) => decodeEvent(body, position));

  const site = (name: NodeName): Site => {
    const disk = poweredDisk(join(folder, name));
    let life: Life | undefined;
    let serving: Serving | undefined;
    let copying: KeptCopy | undefined;
    const is = (): Life => {
      if (life === undefined) throw new Error(`${name} was never started`);
      return life;
    };

    const logOf = (of: Life): EventLog => {
      const alive =
        <Given extends readonly unknown[], Result>(ask: (...given: Given) => Promise<Result>) =>
        async (...given: Given): Promise<Result> => {
          await of.thawed();
          return ask(...given);
        };
      const append: EventLog['append'] = async (...given) => {
        const appended = await shared.append(...given);
        if (isRight(appended)) for (const _ of appended.right) writers.push(name);
        return appended;
      };
      return { ...shared, append, readAll: alive(shared.readAll), readStream: alive(shared.readStream) };
    };

    const live = async (of: Life): Promise<void> => {
      const log = logOf(of);
      const clientOf = memoryArchiveWay(name, () => other(name).serving(), carriage);
      const steady: typeof clientOf = (closing) => {
        const { tell, fetch, ...rest } = clientOf(closing);
        const told = of.step('say what is done', (path: string, what?: unknown) => tell(path, what));
        return {
          ...rest,
          fetch: async (...given) => {
            await of.thawed();
            return fetch(...given);
          },
          tell: async (path, what) => {
            if (path === 'standby/done') return told(path, what);
            await of.thawed();
            return tell(path, what);
          },
        };
      };
      let copy: KeptCopy | undefined;
      const begin = (): KeptCopy =>
        copyInto(of.root, { log, clock, clientOf: steady, fault: (error) => faults.push(error) });
      const lease = await standBy(
        { ...log, append: of.step('take the lease', log.append) },
        {
          us: { node: `${name}:8066`, builder: 'ernie' },
          isAlive: async (node) => other(name).isUp() && node === `${other(name).name}:8066`,
          patience: 3_000,
          clock,
          waits: () => undefined,
          copy: {
            follow: () => {
              copy ??= begin();
              copying = copy;
              return copy.standing();
            },
            lacks: async () => copy?.lacks(),
          },
        },
      );
      await copy?.stop();
      copying = undefined;
      const permit = whileHeld(lease, () => of.die('whole'));
      serving = await serve(of, fencedLog(log, permit), permit, name);
    };

    const serve = async (of: Life, log: EventLog, permit: HeldLease['check'], by: NodeName): Promise<Serving> => {
      const append = of.step('append', log.append);
      const fenced = { ...log, append };
      const seat = standbySeat({ need, clock, kept: keptThings(of.root) });
      const files = copiedFiles(fileStore(join(of.root, 'files'), undefined, clock.now), seat);
      const { received, lying, dropping, onOffer } = copiedIncoming(seat, clock.now);
      const incoming = join(of.root, 'incoming');
      seat.onSeated(() => void lying(() => listIncoming(incoming)).catch((error: unknown) => faults.push(error)));
      const desk = reception({
        folder: { list: () => listIncoming(incoming), drop: dropping((file) => dropIncoming(incoming, file)) },
        files,
        verify: (file) => fakeKeyring().verify(file, [uploaderKeyring]),
        lastReceived: (sha256) =>
          store.events.findLast(({ body }) => body.type === 'UploadReceived' && JSON.stringify(body).includes(sha256))
            ?.recordedAt,
        exchange: async () => 'not-ours',
        clock,
        tell: teller(fenced, async () => undefined, clock.now),
        bound: 3_600_000,
      });
      // What lies there waits for a standby, and so does nothing else.
      await desk.resume().catch((error: unknown) => {
        if (!(error instanceof StandbyAway)) throw error;
      });
      const keyring = copiedKeys(
        {
          newArchiveKey: async () => {
            await addArchiveKey(join(of.root, 'keys'), key);
            return { fingerprint: key.getFingerprint().toUpperCase() as Fingerprint, publicKey: 'a key' };
          },
        } as unknown as Keyring,
        seat,
      );
      const record = async (stream: string, body: object): Promise<void> => {
        const seen = (await log.readStream(stream as StreamName)).at(-1)?.revision ?? 'none';
        await append(stream as StreamName, seen, [{ ...newEvent(), body: body as { readonly type: string } }]);
      };
      const hasKey = (): boolean => events().some(({ type }) => type === 'ArchiveKeyGenerated');
      const publishes = of.step('publish', async () => {
        publications.push({ by, after: store.events.length });
      });
      return {
        seat,
        onOffer: onOffer(files),
        tidy: desk.tidy,
        publish: async () => {
          if (!hasKey()) {
            const { fingerprint, publicKey } = await keyring.newArchiveKey([]);
            await record('instance', { type: 'ArchiveKeyGenerated', fingerprint, publicKey });
          }
          await permit();
          await publishes();
          await record('repository-test', published);
        },
        door: await incomingDoor({
          folder: incoming,
          limits: usualIncomingLimits,
          receive: received(desk.receive),
          log: { info: () => undefined, error: () => undefined },
          closed: () => doorWithout(seat.standing()),
        }),
      };
    };

    const isUp = (): boolean => life !== undefined && !life.isDead() && !life.isFrozen();
    return {
      name,
      life: is,
      isUp,
      serving: () => (isUp() ? serving : undefined),
      copying: () => (isUp() ? copying : undefined),
      start: (fate) => {
        const of = disk.begin(fate);
        [life, serving, copying] = [of, undefined, undefined];
        live(of).catch((error: unknown) => {
          if (!of.isDead()) faults.push(error);
        });
      },
      left: () => (is().isDead() ? [is().left('synced')] : [is().left('synced'), is().left('named')]),
      remove: disk.remove,
    };
  };

  const sites: readonly [Site, Site] = [site('one' as NodeName), site('two' as NodeName)];
  const other = (name: NodeName): Site => (sites[0].name === name ? sites[1] : sites[0]);

  /** Lets time pass until it is so. */
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    for (let passed = 0; ; passed += 500) {
      await quiet();
      if (isSo()) return;
      if (passed > 240_000) throw new Error(`waited four minutes in vain for ${what}; ${faults.at(-1)}`);
      clock.advance(500);
    }
  };

  const holder = (): Site | undefined => sites.find((each) => each.serving() !== undefined);

  const deliver = async ({ name, bytes }: UploadFile): Promise<boolean> => {
    const to = holder();
    const serving = to?.serving();
    if (to === undefined || serving === undefined) return false;
    arrivals.set(name, (arrivals.get(name) ?? 0) + 1);
    const sending = async (): Promise<boolean> => {
      const opened = await serving.door.open();
      if (isLeft(opened)) return false;
      const stopped = new AbortController().signal;
      async function* sent() {
        yield Buffer.from(bytes);
      }
      const how = { name, session: 'dput', door: 'ftp' as const, stopped, cut: () => undefined };
      const taken = await opened.right.take({ ...how, bytes: sent() });
      await opened.right.close();
      return isRight(taken);
    };
    return Promise.race([sending(), to.life().death.then(() => false)]).catch(() => false);
  };

  return {
    sites,
    clock,
    events,
    writers,
    publications,
    faults,
    holder,
    until,
    /** How often a file was sent. */
    arrivals,
    deliver,
    /** Sends a file to whoever holds the archive; whether that one said that he has it. */
    send: async (file: UploadFile): Promise<boolean> => {
      const life = holder()?.life();
      let outcome: boolean | undefined;
      void deliver(file).then((taken) => {
        outcome = taken;
      });
      await until(`${file.name} to be answered`, () => outcome !== undefined || life?.isFrozen() === true);
      return outcome === true;
    },
    /** Whether these bytes are safe on a site, whatever becomes of it now. */
    has: (on: Site, sha256: Sha256, bytes: string): boolean =>
      on.left().every((files) => [...files].some(([path, its]) => path.includes(sha256) && its.toString() === bytes)),
    remove: () => {
      for (const each of sites) each.remove();
    },
  };
};
