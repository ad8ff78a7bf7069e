import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Privilege } from '../../../src/domain/account/privilege.ts';
import { suffices } from '../../../src/domain/account/privilege.ts';
import { boot, machine } from '../../support/in-memory-daemon.ts';

/** Who may run what. Where the original has the command, this is its privilege. */
const privileges: Readonly<Record<string, Privilege>> = {
  status: 'none',
  start: 'admin',
  stop: 'admin',
  printuploaders: 'admin',
  keyringpackages: 'admin',
  testpackages: 'admin',
  archivekey: 'admin',
  getkey: 'none',
  getdputconf: 'none',
  getsourceslist: 'none',
  logcat: 'staff',
  list: 'login',
  show: 'none',
  migrate: 'staff',
  remove: 'admin',
  restore: 'staff',
  port: 'staff',
  portext: 'staff',
  portupdates: 'staff',
  retry: 'staff',
  cancel: 'staff',
  setuserkey: 'login',
  subscription: 'login',
  uploader: 'staff',
  user: 'admin',
  token: 'login',
  whoami: 'none',
  remote: 'admin',
  peerstatus: 'none',
  introduce: 'none',
};

/** What strangers may ask for, because nothing comes of it until an administrator looks. */
const forStrangers: ReadonlySet<string> = new Set(['introduce']);

describe('The command table', () => {
  it('gives each command to those for whom it is', async (test) => {
    const on = await machine(test);
    const { engine, kill } = await boot(on);
    for (const { name, privilege, changes } of engine.api.commands) {
      assert.equal(privilege, privileges[name] ?? privilege, name);
      assert.ok(!changes || suffices(privilege, 'login') || forStrangers.has(name), `anybody may ${name}`);
    }
    await kill();
  });
});
