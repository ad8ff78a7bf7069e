import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server/smtp-server.ts';
import { clientApt } from './support/client-apt.ts';
import { declare } from './support/declare.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

/** Jane Dev, who makes the uploads, may be written to. */
const declaration = (codename: string): string => `
instance:
  allowEmailsTo: "@example[.]org$"
repositories:
  test:
    notifyChangedBy: true
distributions:
  ${codename}:
    checks:
      lintian: { mode: error, options: [] }
`;

/** What an upload of the same tree becomes, by where it goes and what it asks for. It has no copyright file: an error to lintian. */
describe('a package that lintian finds an error in', () => {
  const source = 'denied';
  const tag = 'no-copyright-file';
  let server: SmtpServer;
  let instance: Instance;
  /** `unstable` denies on errors; experimental suites only note. */
  let unstable: string;
  let experimental: string;
  let suffix: string;

  before(async () => {
    server = await startSmtpServer();
    instance = await startInstance({ MINI_BUILDD_SMTP: `smtp://127.0.0.1:${server.port}` });
    ({ distribution: unstable, suffix } = await sandbox(instance));
    experimental = unstable.replace(/unstable$/, 'experimental');
    await declare(instance, declaration(unstable.split('-')[0] ?? ''));
    // All at once: the machine builds one while it checks another.
    await upload(denied(), unstable);
    await upload(noted(), experimental);
    await upload(ignored(), unstable, ['MINI_BUILDD_OPTION: lintian-mode=ignore']);
  });
  after(async () => {
    await instance?.remove();
    await server.close();
  });

  const denied = (): string => `1.0${suffix}`;
  const noted = (): string => `1.0${suffix.replace(/\d+$/, '0')}`;
  const ignored = (): string => `1.1${suffix}`;

  const upload = async (version: string, distribution: string, changes: readonly string[] = []): Promise<void> =>
    dput(instance, await makeSource(instance.folder, { name: source, version, distribution, changes }));

  const versionsIn = async (distribution: string): Promise<string> => {
    const { apt } = await clientApt(instance, distribution);
    await apt('update');
    return apt('policy', source);
  };

  const lintianOf = (upload: string, type: string) =>
    instance
      .events(`type=${type}`)
      .then((events) =>
        events.filter(({ check }) => String(check).startsWith(upload)).map((each) => JSON.stringify(each)),
      );

  it('is not installed where errors deny, and everybody is told the tag', async () => {
    await instance.reaches(source, denied(), 'failed');
    const why = (await instance.tool('why', source, '--version', denied())).out;
    assert.match(why, new RegExp(`came to nothing: denied by lintian on \\S+ \\(.*denied: ${tag}`));
    const mail = await eventually('the mail', 60, () => server.taken.find(({ text }) => text.startsWith('FAILED')));
    assert.match(mail.text, new RegExp(`^Not installed: denied by lintian on .*${tag}`, 'm'));
    assert.match(mail.text, /Build=successful, Lintian=fail: \d+ errors?\b/);
  });

  it('is installed, and noted, where a suite is experimental', async () => {
    const { upload: id } = await instance.reaches(source, noted(), 'published');
    assert.ok((await versionsIn(experimental)).includes(noted()));
    assert.match((await lintianOf(id, 'CheckFailed')).join(), new RegExp(tag));
  });

  it('is installed where errors deny, when its changelog says that they shall not', async () => {
    const { upload: id } = await instance.reaches(source, ignored(), 'published');
    const seen = await versionsIn(unstable);
    assert.ok(seen.includes(`Candidate: ${ignored()}`), seen);
    assert.ok(!seen.includes(denied()), seen);
    assert.match((await lintianOf(id, 'CheckFailed')).join(), new RegExp(tag), 'it was run all the same');
  });
});
