import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { sealedLine } from '../../src/app/seals/sealed-line.ts';
import { copyLogOnHost } from '../../src/cli/host-log-copy.ts';
import { exportLog } from '../../src/cli/print-log.ts';
import { type Verification, type VerifyOptions, verifyLog } from '../../src/cli/verify-log.ts';
import type { Settings } from '../../src/settings.ts';
import { startEventStoreServer } from '../support/eventstore-server.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type SealedHome, sealedHome } from '../support/sealed-home.ts';

let sample: SealedHome;
before(async () => {
  sample = await sealedHome();
});
after(() => sample.remove());

const verify = async (
  settings: Settings,
  options: Partial<VerifyOptions> = {},
): Promise<Verification & { readonly code: number }> => {
  let said = '';
  const code = await verifyLog(settings, { json: true, ...options }, (text) => {
    said += text;
  });
  return { ...(JSON.parse(said) as Verification), code };
};

/** A copy of the sample, which the test may harm. */
const copied = (test: Pick<TestContext, 'after'>): { readonly home: string; readonly settings: Settings } => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-verify-'));
  test.after(() => removeFolder(folder));
  const home = join(folder, 'home');
  cpSync(sample.home, home, { recursive: true });
  return { home, settings: { ...sample.settings, home } };
};

const flip = (path: string, bit: number): void => {
  const bytes = readFileSync(path);
  const at = Math.floor(bit / 8) % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit % 8)), at);
  rmSync(path, { force: true });
  writeFileSync(path, bytes);
};

/** The whole log as it is read, damaged or not. */
const linesOf = async (settings: Settings): Promise<string> => {
  const log = await openEmbeddedLog(join(settings.home, 'log'));
  const lines = (await log.readAll(undefined, 1000)).map(sealedLine);
  const { status } = log.state();
  await log.close();
  return `${status}\n${lines.join('\n')}`;
};

const words = ({ findings }: Verification): string =>
  findings.map(({ about, where, fact }) => `${about}: ${where}: ${fact}`).join('\n');

/** Changes rows as somebody with the database at hand would, and leaves its triggers as they were. */
const forge = (home: string, statement: string): void => {
  const database = new DatabaseSync(join(home, 'log', 'events.sqlite'));
  const triggers = database.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(statement);
  for (const { sql } of triggers) database.exec(String(sql));
  database.close();
};

