import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type SmtpServer, startSmtpServer, type TakenMail } from '../support/smtp-server/smtp-server.ts';
import { declare } from './support/declare.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually } from './support/programs.ts';
import { makeSource, type SourceTree } from './support/source-package.ts';

/** Jane Dev, whom test packages name, may be written to. */
const configuration = `
instance:
  allowEmailsTo: "@example[.]org$"
  registration: open
repositories:
  test:
    notifyChangedBy: true
    notifyMaintainer: true
`;

type Mail = { readonly mail: { readonly owed: number; readonly delayed: { readonly fact: string } | null } };

describe('mail of a whole instance, by a real SMTP server', () => {
  let server: SmtpServer;
  let instance: Instance;
  let distribution: string;
  let suffix: string;
  before(async () => {
    server = await startSmtpServer();
    instance = await startInstance({ MINI_BUILDD_SMTP: `smtp://127.0.0.1:${server.port}` });
    ({ distribution, suffix } = await sandbox(instance));
    await declare(instance, configuration);
  });
  after(async () => {
    await instance?.remove();
    await server.close();
  });

  const upload = async (name: string, more: Partial<SourceTree> = {}): Promise<string> => {
    const version = `1.0${suffix}`;
    await dput(instance, await makeSource(instance.folder, { name, version, distribution, ...more }));
    return version;
  };
  const field = ({ fields }: TakenMail, name: string): string =>
    fields.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1] ?? '';
  const mailNumber = (n: number): Promise<TakenMail> => eventually(`mail ${n}`, 60, () => server.taken[n - 1]);
  const installation = async (source: string): Promise<string> =>
    (await instance.recorded('type=PackageInstalled')).find(({ body }) => body.source === source)?.id ?? '';

  it('tells who made an upload that it is installed, once', async () => {
    const version = await upload('mail-good');
    await instance.reaches('mail-good', version, 'published');
    const mail = await mailNumber(1);
    assert.deepEqual([mail.recipients, mail.defects], [['jane@example.org'], []]);
    assert.match(
      field(mail, 'Subject'),
      new RegExp(
        `^\\[mini-buildd-\\S+\\] INSTALLED \\(${distribution}\\): mail-good ${version.replace('+', '\\+')} \\[\\+`,
      ),
    );
    assert.equal(field(mail, 'Message-ID'), `<${await installation('mail-good')}.changed-by@127.0.0.1>`);
    assert.equal(field(mail, 'Auto-Submitted'), 'auto-generated');
    assert.match(
      mail.text,
      /^Successful builds\n-+\n\S+ \(Build=successful.*\): http:\/\/127\.0\.0\.1:\d+\/log\/test\/mail-good\//m,
    );
    const [, log = ''] = /(http:\S+)/.exec(mail.text) ?? [];
    assert.equal((await fetch(log)).status, 200, `${log} is where the log is`);
    await eventually('nothing to be owed', 120, async () =>
      (await instance.json<Mail>('status')).mail.owed === 0 ? true : undefined,
    );
    assert.equal(server.taken.length, 1, 'the maintainer has the same address');
  });

  it('tells of a failed one where its log is', async () => {
    const version = await upload('mail-bad', { build: 'false' });
    await instance.reaches('mail-bad', version, 'failed');
    const mail = await mailNumber(2);
    assert.match(field(mail, 'Subject'), /FAILED \(.*\): mail-bad \S+ \[-/);
    assert.match(mail.text, /^Failed builds\n-+\n\S+ \(Build=failed: ftbfs in build.*\): http:/m);
  });

  it('waits while nobody takes it, outlives kill -9, and is sent once', async () => {
    const { port, close } = server;
    await close();
    const version = await upload('mail-later');
    await instance.reaches('mail-later', version, 'published');
    await eventually('the delay to be on record', 60, async () =>
      (await instance.json<Mail>('status')).mail.delayed?.fact === 'the mail server did not take it (ECONNREFUSED)'
        ? true
        : undefined,
    );
    await instance.kill();
    server = await startSmtpServer(['--port', String(port)]);
    await instance.start();
    const mail = await mailNumber(1);
    assert.match(field(mail, 'Subject'), /INSTALLED \(.*\): mail-later /);
    assert.equal(field(mail, 'Message-ID'), `<${await installation('mail-later')}.changed-by@127.0.0.1>`);
    await eventually('nothing to be owed', 120, async () => {
      const { mail: state } = await instance.json<Mail>('status');
      return state.owed === 0 && state.delayed === null ? true : undefined;
    });
    assert.equal(server.taken.length, 1);
  });

  describe('about accounts', () => {
    /** As a browser sends a form. */
    const send = (page: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(`http://${instance.http}/mini_buildd/${page}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'text/html', origin: `http://${instance.http}` },
        body: new URLSearchParams(fields),
      });
    const logsIn = async (password: string): Promise<boolean> =>
      (await send('login', { login: 'bert', password })).headers.has('set-cookie');
    /** Where the link of the newest mail to bert with such a subject leads. */
    const link = async (subject: string): Promise<URL> => {
      const mail = await eventually(`the mail "${subject}"`, 120, () =>
        server.taken.findLast(
          (each) => each.recipients.includes('bert@example.org') && field(each, 'Subject').endsWith(subject),
        ),
      );
      assert.deepEqual([mail.recipients, mail.defects], [['bert@example.org'], []]);
      return new URL(/^ {2}(http:\S+)$/m.exec(mail.text)?.[1] ?? '');
    };
    const bert = { login: 'bert', email: 'bert@example.org', name: 'Bert of Sesame Street' };
    /** Opens the link as its reader does, and chooses a password on the page behind it. */
    const choose = async (at: URL, password: string): Promise<number> => {
      const page = await (await fetch(at)).text();
      assert.match(page, /Choose a password for bert/);
      return (await send('link', { secret: at.searchParams.get('secret') ?? '', password })).status;
    };

    it('lets a stranger register, whose address is seen to be theirs, and log in', async () => {
      assert.equal((await send('register', bert)).status, 202);
      const at = await link('User Registration');
      assert.equal(at.host, instance.http);
      assert.equal(await logsIn('the first of them'), false);
      assert.equal(await choose(at, 'the first of them'), 303);
      assert.equal(await logsIn('the first of them'), true);
      assert.equal((await fetch(at)).status, 403, 'a link works once');
    });

    it('gives another password to who forgot it, and ends the old one', async () => {
      assert.equal((await send('reset', { who: bert.email })).status, 202);
      assert.equal(await choose(await link('Password Reset'), 'the second of them'), 303);
      assert.equal(await logsIn('the first of them'), false);
      assert.equal(await logsIn('the second of them'), true);
      const log = JSON.stringify(await instance.recorded());
      for (const secret of ['bert', 'Sesame', 'of them'])
        assert.ok(!log.includes(secret), `an event names "${secret}"`);
    });

    it('takes nobody who comes by themself where registration is closed, but goes on for who is there', async () => {
      await declare(instance, 'instance:\n  registration: closed\n');
      const before = server.taken.length;
      const refused = await send('register', { ...bert, login: 'ernie', email: 'ernie@example.org' });
      assert.equal(refused.status, 403);
      assert.match(await refused.text(), /nobody registers here by themself/);
      assert.equal((await send('reset', { who: 'bert' })).status, 202);
      await eventually('the mail about the password alone', 120, () => server.taken[before]);
      assert.deepEqual(
        server.taken.slice(before).map(({ recipients }) => recipients),
        [['bert@example.org']],
      );
      assert.equal(await logsIn('the second of them'), true);
    });
  });
});
