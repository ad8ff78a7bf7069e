import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { hello, newEvent, recordedBy } from '../adapters/eventstore-log/sample-events.ts';
import { startEventStoreCluster } from '../support/eventstore-cluster.ts';
import { removeFolder } from '../support/remove-folder.ts';

const ops = join(import.meta.dirname, '../../ops/event-store');
const names = ['one', 'two', 'three'];

describe('what is shipped for a cluster of event stores', () => {
  let folder: string;
  const make = (...nodes: readonly string[]) =>
    spawnSync(join(ops, 'make-certificates'), [folder, ...nodes], { encoding: 'utf8' });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-buildd-certificates-'));
    assert.equal(make(...names).status, 0);
  });
  after(() => removeFolder(folder));

  it('makes certificates that their authority vouches for, each for its node', () => {
    for (const name of names) {
      const certificate = join(folder, name, 'certificate.pem');
      const verified = ['verify', '-CAfile', join(folder, 'authority/ca.pem'), '-verify_hostname', name, certificate];
      assert.match(execFileSync('openssl', verified, { encoding: 'utf8' }), /: OK$/m);
      assert.equal(statSync(join(folder, name, 'key.pem')).mode & 0o077, 0);
    }
    assert.deepEqual(readdirSync(join(folder, 'authority')), ['ca.pem'], 'nodes see no key of the authority');
  });

  it('adds a node and keeps what is there, and takes no name that is none', () => {
    const before = readFileSync(join(folder, 'one/certificate.pem'), 'utf8');
    assert.equal(make('one', 'four').status, 0);
    assert.equal(readFileSync(join(folder, 'one/certificate.pem'), 'utf8'), before);
    assert.deepEqual(readdirSync(join(folder, 'four')).sort(), ['certificate.pem', 'key.pem']);
    assert.equal(make('../five').status, 2);
    assert.equal(make().status, 2);
  });

  it('makes certificates that the daemon trusts by that authority', async (test) => {
    const file = (name: string) => join(folder, 'one', name);
    const users = new Map([['mini-buildd', { password: 'secret', may: 'append' as const }]]);
    const server = {
      keyFile: file('key.pem'),
      certificateFile: join(folder, 'authority/ca.pem'),
      key: readFileSync(file('key.pem')),
      certificate: readFileSync(file('certificate.pem')),
      remove: () => undefined,
    };
    const cluster = await startEventStoreCluster(3, { tls: { server, users } });
    const log = await openEventStoreLog(cluster.connectionString.replace('://', '://mini-buildd:secret@'));
    test.after(async () => {
      await log.close();
      await cluster.stop();
    });
    assert.equal((await recordedBy(log.append(hello, 'none', [newEvent()]))).length, 1);
  });

  it('describes three nodes, each of which knows the two others and shows its own certificate', () => {
    const text = readFileSync(join(ops, 'compose.yaml'), 'utf8');
    const { services } = parse(text, { merge: true }) as {
      readonly services: Readonly<
        Record<string, { readonly environment: Readonly<Record<string, string>>; readonly volumes: readonly string[] }>
      >;
    };
    assert.deepEqual(Object.keys(services), names);
    for (const [name, { environment, volumes }] of Object.entries(services)) {
      const others = names.filter((each) => each !== name).map((each) => `${each}:2113`);
      assert.equal(environment.EVENTSTORE_GOSSIP_SEED, others.join());
      assert.equal(environment.EVENTSTORE_NODE_HOST_ADVERTISE_AS, name);
      assert.equal(environment.EVENTSTORE_CLUSTER_SIZE, '3');
      assert.ok(volumes.includes(`./certificates/${name}:/certificates/node:ro`));
    }
  });
});
