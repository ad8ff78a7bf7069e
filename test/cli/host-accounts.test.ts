import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addUserOnHost, passwordFrom, renewPasswordOnHost } from '../../src/cli/host-accounts.ts';
import type { TokenId } from '../../src/domain/account/events.ts';
import type { Password } from '../../src/domain/account/person.ts';
import { memoryPeople } from '../support/memory-people.ts';
import { removeFolder } from '../support/remove-folder.ts';

const program = fileURLToPath(new URL('../../src/cli/mini-buildd.ts', import.meta.url));
const password = 'correct horse battery' as Password;
/** No dry run. */
const really = false;
const adam = { login: 'adam', role: 'admin', email: 'adam@example.org', name: 'Adam' };

const home = (test: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-host-'));
  test.after(() => removeFolder(folder));
  return folder;
};

describe('mini-buildd user', () => {
  it('adds the first administrator', async () => {
    const [log, people] = [openMemoryLog(), memoryPeople(Date.now)];
    await addUserOnHost(adam, password, log, people, really);
    const account = await people.checkPassword('adam', password);
    const events = await log.readAll(undefined, 10);
    assert.deepEqual(
      events.map(({ body }) => body),
      [
        { type: 'AccountRegistered', account },
        { type: 'RoleChanged', account, role: 'admin' },
        { type: 'AccountActivated', account },
      ],
    );
    assert.deepEqual(events[0]?.actor, { kind: 'administrator', name: 'host' });
    await assert.rejects(addUserOnHost(adam, password, log, people, really), /login-taken/);
  });

  for (const [what, wrong] of [
    ['login', { login: 'Adam' }],
    ['--role', { role: 'root' }],
    ['--email', { email: 'adam@example.org\nBcc: all@example.org' }],
    ['--name', { name: 'Adam\nRoot' }],
  ] as const) {
    it(`refuses a wrong ${what}, and adds nobody`, async () => {
      const [log, people] = [openMemoryLog(), memoryPeople(Date.now)];
      await assert.rejects(addUserOnHost({ ...adam, ...wrong }, password, log, people, really), new RegExp(what));
      assert.deepEqual(await log.readAll(undefined, 10), []);
    });
  }

  it('only says what would be in a dry run, and refuses what it would refuse', async () => {
    const [log, people] = [openMemoryLog(), memoryPeople(Date.now)];
    assert.equal(await addUserOnHost(adam, password, log, people, true), 'adam (admin) would be added\n');
    assert.deepEqual([await log.readAll(undefined, 10), await people.byLogin('adam' as never)], [[], undefined]);
    await addUserOnHost(adam, password, log, people, really);
    await assert.rejects(addUserOnHost(adam, password, log, people, true), /login-taken/);
    const next = 'another horse' as Password;
    assert.match(await renewPasswordOnHost('adam', next, people, true), /^adam would have another password/);
    assert.ok(await people.checkPassword('adam', password));
    await assert.rejects(renewPasswordOnHost('eve', next, people, true), /nobody has the login "eve"/);
  });

  it('helps who lost their password', async () => {
    const [log, people] = [openMemoryLog(), memoryPeople(Date.now)];
    await addUserOnHost(adam, password, log, people, really);
    const next = 'another horse' as Password;
    const account = (await people.checkPassword('adam', password)) ?? assert.fail();
    const token = await people.addToken(account, '00000000000000cc' as TokenId);
    await people.addIdentity(account, 'https://id.example.org', 'adam of there');
    await renewPasswordOnHost('adam', next, people, true);
    assert.ok(await people.byToken(token));
    await renewPasswordOnHost('adam', next, people, really);
    assert.equal(await people.byToken(token), undefined);
    assert.equal(await people.byIdentity('https://id.example.org', 'adam of there'), undefined);
    assert.equal(await people.checkPassword('adam', password), undefined);
    assert.ok(await people.checkPassword('adam', next));
    await assert.rejects(renewPasswordOnHost('eve', next, people, really), /nobody has the login "eve"/);
  });

  it('takes the first line of standard input, or makes a password up', async () => {
    assert.equal(await passwordFrom(Readable.from(['correct horse battery\nstaple\n'])), password);
    assert.match(await passwordFrom(undefined), /^[a-z2-9]{20}$/);
    assert.notEqual(await passwordFrom(undefined), await passwordFrom(undefined));
    await assert.rejects(passwordFrom(Readable.from(['short'])), (error: Error) => !error.message.includes('"short"'));
  });

  it('leads to mini-buildd-tool while the daemon runs', async (test) => {
    const folder = home(test);
    const log = await openEmbeddedLog(join(folder, 'log'));
    const { status, stderr } = spawnSync(process.execPath, [program, 'user', 'add', 'adam', '--role', 'admin'], {
      env: { ...process.env, MINI_BUILDD_HOME: folder },
      encoding: 'utf8',
    });
    await log.close();
    assert.equal(status, 1);
    assert.match(stderr, /another process is writing/);
    assert.match(stderr, /mini-buildd-tool USER@HOST user add adam/);
  });

  for (const verb of [
    ['user', 'add', 'adam'],
    ['setup', '--id', 'acme'],
    ['apply', '-'],
  ]) {
    it(`leaves nothing in an empty home after a dry run of ${verb.join(' ')}`, (test) => {
      const folder = home(test);
      const { status, stderr } = spawnSync(process.execPath, [program, ...verb, '--dry-run'], {
        cwd: folder,
        input: 'repositories: {}\n',
        env: { ...process.env, MINI_BUILDD_HOME: folder },
        encoding: 'utf8',
      });
      assert.deepEqual([status, stderr], [0, '']);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('says of another identity that it is fixed, and how it can be had', (test) => {
    const folder = home(test);
    const setup = (...words: readonly string[]) =>
      spawnSync(process.execPath, [program, 'setup', '--bare', ...words], {
        env: { ...process.env, MINI_BUILDD_HOME: folder },
        encoding: 'utf8',
      });
    assert.equal(setup('--id', 'acme').status, 0);
    for (const dry of [[], ['--dry-run']]) {
      const { status, stderr } = setup('--id', 'other', ...dry);
      assert.equal(status, 1);
      assert.match(
        stderr,
        /identity-fixed: the identity of this instance is acme, for good \(.*setup --bare --id other/,
      );
      const { status: again, stderr: silent } = setup('--id', 'acme', ...dry);
      assert.deepEqual([again, silent], [0, '']);
    }
    assert.deepEqual([setup().status, setup().stderr], [0, '']);
    // As the remedy says.
    for (const name of ['log', 'keys', 'people']) rmSync(join(folder, name), { recursive: true, force: true });
    assert.deepEqual([setup('--id', 'other').status, setup('--id', 'other').stderr], [0, '']);
    assert.match(setup('--id', 'acme').stderr, /is other, for good/);
  });

  it('prints what it made up', (test) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'user', 'add', 'adam'], {
      env: { ...process.env, MINI_BUILDD_HOME: home(test) },
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^adam has the password [a-z2-9]{20}\n$/);
  });
});
