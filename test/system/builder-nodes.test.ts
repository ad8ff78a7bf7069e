import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { startBuild } from './support/build-under-way.ts';
import { type BuilderNode, startBuilderNode } from './support/builder-node.ts';
import { clientApt } from './support/client-apt.ts';
import { type Instance, sandbox, startInstance } from './support/instance.ts';

describe('an archive that builds nothing, and builder nodes on its log', () => {
  let store: EventStoreServer;
  let log: EventLog;
  let instance: Instance;
  let authorization: string;
  const nodes: BuilderNode[] = [];

  before(async () => {
    store = await startEventStoreServer();
    log = await openEventStoreLog(store.connectionString);
    instance = await startInstance({
      MINI_BUILDD_LOG: store.connectionString,
      MINI_BUILDD_ROLES: 'archive,web',
      // Chroots are made at nodes only.
      MINI_BUILDD_ARCHITECTURES: 's390x',
      MINI_BUILDD_NODE_LEASE: '20',
    });
    await instance.stop();
    const { out } = await instance.verb(['user', 'add', 'adam', '--role', 'admin']);
    authorization = `Basic ${Buffer.from(`adam:${out.trim().split(' ').at(-1)}`).toString('base64')}`;
    await instance.start();
  });
  after(async () => {
    for (const node of nodes) await node.remove();
    await instance?.remove();
    await log?.close();
    await store?.stop();
  });

  const node = async (name: string, more?: Readonly<Record<string, string>>): Promise<BuilderNode> => {
    const answer = await fetch(`http://${instance.http}/mini_buildd/api/node`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ action: 'add', node: name, confirm: 'node' }),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    const started = await startBuilderNode(instance, (JSON.parse(text) as { login: string }).login, log, more);
    nodes.push(started);
    return started;
  };
  const builders = async () => (await instance.events('type=BuildStarted')).map(({ builder }) => builder);

  it('build what is uploaded, whoever of them dies', async () => {
    const { distribution, suffix } = await sandbox(instance);
    const version = `1.0${suffix}`;
    const bert = await node('bert');
    // It is under way when its log is read at the archive as it grows.
    const build = await startBuild(instance, { name: 'on-a-node', version, distribution });
    assert.deepEqual(await builders(), ['bert']);
    await node('oscar');
    await bert.kill();
    await build.isUnderWay(2);
    assert.deepEqual(await builders(), ['bert', 'oscar']);
    const said = (await log.readStream(`build-${build.build}` as StreamName)).map(({ body }) => JSON.stringify(body));
    assert.match(
      said.find((body) => body.includes('BuildWithdrawn')) ?? '',
      /"builder":"bert","reason":"nothing was heard of it for \d+ s"/,
    );
    await build.letEnd();
    await instance.reaches('on-a-node', version, 'published');
    const apt = await clientApt(instance, distribution);
    await apt.apt('update');
    assert.match(await apt.apt('policy', 'on-a-node'), /Candidate: 1\.0/);
    const whole = await fetch(`http://${instance.http}/mini_buildd/builds/${build.build}/log`);
    assert.match(await whole.text(), /the package is under way[\s\S]*Status: successful/, 'it came from the node');
  });
});
