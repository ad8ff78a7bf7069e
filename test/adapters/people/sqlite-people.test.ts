import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { passwordHashes, usualCost } from '../../../src/adapters/people/password-hash.ts';
import { sqlitePeople } from '../../../src/adapters/people/sqlite-people.ts';
import type { LoginName, Password, Person } from '../../../src/domain/account/person.ts';
import { peopleContract } from '../../contracts/people.ts';
import { oscar, oscarsToken } from '../../support/account-examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-people-'));
const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
  rmSync(folder, { recursive: true });
});

/** Little work, for tests. */
const cheap = { memory: 8, passes: 1 };

let stores = 0;
const fileOf = (n: number): string => join(folder, String(n), 'people.sqlite');
const open = (n: number, now: () => number = Date.now) => {
  const people = sqlitePeople(fileOf(n), now, cheap);
  closers.push(people.close);
  return people;
};

peopleContract('in SQLite', (now) => {
  stores += 1;
  return open(stores, now);
});

const someone: Person = {
  account: oscar,
  login: 'oscar' as LoginName,
  fullName: 'Oscar Madison' as Person['fullName'],
  email: 'oscar.madison@example.org' as Person['email'],
};
const password = 'correct horse battery' as Password;

describe('the file of people', () => {
  it('opens nothing for who reads it, and is read by nobody else', async () => {
    const people = open(1001);
    await people.add(someone);
    await people.setPassword(oscar, password);
    const secrets = [await people.openSession(oscar), await people.addToken(oscar, oscarsToken)];
    const bytes = readFileSync(fileOf(1001)).toString('latin1');
    for (const secret of [...secrets, password]) assert.ok(!bytes.includes(secret));
    assert.match(bytes, /\$argon2id\$v=19\$m=8,t=1,p=1\$/);
    assert.equal(statSync(fileOf(1001)).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, '1001')).mode & 0o777, 0o700);
  });

  it('holds no byte of who was erased', async () => {
    const people = open(1002);
    await people.add(someone);
    await people.setPassword(oscar, password);
    await people.erase(oscar);
    for (const name of readdirSync(join(folder, '1002'))) {
      const bytes = readFileSync(join(folder, '1002', name)).toString('latin1');
      for (const trace of ['oscar', 'Madison', 'argon2id']) assert.ok(!bytes.includes(trace), `${trace} in ${name}`);
    }
  });

  it('still knows them when it is opened again, and when two have it open', async () => {
    const [one, other] = [open(1003), open(1003)];
    await one.add(someone);
    await one.setPassword(oscar, password);
    assert.equal(await other.checkPassword('oscar', password), oscar);
  });

  it('is there with the first of them, and not before, whatever is asked', async () => {
    const people = open(1005);
    assert.deepEqual(await people.tokens(), []);
    assert.equal(await people.byLogin(someone.login), undefined);
    assert.deepEqual(await people.owedMails(), []);
    await people.erase(oscar);
    assert.equal(existsSync(join(folder, '1005')), false);
    await people.add(someone);
    assert.equal((await people.byLogin(someone.login))?.account, oscar);
    assert.deepEqual(readdirSync(join(folder, '1005')), ['people.sqlite']);
  });

  it('is asked again where it could not be opened, once it can', async () => {
    const people = open(1007);
    const file = join(folder, '1007', 'people.sqlite');
    mkdirSync(join(folder, '1007'));
    writeFileSync(file, 'this is no database, and long enough to be read as the head of one'.repeat(20));
    for (let nth = 0; nth < 2; nth += 1) await assert.rejects(async () => people.byLogin(someone.login), /database/);
    rmSync(file);
    assert.equal(await people.byLogin(someone.login), undefined);
    await people.add(someone);
    assert.equal((await people.byLogin(someone.login))?.account, oscar);
  });

  it('is seen by a daemon that began without it, as when a command on the host makes it', async () => {
    const daemon = open(1006);
    assert.equal(await daemon.byLogin(someone.login), undefined);
    await open(1006).add(someone);
    assert.equal((await daemon.byLogin(someone.login))?.account, oscar);
  });

  it('of a newer program is left alone', async () => {
    const people = open(1004);
    await people.add(someone);
    people.close();
    const db = new DatabaseSync(fileOf(1004));
    db.exec('PRAGMA user_version = 99');
    db.close();
    closers.pop();
    assert.throws(() => open(1004), /people\.sqlite was written by a newer version/);
  });
});

describe('a password', () => {
  it('is hashed as RFC 9106 says, with a salt of its own', async () => {
    const { hash, fits } = passwordHashes(usualCost);
    const [one, other] = await Promise.all([hash(password), hash(password)]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.notEqual(one, other);
    assert.equal(await fits(password, one), true);
    assert.equal(await fits(password, undefined), false);
  });

  it('still fits when the cost is another one by now', async () => {
    const old = await passwordHashes(cheap).hash(password);
    assert.equal(await passwordHashes({ memory: 16, passes: 2 }).fits(password, old), true);
  });

  it('is the same, however its accents were typed', async () => {
    const { hash, fits } = passwordHashes(cheap);
    assert.equal(await fits('cafe\u0301 au lait', await hash('caf\u00e9 au lait')), true);
  });
});