describe('log verify', () => {
  it('finds nothing wrong with a log, its seals and its files', async () => {
    const found = await verify(sample.settings);
    assert.deepEqual([words(found), found.code, found.events, found.unsealed], ['', 0, 7, 1]);
    assert.deepEqual([found.seal?.seal, found.seal?.last, found.files], [2, 6, 4]);
  });

  it('finds the same, and nothing wrong, when the log was copied into an event store', async (test) => {
    const store = await startEventStoreServer();
    test.after(store.stop);
    const { settings } = copied(test);
    await copyLogOnHost(['embedded:', store.connectionString], { dryRun: false }, settings);
    const found = await verify({ ...settings, log: store.connectionString });
    assert.deepEqual([words(found), found.code, found.events, found.unsealed], ['', 0, 7, 1]);
    assert.deepEqual([found.seal?.seal, found.files], [2, 4]);
  });

  it('is the same beside a daemon that writes, up to what is acknowledged', async (test) => {
    const { settings, home } = copied(test);
    const log = await openEmbeddedLog(join(home, 'log'));
    const found = await verify(settings);
    await log.close();
    assert.deepEqual([words(found), found.events], ['', 7]);
  });

  it('names the event whose record was changed, alone, and the seal that stood for it', async (test) => {
    const { settings, home } = copied(test);
    forge(home, `UPDATE event SET record = replace(record, 'hello_2.10-2.dsc', 'hello_2.10-2.dsx') WHERE position = 5`);
    const said = words(await verify(settings));
    assert.match(said, /^log: position 5: its hash does not follow/m);
    assert.match(said, /^seal: seal 2: the events 4 to 6 are not those that were sealed/m);
    assert.doesNotMatch(said, /position [^5]|seal 1/);
  });

  it('names the event whose hash was changed, alone', async (test) => {
    const { settings, home } = copied(test);
    forge(home, `UPDATE event SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE position = 4`);
    const said = words(await verify(settings));
    assert.match(said, /^log: position 4: /m);
    assert.equal(said.split('\n').filter((line) => line.startsWith('log')).length, 1);
  });

  it('sees a history that was written anew with a chain that fits, by its seals', async (test) => {
    const { settings, home } = copied(test);
    const log = await openEmbeddedLog(join(home, 'log'));
    const events = await log.readAll(undefined, 100);
    await log.close();
    rmSync(join(home, 'log'), { recursive: true });
    const forged = await openEmbeddedLog(join(home, 'log'), { now: () => Date.parse(events[0]?.recordedAt ?? '') });
    for (const event of events) {
      const body =
        event.revision === 0 && event.stream === 'instance' ? { ...event.body, hostname: 'other' } : event.body;
      const { stream, revision, position: _, recordedAt: __, ...rest } = event;
      await forged.append(stream, revision === 0 ? 'none' : revision - 1, [{ ...rest, body }]);
    }
    await forged.close();
    const found = await verify(settings);
    assert.match(words(found), /^seal: seal 1: the events 1 to \d+ are not those that were sealed/m);
    assert.doesNotMatch(words(found), /^log/m);
    assert.equal(found.code, 1);
  });

  it('names files that are missing or changed, with the event that names them', async (test) => {
    const { settings, home } = copied(test);
    const { sha256 } = sample.changes;
    const path = join(home, 'files', sha256.slice(0, 2), sha256);
    flip(path, 3);
    assert.match(
      words(await verify(settings)),
      new RegExp(
        `^file: files/${sha256.slice(0, 2)}/${sha256}: its 21 bytes have .*event 3 \\(UploadReceived of upload-.*hello_2`,
        'm',
      ),
    );
    unlinkSync(path);
    assert.match(words(await verify(settings)), new RegExp(`${sha256}: it is missing; event 3 `));
  });

  it('takes only keys of the keyring that is given', async (test) => {
    const { settings, home } = copied(test);
    const other = await openpgpKeyring({ keysFolder: join(home, 'others'), now: Date.now }).newArchiveKey([]);
    writeFileSync(join(home, 'own.asc'), sample.publicKey);
    writeFileSync(join(home, 'other.asc'), other.publicKey);
    assert.equal((await verify(settings, { keyring: join(home, 'own.asc') })).code, 0);
    const found = await verify(settings, { keyring: join(home, 'other.asc') });
    assert.match(words(found), /^seal: seal 2: its signature does not hold: the key .* is in no keyring/m);
  });

  it('names the database when a column of it has another name', async (test) => {
    const { settings, home } = copied(test);
    const path = join(home, 'log', 'events.sqlite');
    const bytes = readFileSync(path);
    const column = bytes.indexOf('position INTEGER');
    assert.ok(column > 0);
    flip(path, column * 8);
    const found = await verify(settings);
    assert.match(words(found), /^log: .*events\.sqlite: it cannot be read as a log: no such column/m);
    assert.equal(found.code, 1);
  });

  it('names what was altered in the structure of the database', async (test) => {
    const { settings, home } = copied(test);
    forge(home, 'DROP INDEX event_type; CREATE VIEW other AS SELECT 1');
    const found = words(await verify(settings));
    assert.match(found, /^log: .*events\.sqlite: its structure is altered: index event_type is missing$/m);
    assert.match(found, /its structure is altered: view other does not belong there$/m);
    assert.equal(found.split('\n').length, 2);
  });

  it('rejects where there is no log', async () => {
    await assert.rejects(verify({ ...sample.settings, home: '/nonexistent' }), /there is no log in \/nonexistent\/log/);
  });

  it('names any bit that is flipped in log or head, unless nothing that was written is different for it', async (test) => {
    const { settings, home } = copied(test);
    const whole = await linesOf(settings);
    const log = join(home, 'log');
    const pristine = join(home, 'pristine');
    cpSync(log, pristine, { recursive: true });
    let [named, harmless] = [0, 0];
    const sizes = ['events.sqlite', 'head'].map((name) => [name, readFileSync(join(log, name)).length * 8] as const);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 9 }), async (bit, of) => {
        // The head file is small: one in ten is there.
        const [name, bits] = sizes[of === 0 ? 1 : 0] ?? ['head', 1];
        rmSync(log, { recursive: true });
        cpSync(pristine, log, { recursive: true });
        flip(join(log, name), bit % bits);
        const found = await verify(settings);
        if (found.findings.length > 0) named += 1;
        else {
          assert.equal(await linesOf(settings), whole, `bit ${bit % bits} of ${name}`);
          harmless += 1;
        }
      }),
      { numRuns: 20 },
    );
    assert.ok(named > harmless / 10, `${named} named, ${harmless} harmless`);
  });
});

describe('log export', () => {
  const exported = async (test: TestContext): Promise<string> => {
    const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-export-'));
    test.after(() => removeFolder(folder));
    const file = join(folder, 'log.txt');
    await exportLog(sample.settings, file);
    return file;
  };

  it('is verified as the log it came from, seals and all', async (test) => {
    const file = await exported(test);
    const found = await verify(sample.settings, { from: file });
    assert.deepEqual([words(found), found.events, found.seal?.seal], ['', 7, 2]);
    await assert.rejects(exportLog(sample.settings, file), /EEXIST/);
  });

  it('says when any bit of it is flipped', async (test) => {
    const file = await exported(test);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length * 8 - 1 }), async (bit) => {
        writeFileSync(file, whole);
        flip(file, bit);
        const outcome = await verify(sample.settings, { from: file }).catch(String);
        assert.ok(typeof outcome === 'string' || outcome.findings.length > 0, `bit ${bit}`);
      }),
      { numRuns: 80 },
    );
  });

  it('says when it was cut off', async (test) => {
    const file = await exported(test);
    truncateSync(file, readFileSync(file).length - 80);
    assert.match(words(await verify(sample.settings, { from: file })), /^log: the end: /m);
  });

  it('is not made of a damaged log', async (test) => {
    const { settings, home } = copied(test);
    forge(home, `UPDATE event SET record = replace(record, 'acme', 'amce') WHERE position = 1`);
    await assert.rejects(exportLog(settings, join(home, 'out')), /position 1: .*Run mini-buildd log verify/);
  });
});
