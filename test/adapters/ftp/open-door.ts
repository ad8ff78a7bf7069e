import assert from 'node:assert/strict';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type FtpIncomingOptions, ftpIncoming } from '../../../src/adapters/ftp/ftp-incoming.ts';
import { type Limits, usualLimits } from '../../../src/adapters/ftp/limits.ts';
import { type IncomingDoorOptions, incomingDoor } from '../../../src/adapters/incoming/incoming-door.ts';
import { type IncomingLimits, usualIncomingLimits } from '../../../src/adapters/incoming/limits.ts';
import { type IncomingFile, listIncoming } from '../../../src/adapters/incoming/received-files.ts';
import type { Incoming, ReceivedFile } from '../../../src/ports/incoming.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { type Dialogue, dial } from './dialogue.ts';

/** An open door in a folder of its own, and all that it told us. */
export type OpenDoor = {
  readonly incoming: Incoming;
  readonly folder: string;
  readonly received: readonly ReceivedFile[];
  readonly logged: readonly string[];
  /** A client, logged in and in /incoming; its connection ends with the test. */
  readonly client: (host?: string) => Promise<Dialogue>;
  readonly stored: () => Promise<readonly IncomingFile[]>;
};

type Wishes = Partial<Omit<FtpIncomingOptions & IncomingDoorOptions, 'limits'>> & {
  readonly limits?: Partial<Limits & IncomingLimits>;
};

/** The usual limits, but patient with nobody while the door closes. */
const limits: Limits & IncomingLimits = { ...usualLimits, ...usualIncomingLimits, closing: 500 };

/**
 * Opens a door and, after the test, closes it and looks behind it: nothing half received lies there, nothing was
 * written outside, no file was left to the garbage collector, no handler of signals stays. A door into the folder of an
 * earlier one leaves the look at the folder to that one.
 */
export const openDoor = async (t: TestContext, wishes: Wishes = {}): Promise<OpenDoor> => {
  const home = await mkdtemp(join(tmpdir(), 'ftp-door-'));
  const folder = wishes.folder ?? join(home, 'incoming');
  const received: ReceivedFile[] = [];
  const logged: string[] = [];
  const note = (fields: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const listeners = () => ['SIGTERM', 'SIGINT', 'SIGQUIT'].map((signal) => process.listenerCount(signal));
  const listened = listeners();
  const warned: string[] = [];
  const warn = (warning: Error): void => {
    warned.push(String(warning));
  };
  process.on('warning', warn);

  const wished = {
    folder,
    log: { info: note, warn: note, error: note },
    receive: async (file: ReceivedFile) => {
      received.push(file);
      return undefined;
    },
    ...wishes,
    limits: { ...limits, ...wishes.limits },
  };
  const incoming = await ftpIncoming({
    host: '::',
    port: 0,
    passivePorts: { from: 0, to: 0 },
    incoming: await incomingDoor(wished),
    ...wished,
  });
  const clients: Dialogue[] = [];

  t.after(async () => {
    for (const client of clients) client.drop();
    await incoming.close();
    collectGarbage();
    await new Promise(setImmediate);
    process.off('warning', warn);
    assert.deepEqual(warned, []);
    assert.deepEqual(listeners(), listened);
    assert.equal(incoming.sessions(), 0);
    if (wishes.folder === undefined) {
      assert.deepEqual(await readdir(join(folder, 'partial')), []);
      assert.deepEqual(await readdir(home), ['incoming']);
    }
  });
  t.after(() => removeFolder(home));

  return {
    incoming,
    folder,
    received,
    logged,
    client: async (host) => {
      const client = await dial(incoming.port, host);
      clients.push(client);
      for (const line of ['USER anonymous', 'PASS dput@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
      return client;
    },
    stored: () => listIncoming(folder),
  };
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Looks until what is expected is so. */
export const eventually = async (what: string, so: () => boolean | Promise<boolean>): Promise<void> => {
  for (const until = Date.now() + 30_000; Date.now() < until; await new Promise((next) => setTimeout(next, 5)))
    if (await so()) return;
  assert.fail(`still not so after 30 seconds: ${what}`);
};
