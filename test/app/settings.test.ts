import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownUrl, settingsFrom } from '../../src/settings.ts';

describe('MINI_BUILDD_HTTP', () => {
  const tls = { MINI_BUILDD_TLS_CERTIFICATE: '/etc/c.pem', MINI_BUILDD_TLS_KEY: '/etc/k.pem' };
  const read = (value?: string, more = {}) =>
    settingsFrom({ MINI_BUILDD_HOSTNAME: 'buildd.example.org', MINI_BUILDD_HTTP: value, ...more });

  it('is every address of this machine, unless said otherwise', () => {
    const settings = read();
    assert.deepEqual(settings.http, [{ host: undefined, port: 8066, isTls: false }]);
    assert.equal(settings.url, 'http://buildd.example.org:8066');
    assert.equal(settings.certificate, undefined);
    assert.equal(ownUrl(settings), 'http://127.0.0.1:8066');
  });

  it('names several endpoints; the first is the address that people are told', () => {
    const settings = read('https://[::]:443, 10.0.0.7:8066', tls);
    assert.deepEqual(settings.http, [
      { host: '::', port: 443, isTls: true },
      { host: '10.0.0.7', port: 8066, isTls: false },
    ]);
    assert.equal(settings.url, 'https://buildd.example.org');
    assert.equal(ownUrl(settings), 'http://10.0.0.7:8066');
    assert.deepEqual(settings.certificate, { certificate: '/etc/c.pem', key: '/etc/k.pem' });
  });

  it('keeps one endpoint for the builds of this machine, and needs a certificate with its key for TLS', () => {
    assert.throws(() => read('https://:443', tls), /MINI_BUILDD_HTTP .* add 127\.0\.0\.1:8066/);
    assert.throws(() => read('https://:443,8066'), /MINI_BUILDD_TLS_CERTIFICATE and MINI_BUILDD_TLS_KEY/);
    assert.throws(() => read('8066', { MINI_BUILDD_TLS_KEY: '/etc/k.pem' }), /TLS needs both/);
  });

  it('is nothing else', () => {
    for (const value of ['', 'http://', '8066,', 'ftp://a:1', '127.0.0.1:70000', 'https://a']) {
      assert.throws(() => read(value, tls), /MINI_BUILDD_HTTP/, value);
    }
  });
});

describe('MINI_BUILDD_TLS_CLIENT_CA and MINI_BUILDD_HTTP_UPLOADS', () => {
  const tls = { MINI_BUILDD_TLS_CERTIFICATE: '/etc/c.pem', MINI_BUILDD_TLS_KEY: '/etc/k.pem' };
  const clients = { MINI_BUILDD_TLS_CLIENT_CA: '/etc/clients.pem' };

  it('say whose certificates are shown by https, and whose uploads are taken', () => {
    const http = { MINI_BUILDD_HTTP: 'https://:443,8066' };
    assert.equal(settingsFrom({ ...tls, ...http, ...clients }).certificate?.clients, '/etc/clients.pem');
    const replica = settingsFrom({ ...tls, ...http, ...clients, MINI_BUILDD_ROLES: 'web' });
    assert.deepEqual(replica.certificate, { certificate: '/etc/c.pem', key: '/etc/k.pem' });
    assert.throws(() => settingsFrom({ ...tls, ...clients }), /MINI_BUILDD_HTTP speaks none/);
    assert.throws(
      () => settingsFrom({ ...tls, ...http, MINI_BUILDD_TLS_CLIENT_CA: 'clients.pem' }),
      /CLIENT_CA is the whole path of a file/,
    );
    for (const value of [undefined, '', 'anybody'])
      assert.equal(settingsFrom({ MINI_BUILDD_HTTP_UPLOADS: value }).uploaders, 'anybody');
    assert.equal(settingsFrom({ MINI_BUILDD_HTTP_UPLOADS: 'known' }).uploaders, 'known');
    assert.throws(() => settingsFrom({ MINI_BUILDD_HTTP_UPLOADS: 'nobody' }), /is anybody or known/);
  });
});

