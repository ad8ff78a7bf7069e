import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Mail } from '../../src/domain/mail/mail.ts';
import { type Mailer, MailFailed } from '../../src/ports/mailer.ts';

/** What arrived, as its reader sees it. */
export type Arrived = {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly field: (name: string) => string | undefined;
};

export type MailerUnderTest = {
  readonly mailer: Mailer;
  /** The next mail that arrives. */
  readonly arrived: () => Promise<Arrived>;
  /** How many arrived by now. */
  readonly count: () => number;
};

const mail: Mail = {
  from: { name: 'mini-buildd acme', address: 'mini-buildd@acme.example.org' },
  to: { name: 'Oscar Madison', address: 'oscar@example.org' },
  subject: '[mini-buildd-acme] INSTALLED (trixie-acme-unstable): hello 2.10-3',
  text: 'hello is installed.\n',
  messageId: '01JDFQ.4f2a@acme.example.org',
  headers: { 'List-Id': '<packages.acme.example.org>', 'Auto-Submitted': 'auto-generated' },
};

/** What every mailer promises. The other side refuses recipients called `451`, `550` and `data-554`. */
export const mailerContract = (technology: string, make: () => Promise<MailerUnderTest>): void => {
  describe(`a mailer, ${technology}`, () => {
    let under: MailerUnderTest;
    beforeEach(async () => {
      under = await make();
    });

    const deliver = async (changed: Partial<Mail> = {}): Promise<Arrived> => {
      await under.mailer.send({ ...mail, ...changed });
      return under.arrived();
    };
    const fails = async (kind: MailFailed['kind'], changed: Partial<Mail>, what = 'it'): Promise<MailFailed> => {
      const before = under.count();
      const error = await under.mailer.send({ ...mail, ...changed }).then(
        () => assert.fail(`${what} was taken`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof MailFailed, String(error));
      assert.equal(error.kind, kind);
      assert.equal(under.count(), before);
      return error;
    };

    it('delivers what it was given', async () => {
      const { field, ...arrived } = await deliver();
      assert.deepEqual(arrived, {
        from: 'mini-buildd acme <mini-buildd@acme.example.org>',
        to: 'Oscar Madison <oscar@example.org>',
        subject: mail.subject,
        text: mail.text,
        messageId: '01JDFQ.4f2a@acme.example.org',
      });
      assert.equal(field('List-Id'), '<packages.acme.example.org>');
      assert.equal(field('Auto-Submitted'), 'auto-generated');
    });

    it('gives the same mail the same Message-ID', async () => {
      assert.equal((await deliver()).messageId, (await deliver()).messageId);
    });

    it('delivers every letter, in the text and in the fields', async () => {
      const subject = `${'Żółć 🐧 '.repeat(30)}\u202eend`;
      const arrived = await deliver({
        subject,
        text: 'Grüße\u00a0aus Łódź 🐧\n',
        to: { ...mail.to, name: 'Óscar "the cook", Madison' },
      });
      assert.equal(arrived.subject, subject);
      assert.equal(arrived.text, 'Grüße\u00a0aus Łódź 🐧\n');
      assert.match(arrived.to, /Óscar \\?"the cook\\?", Madison/);
    });

    it('delivers long lines, lines of a dot, blanks at the end and what looks like a field, as they are', async () => {
      const text = `${'x'.repeat(5000)}\n.\n..\n\nFrom here\nSubject: no\ntrailing  \n-- \nend\n`;
      assert.equal((await deliver({ text })).text, text);
    });

    it('delivers a name and a subject that have no place to be folded', async () => {
      const subject = 's'.repeat(900);
      assert.equal((await deliver({ subject })).subject, subject);
    });

    it('refuses a field of two lines for good, and whatever else is no field', async () => {
      const injected = 'a\r\nBcc: victim@example.org';
      const hostile: readonly Partial<Mail>[] = [
        { subject: injected },
        { subject: 'a\nb' },
        { subject: 'a\rb' },
        { subject: 's'.repeat(901) },
        { from: { ...mail.from, name: injected } },
        { to: { ...mail.to, name: injected } },
        { to: { name: '', address: 'a@example.org,b@example.org' } },
        { to: { name: '', address: 'oscar@example.org>\r\nRCPT TO:<b@example.org' } },
        { to: { name: '', address: '' } },
        { messageId: `${injected}@x` },
        { headers: { 'X-Debian-Package': injected } },
        { headers: { 'X-A: b\r\nBcc': 'victim@example.org' } },
        { headers: { Bcc: 'victim@example.org' } },
        { headers: { 'Content-Type': 'text/html' } },
      ];
      for (const changed of hostile) await fails('permanent', changed, JSON.stringify(changed));
    });

    it('says whether it may be tried again, and names nobody', async () => {
      const to = (local: string) => ({ to: { name: 'Oscar', address: `${local}@example.org` } });
      const failures = [
        await fails('temporary', to('451')),
        await fails('permanent', to('550')),
        await fails('permanent', to('data-554')),
      ];
      for (const { message } of failures) assert.doesNotMatch(message, /@|example|Oscar/);
    });
  });
};
