import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectionSettings } from '../../../src/adapters/eventstore-log/connection-string.ts';
import { loginFrom } from '../../../src/adapters/eventstore-log/login-file.ts';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { removeFolder } from '../../support/remove-folder.ts';

describe('the connection string of an EventStoreDB server', () => {
  it('names one host, several, or a name behind which a cluster stands', () => {
    const one = connectionSettings('esdb://store.example.org');
    assert.deepEqual(
      [one.hosts, one.isDiscovered, one.isEncrypted, one.login],
      [[{ address: 'store.example.org', port: 2113 }], false, true, undefined],
    );
    const three = connectionSettings('esdb://10.0.0.1:2113,[fd00::2]:2114,three?tls=false');
    assert.deepEqual(three.hosts, [
      { address: '10.0.0.1', port: 2113 },
      { address: '[fd00::2]', port: 2114 },
      { address: 'three', port: 2113 },
    ]);
    assert.equal(three.isEncrypted, false);
    for (const scheme of ['esdb', 'kurrentdb', 'kdb'])
      assert.equal(connectionSettings(`${scheme}+discover://cluster.example.org/`).isDiscovered, true);
  });

  it('takes options however they are written, and passwords with anything in them', () => {
    const settings = connectionSettings(
      'esdb://build%40d:a:b%2Fc@host' +
        '?TlsCaFile=%2Fetc%2Fca.pem&user_cert_file=/c&userKeyFile=/k&keepAliveInterval=20000&connectionName=ernie&nodePreference=leader',
    );
    assert.deepEqual(settings.login, { username: 'build@d', password: 'a:b/c' });
    assert.deepEqual(
      [settings.authorityFile, settings.certificateFile, settings.keyFile, settings.connectionName],
      ['/etc/ca.pem', '/c', '/k', 'ernie'],
    );
    assert.deepEqual(settings.tuning, { keepAliveInterval: 20_000 });
  });

  it('is refused when wrong, with the fact and the remedy, and without its password', async () => {
    for (const [wrong, fact] of [
      ['http://127.0.0.1:2113', /its form/],
      ['esdb:', /its form/],
      ['', /its form/],
      ['esdb://admin:changeit@127.0.0.1:2113?tls', /an option is NAME=VALUE/],
      ['esdb://admin:changeit@127.0.0.1:2113?tls=false', /only sent over TLS/],
      ['esdb://admin:changeit', /a host is HOST or HOST:PORT/],
      ['esdb://admin@host', /a login is USER:PASSWORD/],
      ['esdb://host:70000', /a host is/],
      ['esdb://host,,other', /a host is/],
      ['esdb://host?tls=maybe', /tls is true or false/],
      ['esdb://host?tlsVerifyCert=false', /name the authority by tlsCAFile/],
      ['esdb://host?nodePreference=follower', /only the leader/],
      ['esdb://host?userCertFile=/c', /belong together/],
      ['esdb://host?throwOnAppendFailure=false', /there is no option throwOnAppendFailure/],
      ['esdb://host?keepAliveInterval=soon', /keepAliveInterval is a whole number/],
      ['esdb://host?changeit;=1', /an option\)/],
    ] as const) {
      await assert.rejects(openEventStoreLog(wrong), (error: Error) => {
        assert.match(error.message, /connection string is wrong .*write it as esdb:/s);
        assert.match(error.message, fact, wrong);
        assert.doesNotMatch(error.message, /changeit/);
        return true;
      });
    }
  });

  it('is refused when a file it names is not there', async () => {
    await assert.rejects(
      openEventStoreLog('esdb://127.0.0.1:1?tlsCAFile=/nowhere/ca.pem'),
      /^Error: \/nowhere\/ca\.pem, which the event store's connection string names, cannot be read: ENOENT/,
    );
  });
});

describe('the login for an EventStoreDB server in a file', () => {
  it('is a user and a password, of whatever it may be made, and never open to everybody', async (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-login-'));
    test.after(() => removeFolder(folder));
    const file = join(folder, 'eventstore');
    writeFileSync(file, 'mini-buildd:a:b%2F c\n', { mode: 0o640 });
    assert.deepEqual(loginFrom(file), { username: 'mini-buildd', password: 'a:b%2F c' });
    await assert.rejects(
      openEventStoreLog('esdb://127.0.0.1:1?tls=false', { loginFile: file }),
      /only sent over TLS; take tls=false away/,
    );
    chmodSync(file, 0o644);
    assert.throws(() => loginFrom(file), /open to everybody; chmod o= it/);
    writeFileSync(file, 'changeit');
    chmodSync(file, 0o600);
    assert.throws(
      () => loginFrom(file),
      (error: Error) => /USER:PASSWORD/.test(error.message) && !/changeit/.test(error.message),
    );
  });
});
