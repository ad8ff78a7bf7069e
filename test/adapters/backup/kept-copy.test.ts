import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { keptThings, takeKept } from '../../../src/adapters/backup/kept-copy.ts';
import { sqlitePeople } from '../../../src/adapters/people/sqlite-people.ts';
import type { AccountId } from '../../../src/domain/account/events.ts';
import type { EmailAddress, FullName, LoginName } from '../../../src/domain/account/person.ts';
import type { KeptPath } from '../../../src/domain/backup/manifest.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const homes = async (test: TestContext): Promise<readonly [string, string]> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-kept-'));
  test.after(() => removeFolder(folder));
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  for (const home of [one, other]) await mkdir(join(home, 'keys'), { recursive: true });
  await writeFile(join(one, 'keys/archive-key.asc'), 'the key', { mode: 0o600 });
  return [one, other];
};

describe('Keys, people and hooks of a standby', () => {
  it('are those of the archive, and readable by as few', async (test) => {
    const [one, other] = await homes(test);
    await mkdir(join(one, 'hooks.d'));
    await writeFile(join(one, 'hooks.d/tell'), '#!/bin/sh\n', { mode: 0o755 });
    const people = sqlitePeople(join(one, 'people/people.sqlite'), Date.now);
    const adam = { account: 'a'.repeat(26) as AccountId, login: 'adam' as LoginName };
    await people.add({ ...adam, email: 'adam@example.org' as EmailAddress, fullName: 'Adam' as FullName });
    await takeKept(other, await keptThings(one)(), 1);
    people.close();
    assert.equal(await readFile(join(other, 'keys/archive-key.asc'), 'utf8'), 'the key');
    assert.equal((await stat(join(other, 'keys/archive-key.asc'))).mode & 0o777, 0o600);
    assert.equal((await stat(join(other, 'hooks.d/tell'))).mode & 0o777, 0o755);
    const copied = sqlitePeople(join(other, 'people/people.sqlite'), Date.now);
    assert.equal((await copied.byLogin('adam' as LoginName))?.account, adam.account);
    copied.close();
  });

  it('have another tag when one of them changed, and the same when none did', async (test) => {
    const [one] = await homes(test);
    const look = keptThings(one);
    const [first, second] = [await look(), await look()];
    assert.equal(first.tag, second.tag);
    assert.ok(second.turn > first.turn);
    await writeFile(join(one, 'keys/archive-key-2.asc'), 'another key');
    assert.notEqual((await look()).tag, first.tag);
  });

  it('have another tag when one changed again while its time stood still', async (test) => {
    const [one] = await homes(test);
    const file = join(one, 'keys/archive-key.asc');
    // As where the time of files goes on in steps: both changes have one time, which is not past when it is looked in between.
    const at = new Date(Date.now() + 60_000);
    const changed = async (text: string): Promise<void> => {
      await writeFile(file, text);
      await utimes(file, at, at);
    };
    const look = keptThings(one);
    await changed('one key');
    const { tag } = await look();
    await changed('two key');
    assert.notEqual((await look()).tag, tag);
  });

  it('go when they are gone there, but for archive keys, of which none is ever lost', async (test) => {
    const [one, other] = await homes(test);
    await mkdir(join(one, 'hooks.d'));
    await writeFile(join(one, 'hooks.d/tell'), '#!/bin/sh\n');
    await takeKept(other, await keptThings(one)(), 1);
    await rm(join(one, 'hooks.d/tell'));
    await writeFile(join(one, 'keys/archive-key.asc'), 'a damaged key');
    await takeKept(other, await keptThings(one)(), 1);
    assert.deepEqual(await readdir(join(other, 'hooks.d')), []);
    assert.equal(await readFile(join(other, 'keys/archive-key.asc'), 'utf8'), 'a damaged key');
    const [beside = ''] = (await readdir(join(other, 'keys'))).filter((name) => name.endsWith('.old'));
    assert.equal(await readFile(join(other, 'keys', beside), 'utf8'), 'the key');
    await rm(join(one, 'keys/archive-key.asc'));
    await takeKept(other, await keptThings(one)(), 1);
    assert.ok((await readdir(join(other, 'keys'))).includes('archive-key.asc'));
  });

  it('have people as they were before each of the last lives of the archive beside them', async (test) => {
    const [one, other] = await homes(test);
    const folder = join(other, 'people');
    const path = 'people/people.sqlite' as KeptPath;
    const take = async (holding: number, ...logins: readonly string[]): Promise<void> => {
      const file = join(one, `${randomUUID()}.sqlite`);
      const people = sqlitePeople(file, Date.now);
      for (const login of logins) {
        const [email, fullName] = [`${login}@example.org` as EmailAddress, login as FullName];
        await people.add({ account: login.padEnd(26, 'a') as AccountId, login: login as LoginName, email, fullName });
      }
      people.close();
      if (logins.length === 0) await writeFile(file, '');
      const bytes = (await readFile(file)).toString('base64');
      await takeKept(other, { files: [{ path, mode: 0o600, bytes }] }, holding);
    };
    const beside = async () => (await readdir(folder)).filter((name) => name.endsWith('.old')).sort();
    await take(1, 'adam');
    assert.deepEqual(await beside(), []);
    await take(3);
    await take(3, 'eve');
    assert.deepEqual(await beside(), ['people.sqlite.before-3.old']);
    const before = sqlitePeople(join(folder, 'people.sqlite.before-3.old'), Date.now);
    assert.equal((await before.byLogin('adam' as LoginName))?.email, 'adam@example.org');
    before.close();
    for (const holding of [5, 7, 9, 11]) await take(holding, `${holding}`);
    assert.deepEqual(
      await beside(),
      [11, 7, 9].map((at) => `people.sqlite.before-${at}.old`),
    );
  });
});