describe('MINI_BUILDD_FTP_TLS', () => {
  const tls = { MINI_BUILDD_TLS_CERTIFICATE: '/etc/c.pem', MINI_BUILDD_TLS_KEY: '/etc/k.pem' };
  const read = (value?: string, more = {}) => settingsFrom({ MINI_BUILDD_FTP_TLS: value, ...more });

  it('requires TLS where that is said, and a certificate for it', () => {
    assert.equal(read('required', tls).isFtpTlsRequired, true);
    for (const value of [undefined, '', 'offered']) assert.equal(read(value, tls).isFtpTlsRequired, false);
    assert.throws(() => read('required'), /TLS needs both/);
  });

  it('is nothing else', () => {
    for (const value of ['yes', '1', 'REQUIRED']) assert.throws(() => read(value, tls), /MINI_BUILDD_FTP_TLS is/);
  });
});

describe('MINI_BUILDD_URL', () => {
  const url = (value: string) => settingsFrom({ MINI_BUILDD_URL: value }).url;

  it('is what a proxy in front is called', () => {
    assert.equal(url('https://Buildd.example.org:443/'), 'https://buildd.example.org');
    assert.equal(url('http://[2001:db8::1]:8080'), 'http://[2001:db8::1]:8080');
  });

  it('is nothing else, and has no path', () => {
    for (const value of ['buildd.example.org', 'https://a/b', 'ftp://a', 'https://u:p@a', 'https://a:70000']) {
      assert.throws(() => url(value), /MINI_BUILDD_URL/, value);
    }
  });
});

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

describe('MINI_BUILDD_TAGS', () => {
  const tags = (value?: string) => settingsFrom({ MINI_BUILDD_TAGS: value }).tags;

  it('says what a builder is good for, with commas or blanks between, or nothing', () => {
    assert.deepEqual(tags(), []);
    assert.deepEqual(tags(''), []);
    assert.deepEqual(tags('fast'), ['fast']);
    assert.deepEqual(tags(' fast, large-disk ,gpu '), ['fast', 'large-disk', 'gpu']);
  });

  it('is nothing else', () => {
    for (const value of ['fast;', 'fast,/', 'a\u0000']) assert.throws(() => tags(value), /MINI_BUILDD_TAGS/, value);
  });
});

describe('MINI_BUILDD_WAKE', () => {
  const wake = (value?: string) => settingsFrom({ MINI_BUILDD_WAKE: value }).wake;

  it('is the whole path of a program, or none', () => {
    assert.equal(wake(), undefined);
    assert.equal(wake(''), undefined);
    assert.equal(wake('/usr/local/bin/wake up'), '/usr/local/bin/wake up');
  });

  it('is nothing that is looked for elsewhere, nor a line for a shell', () => {
    for (const value of ['wakeonlan', './wake', 'bin/wake', '~/wake', 'wakeonlan $1']) {
      assert.throws(() => wake(value), /MINI_BUILDD_WAKE is the whole path of a program/, value);
    }
  });
});

describe('MINI_BUILDD_ROLES', () => {
  const roles = (value?: string) => [...settingsFrom({ MINI_BUILDD_ROLES: value }).roles];

  it('is everything, or what this daemon does of it', () => {
    assert.deepEqual(roles(), ['archive', 'builder', 'web']);
    assert.deepEqual(roles('archive, web'), ['archive', 'web']);
    assert.deepEqual(roles('builder'), ['builder']);
    assert.deepEqual(roles('web'), ['web']);
  });

  it('is nothing else, and no node that is a replica, too', () => {
    for (const value of ['', 'mirror', 'web,', 'WEB']) assert.throws(() => roles(value), /MINI_BUILDD_ROLES/, value);
    assert.throws(() => roles('builder,web'), /MINI_BUILDD_ROLES: .* two daemons/);
  });
});

describe('MINI_BUILDD_CACHE', () => {
  const cache = (value?: string) => settingsFrom({ MINI_BUILDD_CACHE: value }).cacheGiB;

  it('bounds what a web replica keeps, in GiB', () => {
    assert.equal(cache(), 10);
    assert.equal(cache('200'), 200);
    for (const value of ['0', '-1', '10G', '1.5']) assert.throws(() => cache(value), /MINI_BUILDD_CACHE/, value);
  });
});
