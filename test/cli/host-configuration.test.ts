import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { readConfiguration } from '../../src/app/configuration/read-configuration.ts';
import { teller } from '../../src/app/tell.ts';
import { applyOnHost, exportOnHost } from '../../src/cli/host-configuration.ts';
import { keepsEverything } from '../../src/domain/retention/events.ts';
import { duty } from '../../src/ports/tell.ts';
import { acme, acmeConfiguration, commandFor, configured } from '../support/fixed-examples.ts';
import { memoryPeople } from '../support/memory-people.ts';

const really = { isDryRun: false, force: false };

const instance = async () => {
  const log = openMemoryLog();
  const tell = teller(log, async () => undefined);
  for (const event of configured) await tell(commandFor(event), duty('example', 'example'));
  return { log, people: memoryPeople(Date.now) };
};

describe('mini-buildd apply and export', () => {
  it('read the configuration out of the log, as it is now', async () => {
    const { log, people } = await instance();
    assert.deepEqual(await readConfiguration(log), acmeConfiguration);
    await applyOnHost('retention: {acme: {versions: 3}}', really, log, people);
    const policy = { ...keepsEverything(acme), versions: 3 };
    assert.deepEqual((await readConfiguration(log)).retention, new Map([[acme, policy]]));
  });

  it('change what the document says once, and then nothing', async () => {
    const { log, people } = await instance();
    const document = 'repositories: {acme: {validForDays: 7}}';
    assert.match(await applyOnHost(document, { ...really, isDryRun: true }, log, people), /1 would change/);
    assert.equal((await readConfiguration(log)).repositories.get('acme' as never)?.validForDays, 14);
    assert.match(await applyOnHost(document, really, log, people), /validForDays: 14 → 7\n1 changed/);
    assert.equal(await applyOnHost(document, really, log, people), 'nothing to change\n');
    assert.equal(await applyOnHost(await exportOnHost(log, people), really, log, people), 'nothing to change\n');
    const last = (await log.query({ type: 'RepositoryConfigured', limit: 1 }))[0];
    assert.deepEqual(last?.actor, { kind: 'administrator', name: 'host' });
  });

  it('change nothing at all when anything is refused', async () => {
    const { log, people } = await instance();
    const before = (await log.readAll(undefined, 99)).length;
    const document = 'repositories: {acme: {validForDays: 7}, other: {layout: Gone, codenames: []}}';
    await assert.rejects(applyOnHost(document, really, log, people), /missing-layout: repository other/);
    assert.equal((await log.readAll(undefined, 99)).length, before);
  });

  it('take nothing from apt by a slip, as nobody looks here at what is held', async () => {
    const { log, people } = await instance();
    const document = 'distributions: {trixie: {architectures: [{architecture: amd64, buildsArchAll: true}]}}';
    await assert.rejects(
      applyOnHost(document, really, log, people),
      /packages-in-use: arm64 of trixie-acme-unstable may hold packages.*--force/,
    );
    const trial = { ...really, isDryRun: true };
    await assert.rejects(applyOnHost(document, trial, log, people), /packages-in-use/);
    assert.match(await applyOnHost(document, { ...trial, force: true }, log, people), /! arm64 of trixie-acme-/);
    assert.match(await applyOnHost(document, { ...really, force: true }, log, people), /1 changed/);
  });
});
