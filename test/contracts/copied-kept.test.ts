import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { keptThings, takeKept } from '../../src/adapters/backup/kept-copy.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { sqlitePeople } from '../../src/adapters/people/sqlite-people.ts';
import { readLease, takeLease } from '../../src/app/lease/hold-lease.ts';
import { standbySeat } from '../../src/app/standby/seat.ts';
import { ifGone } from '../../src/disk/if-gone.ts';
import type { AccountId } from '../../src/domain/account/events.ts';
import type { EmailAddress, FullName, LoginName } from '../../src/domain/account/person.ts';
import type { KeptPath } from '../../src/domain/backup/manifest.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { StandbyAway } from '../../src/ports/standby.ts';
import { copyInto } from '../../src/standby-copy.ts';
import { callsUnderWay } from '../support/calls-under-way.ts';
import { memoryArchiveWay } from '../support/memory-archive-way.ts';
import { memoryCopy, memoryKept, peoplePath } from '../support/memory-kept.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type KeptUnderTest, keptThingsContract } from './kept-things.ts';

const inText = (bytes: string): string => Buffer.from(bytes, 'base64').toString();
const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

/** Of people in memory, logins are what is known of them. */
const inMemory = async (): Promise<KeptUnderTest> => {
  const [archive, copy] = [memoryKept(), memoryCopy()];
  const logins = (bytes: string | undefined): readonly string[] =>
    bytes === undefined ? [] : JSON.parse(inText(bytes));
  return {
    write: async (path, text, mode) => void archive.held.set(path, { mode, bytes: inBase64(text) }),
    remove: async (path) => void archive.held.delete(path),
    enter: async (login) => {
      const known = logins(archive.held.get(peoplePath)?.bytes);
      archive.held.set(peoplePath, { mode: 0o600, bytes: inBase64(JSON.stringify([...known, login])) });
    },
    look: archive.look,
    carry: async (holding) => copy.take(await archive.look(), holding),
    read: async (path) => {
      const found = copy.held.get(path);
      return found && { text: inText(found.bytes), mode: found.mode };
    },
    formerly: async (path) => (copy.formerly.get(path) ?? []).map(inText),
    knows: async (login) => logins(copy.held.get(peoplePath)?.bytes).includes(login),
    knewBefore: async (holding, login) => {
      const bytes = copy.before.get(holding);
      return bytes === undefined ? undefined : logins(bytes).includes(login);
    },
    dispose: async () => undefined,
  };
};

/** Two homes on this disk. `carrier` takes from the one to the other. */
const onDisk = async (
  carrier: (
    one: string,
    other: string,
  ) => Pick<KeptUnderTest, 'carry' | 'look'> & { readonly stop: () => Promise<void> },
): Promise<KeptUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-kept-'));
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  for (const home of [one, other])
    for (const name of ['keys', 'people', 'files']) await mkdir(join(home, name), { recursive: true });
  const people = sqlitePeople(join(one, peoplePath), Date.now);
  const { carry, look, stop } = carrier(one, other);
  const knows = async (file: string, login: string): Promise<boolean> => {
    const copied = sqlitePeople(file, Date.now);
    const found = await copied.byLogin(login as LoginName);
    copied.close();
    return found !== undefined;
  };
  return {
    write: async (path, text, mode) => {
      await mkdir(dirname(join(one, path)), { recursive: true });
      await rm(join(one, path), { force: true });
      await writeFile(join(one, path), text, { mode });
    },
    remove: (path) => rm(join(one, path)),
    enter: async (login) => {
      const [email, fullName] = [`${login}@example.org` as EmailAddress, login as FullName];
      await people.add({ account: login.padEnd(26, 'a') as AccountId, login: login as LoginName, email, fullName });
    },
    look,
    carry,
    read: async (path) => {
      const text = await readFile(join(other, path), 'utf8').catch(ifGone);
      return text === undefined ? undefined : { text, mode: (await stat(join(other, path))).mode & 0o777 };
    },
    formerly: async (path) => {
      const names = await readdir(join(other, dirname(path)));
      const former = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.old'));
      return Promise.all(former.map((name) => readFile(join(other, dirname(path), name), 'utf8')));
    },
    knows: (login) => knows(join(other, peoplePath), login),
    knewBefore: async (holding, login) => {
      const file = join(other, `${peoplePath}.before-${holding}.old` as KeptPath);
      return (await stat(file).catch(ifGone)) === undefined ? undefined : knows(file, login);
    },
    dispose: async () => {
      await stop();
      people.close();
      await removeFolder(folder);
    },
  };
};

/** All of what waits here waits a fifth of its time. */
const quick: Clock = {
  now: () => 5 * systemClock.now(),
  awake: () => 5 * systemClock.awake(),
  after: (ms) => systemClock.after(ms / 5),
  every: (ms) => systemClock.every(ms / 5),
};

/** A standby at work: what it has it says itself, and takes what it is told of. */
const byStandby = (one: string, other: string) => {
  const looks = callsUnderWay();
  const { look } = looks.watched({ look: keptThings(one) });
  const log = openMemoryLog();
  const seat = standbySeat({ need: 'required', clock: quick, kept: look });
  const onOffer = fileStore(join(one, 'files'), undefined, Date.now);
  const copy = copyInto(other, {
    log,
    clock: quick,
    clientOf: memoryArchiveWay('bert' as NodeName, () => ({ seat, onOffer })),
    fault: () => undefined,
  });
  const hold = async (holding: number): Promise<void> => {
    for (let seen = await readLease(log); seen.events < holding; seen = await readLease(log))
      await takeLease(log, seen, { type: 'ArchiveLeaseTaken', node: 'ernie:8066', builder: 'ernie', because: 'test' });
  };
  return {
    look,
    carry: async (holding: number) => {
      await hold(holding);
      // It leaves its seat when it was not heard for two seconds of ours, as on a machine that stands still for so long.
      for (let isThere = false; !isThere; ) {
        while (seat.standing().node === undefined) await new Promise(setImmediate);
        isThere = await seat.hasKept().then(
          () => true,
          (error: unknown) => {
            if (error instanceof StandbyAway && /is not there/.test(error.message)) return false;
            throw error;
          },
        );
      }
    },
    stop: async () => {
      await copy.stop();
      while (looks.isAtWork()) await new Promise(setImmediate);
    },
  };
};

keptThingsContract('in memory', inMemory);

keptThingsContract('on a disk', () =>
  onDisk((one, other) => {
    const look = keptThings(one);
    return {
      look,
      carry: async (holding) => takeKept(other, await look(), holding),
      stop: async () => undefined,
    };
  }),
);

keptThingsContract('by a standby at work', () => onDisk(byStandby));
