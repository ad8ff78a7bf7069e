import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { dput, type Instance, startInstance, type UploadRow } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

/* Ernie's key is made by gpg, his uploads are made by dpkg-buildpackage, signed by debsign and sent by dput. */

let instance: Instance;
let home: GnupgHome;
let ernie: string;
let codename: string;
let suffix: string;
const passwords = new Map<string, string>();

const command = async (who: string, name: string, given: object): Promise<Record<string, unknown>> => {
  const answer = await fetch(`http://${instance.http}/mini_buildd/api/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${who}:${passwords.get(who)}`).toString('base64')}`,
    },
    body: JSON.stringify({ ...given, confirm: name }),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  assert.ok(answer.ok, `${name}: ${JSON.stringify(body)}`);
  return body;
};

/** Uploads a package to a repository and waits for its verdict. */
const verdict = async (name: string, repository: string, signer = ernie): Promise<UploadRow> => {
  const version = `1.0${suffix.replace('~test', `~${repository}`)}`;
  const changes = await makeSource(instance.folder, {
    name,
    version,
    distribution: `${codename}-${repository}-unstable`,
  });
  await run('debsign', ['--no-conf', `-k${signer}`, changes], {
    cwd: dirname(changes),
    env: { GNUPGHOME: home.folder },
  });
  await dput(instance, changes);
  return eventually(`a verdict on ${name}`, 60, async () => {
    const row = (await instance.uploads()).find((each) => each.source === name && each.version === version);
    return row === undefined || row.status === 'received' ? undefined : row;
  });
};

describe('An uploader with a key of real gpg', () => {
  before(async () => {
    home = gnupgHome();
    ernie = home.makeKey('ernie', 'rsa3072', [], '1y');
    instance = await startInstance();
    await instance.stop();
    const added = await instance.verb(['user', 'add', 'adam', '--role', 'admin']);
    passwords.set('adam', /password (\S+)/.exec(added.out)?.[1] ?? '');
    await instance.start();
    const rows = await instance.json<readonly { distribution: string; defaultVersion: string }[]>('distributions');
    const row = rows.find(({ distribution }) => distribution.endsWith('-test-unstable'));
    [codename, suffix] = [row?.distribution.split('-')[0] ?? '', row?.defaultVersion ?? ''];
    const repository = (id: string) =>
      `  ${id}:\n    layout: Default\n    codenames: [${codename}]\n    allowUnauthenticated: false\n`;
    await command('adam', 'apply', { configuration: `repositories:\n${repository('alpha')}${repository('beta')}` });
    for (const login of ['ernie', 'stan']) {
      const role = login === 'stan' ? 'staff' : 'user';
      passwords.set(login, String((await command('adam', 'user', { action: 'add', login, role })).password));
    }
  });
  after(async () => {
    home?.close();
    await instance?.remove();
  });

  it('is accepted for the repository that staff approved, and refused for the other one', async () => {
    const { fingerprint } = await command('ernie', 'setuserkey', { key: home.gpg(['--armor', '--export', ernie]) });
    assert.equal(fingerprint, ernie);
    const early = await verdict('early', 'alpha');
    assert.deepEqual([early.status, early.refusal?.rule], ['rejected', 'not-authorised']);
    const approve = { action: 'approve', login: 'ernie', repository: 'alpha', fingerprint: ernie };
    await command('stan', 'uploader', approve);
    const inAlpha = await verdict('one', 'alpha');
    assert.equal(inAlpha.refusal, null);
    assert.notEqual(inAlpha.status, 'rejected');
    const inBeta = await verdict('one', 'beta');
    assert.deepEqual([inBeta.status, inBeta.refusal?.rule], ['rejected', 'not-authorised']);
    assert.match(inBeta.refusal?.fact ?? '', /may upload to alpha; this is one for/);
  });

  it('is refused from the moment the account is disabled, without a restart', async () => {
    await command('adam', 'user', { action: 'disable', login: 'ernie' });
    const { status, refusal } = await verdict('two', 'alpha');
    assert.deepEqual([status, refusal?.rule], ['rejected', 'not-authorised']);
    assert.match(refusal?.fact ?? '', /belongs to an account that is disabled/);
  });

  it('does not lend its rights to a stranger', async () => {
    const mallory = home.makeKey('mallory', 'ed25519');
    const { status, refusal } = await verdict('three', 'alpha', mallory);
    assert.deepEqual([status, refusal?.rule], ['rejected', 'unknown-key']);
  });
});
