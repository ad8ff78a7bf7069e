import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { AccountId } from '../../../src/domain/account/events.ts';
import { isSendable, type Mail } from '../../../src/domain/mail/mail.ts';
import { letter, type News } from '../../../src/domain/notification/letter.ts';

const golden = (name: string): string => readFileSync(new URL(`../../golden/mail/${name}`, import.meta.url), 'utf8');

const sender = {
  instance: 'acme',
  hostname: 'buildd.example.org',
  url: 'http://buildd.example.org:8066',
  address: 'mini-buildd@buildd.example.org',
};
const ids = {
  id: '00000000-0000-4000-8000-000000000017.5f0c2a9be1d47836',
  thread: 'acme.hello.2.10-3~acme13+1',
  list: 'acme',
};
const oscar = { name: 'Oscar Madison', address: 'oscar@example.org' };
const subscriber = { reason: 'subscription', account: '5f0c2a9be1d47836' as AccountId } as const;
const logs = 'http://buildd.example.org:8066/log/acme/hello/2.10-3~acme13+1';

const installed: News = {
  headline: 'INSTALLED',
  distribution: 'trixie-acme-unstable',
  package: { source: 'hello', version: '2.10-3~acme13+1' },
  file: 'hello_2.10-3~acme13+1_source.changes',
  results: [
    {
      architecture: 'amd64',
      succeeded: true,
      words: ['Build=successful', 'Lintian=pass: 1 warning'],
      url: `${logs}/amd64/hello.buildlog`,
    },
    {
      architecture: 'arm64',
      succeeded: false,
      words: ['Build=failed: ftbfs in build'],
      url: `${logs}/arm64/hello.buildlog`,
    },
  ],
  ports: [
    { distribution: 'bookworm-acme-unstable', outcome: 'Requested' },
    { distribution: 'sid-acme-unstable', outcome: 'FAILED: sid-acme-unstable has 2.10-3~acmeSID+1 already' },
  ],
  because: [],
  changes: 'hello (2.10-3~acme13+1) trixie-acme-unstable; urgency=medium\n\n  * Grüße.',
};

const rejected: News = {
  headline: 'REJECTED',
  distribution: 'trixie-acme-unstable',
  package: installed.package,
  file: installed.file,
  results: [],
  ports: [],
  because: ['File: hello_2.10-3~acme13+1_source.changes', 'Rule: version-rule', 'Fact: no', 'What to do: raise it'],
  changes: '',
};

const invalid: News = {
  headline: 'INVALID CHANGES',
  distribution: '',
  package: undefined,
  file: 'hello.changes',
  results: [],
  ports: [],
  because: ['File: hello.changes', 'Rule: malformed-control-data', 'Fact: line 3', 'What to do: make it anew'],
  changes: '',
};

/** A mail as one would read it. */
const shown = ({ from, to, subject, messageId, headers, text }: Mail): string =>
  [
    `From: ${from.name} <${from.address}>`,
    `To: ${to.name} <${to.address}>`,
    `Subject: ${subject}`,
    `Message-ID: <${messageId}>`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    text,
  ].join('\n');

describe('A letter', () => {
  for (const [name, mail] of [
    ['installed.eml', letter(installed, subscriber, oscar, sender, ids)],
    ['rejected.eml', letter(rejected, { reason: 'changed-by' }, oscar, sender, ids)],
    [
      'invalid.eml',
      letter(invalid, { ...subscriber, reason: 'instance' }, oscar, sender, {
        ...ids,
        thread: undefined,
        list: 'incoming',
      }),
    ],
  ] as const) {
    it(`reads as ${name}, and can be sent`, () => {
      assert.equal(shown(mail), golden(name));
      assert.equal(isSendable(mail), true);
    });
  }

  it('can be sent whatever strangers wrote into it', () => {
    const hostile = 'a\r\nBcc: victim@example.org\u2028\u0000'.repeat(100);
    const mail = letter(
      {
        headline: 'REJECTED',
        distribution: hostile,
        package: { source: 'hello', version: '2.10-3' },
        file: hostile,
        results: [{ architecture: hostile, succeeded: false, words: [hostile], url: hostile }],
        ports: [{ distribution: hostile, outcome: hostile }],
        because: [hostile],
        changes: hostile.repeat(1000),
      },
      subscriber,
      { ...oscar, name: hostile },
      sender,
      ids,
    );
    assert.equal(isSendable(mail), true);
    assert.doesNotMatch(mail.subject, /[\r\n]/);
    assert.ok(mail.text.length < 100_000);
  });
});
