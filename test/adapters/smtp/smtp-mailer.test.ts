import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { smtpMailer } from '../../../src/adapters/smtp/smtp-mailer.ts';
import { MailFailed } from '../../../src/ports/mailer.ts';
import { type Arrived, mailerContract } from '../../contracts/mailer.ts';
import { type SmtpServer, startSmtpServer, type TakenMail } from '../../support/smtp-server/smtp-server.ts';
import { eventually, freePort } from '../../system/support/programs.ts';

const loopback = (port: number, login?: { user: string; password: string }) =>
  smtpMailer({ host: '127.0.0.1', port, isTls: false, login }, 'acme.example.org', 5000);

const arrival = (mail: TakenMail): Arrived => {
  const field = (name: string) =>
    mail.fields.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1].trimStart();
  assert.deepEqual(mail.defects, []);
  assert.ok(mail.longestLine <= 998, `a line of ${mail.longestLine} bytes`);
  assert.equal(mail.fields.length, new Set(mail.fields.map(([name]) => name)).size);
  return {
    from: field('From') ?? '',
    to: field('To') ?? '',
    subject: field('Subject') ?? '',
    text: mail.text,
    messageId: (field('Message-ID') ?? '').replace(/^<(.*)>$/, '$1'),
    field,
  };
};

const someone = {
  from: { name: '', address: 'mini-buildd@acme.example.org' },
  to: { name: '', address: 'oscar@example.org' },
  subject: 'hello',
  text: 'hello\n',
  messageId: 'one@acme.example.org',
  headers: {},
};

describe('SMTP', () => {
  let server: SmtpServer;
  let guarded: SmtpServer;
  before(async () => {
    [server, guarded] = await Promise.all([startSmtpServer(), startSmtpServer(['--login', 'ernie:s3cret'])]);
  });
  after(() => Promise.all([server.close(), guarded.close()]));

  mailerContract('by SMTP', async () => {
    let read = server.taken.length;
    return {
      mailer: loopback(server.port),
      count: () => server.taken.length,
      arrived: async () => {
        const mail = await eventually('a mail', 30, () => server.taken[read]);
        read += 1;
        return arrival(mail);
      },
    };
  });

  it('goes to the one recipient and to nobody else', async () => {
    const before = server.taken.length;
    await loopback(server.port).send(someone);
    const mail = await eventually('a mail', 30, () => server.taken[before]);
    assert.deepEqual([mail.sender, mail.recipients], ['mini-buildd@acme.example.org', ['oscar@example.org']]);
  });

  it('logs in where it was told to', async () => {
    await loopback(guarded.port, { user: 'ernie', password: 's3cret' }).send(someone);
    assert.equal((await eventually('a mail', 30, () => guarded.taken[0])).login, 'ernie');
  });

  const fails = async (sent: Promise<void>): Promise<MailFailed> => {
    const error = await sent.then(
      () => assert.fail('it was taken'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof MailFailed, String(error));
    assert.equal(error.kind, 'temporary');
    return error;
  };

  it('may be tried again when the login is wrong, and does not say what it was', async () => {
    const { message } = await fails(loopback(guarded.port, { user: 'ernie', password: 'wr0ng' }).send(someone));
    assert.match(message, /^the mail server answered 535/);
    assert.doesNotMatch(message, /ernie|wr0ng/);
  });

  it('may be tried again when nobody is there', async () => {
    const { message } = await fails(loopback(await freePort()).send(someone));
    assert.equal(message, 'the mail server did not take it (ECONNREFUSED)');
  });

  it('does not wait for ever for a server that says nothing, or talks without end', async () => {
    for (const talk of ['', '220-go on\r\n']) {
      const sockets = new Set<Socket>();
      const slow = createServer((socket) => {
        sockets.add(socket);
        const saying = setInterval(() => talk !== '' && socket.write(talk), 50);
        socket.on('error', () => {}).on('close', () => clearInterval(saying));
      });
      await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
      const address = slow.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      await fails(smtpMailer({ host: '127.0.0.1', port, isTls: false, login: undefined }, 'acme', 600).send(someone));
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => slow.close(resolve));
    }
  });
});
