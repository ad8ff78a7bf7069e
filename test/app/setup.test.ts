import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { instanceIdFor, setUp } from '../../src/app/setup.ts';
import { teller } from '../../src/app/tell.ts';
import type { InstanceId } from '../../src/domain/configuration/events.ts';
import type { Host } from '../../src/domain/configuration/first-run.ts';
import { webAddress } from '../../src/domain/configuration/web-address.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { Tell } from '../../src/ports/tell.ts';
import { amd64, archiveFingerprint, main, trixie } from '../support/fixed-examples.ts';

const host: Host = {
  codename: trixie,
  architecture: amd64,
  suites: [
    {
      origin: 'Debian',
      suite: 'trixie',
      version: '13.2',
      uris: ['http://debian.example.org/debian/'],
      components: [main],
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
  ],
};

const instance = {
  instance: 'acme' as InstanceId,
  hostname: 'acme.example.org',
  url: webAddress('http://acme.example.org:8066'),
  ftpPort: 8067,
};

const keyring = {
  verify: () => assert.fail('setting up verifies nothing'),
  signRelease: () => assert.fail('setting up signs nothing'),
  signersOfRelease: () => assert.fail('setting up signs nothing'),
  clearsign: () => assert.fail('nothing is clearsigned here'),
  archiveKeys: () => assert.fail('nobody looks at keys here'),
  prolong: () => assert.fail('nothing is prolonged here'),
  newArchiveKey: async () => ({ fingerprint: archiveFingerprint, publicKey: 'a key' }),
};

const all = async (log: EventLog) => (await log.readAll(undefined, 1000)).map(({ body }) => body.type);

const plainTeller = (log: EventLog): Tell => teller(log, async () => undefined);

describe('Setting up', () => {
  it('gives a new instance all it needs, the engine last', async () => {
    const log = openMemoryLog();
    await setUp({ log, tell: plainTeller(log), keyring, instance, host: async () => host });
    const said = await all(log);
    assert.equal(said.at(-1), 'EngineStarted');
    for (const type of ['InstanceConfigured', 'LayoutConfigured', 'RepositoryConfigured', 'ChrootConfigured']) {
      assert.ok(said.includes(type), type);
    }
  });

  it('gives one that is set up in a browser its key and layouts, and takes nothing from the host', async () => {
    const log = openMemoryLog();
    await setUp({ log, tell: plainTeller(log), keyring, instance, host: undefined });
    const said = await all(log);
    assert.deepEqual(
      [...new Set(said)],
      ['InstanceConfigured', 'LayoutConfigured', 'ArchiveKeyGenerated', 'EngineStarted'],
    );
  });

  it('leaves an instance alone that is set up, and does not even look at the host', async () => {
    const log = openMemoryLog();
    await setUp({ log, tell: plainTeller(log), keyring, instance, host: async () => host });
    const before = await all(log);
    const other = { ...instance, hostname: 'other.example.org' };
    await setUp({ log, tell: plainTeller(log), keyring, instance: other, host: () => assert.fail('looked') });
    assert.deepEqual(await all(log), before);
  });

  it('finishes what was interrupted after any of its steps, and says nothing twice', async () => {
    const whole = openMemoryLog();
    await setUp({ log: whole, tell: plainTeller(whole), keyring, instance, host: async () => host });
    const wanted = await all(whole);
    for (let steps = 0; steps < wanted.length; steps += 1) {
      const log = openMemoryLog();
      let left = steps;
      const dying: Tell = async (command, because) => {
        if (left === 0) throw new Error('killed');
        left -= 1;
        return plainTeller(log)(command, because);
      };
      await assert.rejects(setUp({ log, tell: dying, keyring, instance, host: async () => host }), /killed/);
      await setUp({ log, tell: plainTeller(log), keyring, instance, host: async () => host });
      assert.deepEqual(await all(log), wanted);
    }
  });

  it('makes an identity of the first label of the host', () => {
    assert.equal(instanceIdFor('Ernie.example.org'), 'ernie');
    assert.equal(instanceIdFor('-_-'), 'mini-buildd');
  });
});
