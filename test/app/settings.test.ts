import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settingsFrom } from '../../src/settings.ts';

const smtp = (value?: string) => settingsFrom({ MINI_BUILDD_SMTP: value }).smtp;

describe('MINI_BUILDD_WEBHOOK_HOSTS', () => {
  const hosts = (value?: string) => [...settingsFrom({ MINI_BUILDD_WEBHOOK_HOSTS: value }).webhookHosts];

  it('names hosts with their ports, or nobody', () => {
    assert.deepEqual(hosts(), []);
    assert.deepEqual(hosts('ci.internal:8080,[::1]:80'), ['ci.internal:8080', '[::1]:80']);
  });

  it('is nothing else', () => {
    for (const value of ['ci.internal', 'http://ci.internal:80', 'ci internal:80', '*:80']) {
      assert.throws(() => hosts(value), /MINI_BUILDD_WEBHOOK_HOSTS/, value);
    }
  });
});

describe('MINI_BUILDD_SMTP', () => {
  it('is the mail server of this machine, unless said otherwise', () => {
    assert.deepEqual(smtp(), { host: 'localhost', port: 25, isTls: false, login: undefined });
  });

  it('names a server, with or without a login', () => {
    assert.deepEqual(smtp('mail.example.org'), { host: 'mail.example.org', port: 25, isTls: false, login: undefined });
    assert.deepEqual(smtp('smtp://[::1]:2525/'), { host: '::1', port: 2525, isTls: false, login: undefined });
    assert.deepEqual(smtp('smtps://ernie%40acme:p%3A%2Fw:@mail.example.org'), {
      host: 'mail.example.org',
      port: 465,
      isTls: true,
      login: { user: 'ernie@acme', password: 'p:/w:' },
    });
  });

  it('switches mail off', () => {
    assert.equal(smtp('none'), undefined);
  });

  it('is not repeated when it makes no sense: a password may stand in it', () => {
    for (const value of [
      '',
      'http://s3cret@host',
      'smtp://a:s3cret@host:70000',
      'smtp://a:s3cret%@host',
      'a:s3cret@',
      'h/s3cret',
    ]) {
      assert.throws(
        () => smtp(value),
        ({ message }: Error) => /^MINI_BUILDD_SMTP is smtp:/.test(message) && !message.includes('s3cret'),
        value,
      );
    }
  });
});
