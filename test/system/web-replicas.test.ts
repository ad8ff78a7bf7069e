import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { clientApt } from './support/client-apt.ts';
import { type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';
import { startWebReplica, type WebReplica } from './support/web-replica.ts';

const json = { 'content-type': 'application/json' };

describe('Two web replicas before one archive', () => {
  let store: EventStoreServer;
  let instance: Instance;
  let password: string;
  const replicas: WebReplica[] = [];

  before(async () => {
    store = await startEventStoreServer();
    instance = await startInstance({ MINI_BUILDD_LOG: store.connectionString, MINI_BUILDD_PROXIES: '127.0.0.1' });
    await instance.stop();
    const { out } = await instance.verb(['user', 'add', 'adam', '--role', 'admin']);
    password = out.trim().split(' ').at(-1) ?? '';
    await instance.start();
    for (const node of ['window', 'mirror']) {
      const { login } = (await command(instance.http, 'node', { action: 'add', node, confirm: 'node' })) as {
        readonly login: string;
      };
      replicas.push(await startWebReplica(instance, login));
    }
  });
  after(async () => {
    for (const { stop } of replicas) await stop();
    await instance?.remove();
    await store?.stop();
  });

  const command = async (http: string, name: string, given: object): Promise<unknown> => {
    const authorization = `Basic ${Buffer.from(`adam:${password}`).toString('base64')}`;
    const body = JSON.stringify(given);
    const answer = await fetch(`http://${http}/mini_buildd/api/${name}`, {
      ...{ method: 'POST', headers: { ...json, authorization }, body },
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return JSON.parse(text);
  };
  const page = async (http: string, path: string): Promise<string> => {
    const answer = await fetch(`http://${http}${path}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return text.replaceAll(/after=[0-9a-f]{12}\.\d+/g, '');
  };

  it('show what it shows, and take for it what is uploaded, changed and fetched', async () => {
    const [one, other] = replicas as [WebReplica, WebReplica];
    const { distribution, suffix } = await sandbox(instance);
    const version = `1.0${suffix}`;
    const changes = await makeSource(instance.folder, { name: 'by-replica', version, distribution });
    const stanza = await page(one.http, '/mini_buildd/api/getdputconf?method=http&output=plain');
    const configuration = join(instance.folder, 'dput-replica.cf');
    await writeFile(configuration, stanza.replaceAll(instance.http, one.http));
    const [, target = ''] = /^\[(.+)\]/.exec(stanza) ?? [];
    await run('dput', ['--unchecked', '--config', configuration, target, changes]);
    const { upload } = await instance.reaches('by-replica', version, 'published');

    const login = await fetch(`http://${other.http}/mini_buildd/login`, {
      ...{ method: 'POST', headers: json, body: JSON.stringify({ login: 'adam', password }) },
    });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const account = await fetch(`http://${one.http}/mini_buildd/account`, { headers: { cookie } });
    assert.match(await account.text(), /adam/, 'whoever let him in');
    await command(other.http, 'migrate', { package: 'by-replica', distribution, confirm: 'migrate' });
    const testing = distribution.replace('unstable', 'testing');
    for (const { http } of replicas) {
      await eventually(
        'the replica to have heard',
        60,
        async () =>
          (await page(http, '/mini_buildd/api/show?package=by-replica&output=plain')).includes(testing) || undefined,
      );
    }

    const architecture = (await run('dpkg', ['--print-architecture'])).trim();
    for (const path of [
      ...[
        '/mini_buildd/',
        '/mini_buildd/packages/by-replica',
        '/mini_buildd/history',
        `/mini_buildd/uploads/${upload}`,
      ],
      ...['/mini_buildd/feeds/all.atom', '/mini_buildd/events?limit=100', '/mini_buildd/repositories/test'],
      ...[`/mini_buildd/builds/${upload}-${architecture}`, `/mini_buildd/builds/${upload}-${architecture}/log`],
    ]) {
      for (const { http } of replicas) {
        // What was begun a moment ago is heard of by and by.
        await eventually(`${path} to read alike`, 30, async () => {
          const [wanted, shown] = await Promise.all([page(instance.http, path), page(http, path)]);
          return shown === wanted || undefined;
        });
      }
    }

    const apt = await clientApt(instance, distribution);
    const sources = join(apt.folder, 'etc/apt/sources.list.d/it.sources');
    await writeFile(sources, (await readFile(sources, 'utf8')).replaceAll(instance.http, one.http));
    await apt.apt('update');
    assert.match(await apt.apt('policy', 'by-replica'), /Candidate: 1\.0/);
  });

  it('are read while the archive is away, and pass on again when it is back', async () => {
    const [one] = replicas as [WebReplica];
    await instance.stop();
    assert.match(await page(one.http, '/mini_buildd/packages/by-replica'), /by-replica/);
    await page(one.http, '/mini_buildd/');
    const refused = await fetch(`http://${one.http}/mini_buildd/api/migrate`, {
      method: 'POST',
      headers: json,
      body: '{}',
    });
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10']);
    assert.match(await refused.text(), /"rule":"archive-unreachable"/);
    assert.equal((await fetch(`http://${one.http}/readyz`)).status, 200);
    await instance.start();
    await eventually('the archive to be found', 60, async () => {
      const answer = await fetch(`http://${one.http}/mini_buildd/api/status`);
      await answer.text();
      return answer.ok || undefined;
    });
    for (const { stop } of replicas) assert.equal(await stop(), 0, 'an orderly end');
  });
});
