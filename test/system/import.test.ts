import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ForeignRepository, type ForeignSuite, foreignRepository } from '../support/foreign-repository.ts';
import { privateApt } from './support/client-apt.ts';
import { type Instance, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';

const hello = (version: string) => ({ source: 'hello', version, architectures: ['amd64'] });
const tool = (version: string) => ({ source: 'tool', version, architectures: ['amd64'] });
const suite = ['NotAutomatic: yes', 'ButAutomaticUpgrades: yes'];
const rollback = ['NotAutomatic: yes'];

const suitesOf = (codename: string): Readonly<Record<string, ForeignSuite>> => ({
  [`${codename}-old-unstable`]: { holds: [hello('3.0-1'), tool('1:2.0')], fields: suite },
  [`${codename}-old-unstable-rollback0`]: { holds: [hello('2.0-1'), tool('1:1.0')], fields: rollback },
  [`${codename}-old-unstable-rollback1`]: { holds: [hello('1.0-1')], fields: rollback },
  [`${codename}-old-stable`]: { holds: [hello('1.0-1')], fields: suite },
});

describe('a repository of reprepro that moved in', () => {
  let instance: Instance;
  let foreign: ForeignRepository;
  let suites: readonly string[];
  let said = '';

  before(async () => {
    const codename = (await run('sh', ['-c', '. /etc/os-release; echo $VERSION_CODENAME'])).trim();
    suites = Object.keys(suitesOf(codename));
    instance = await startInstance({}, ['setup'], undefined, async ({ folder, verb }) => {
      foreign = await foreignRepository(folder, suitesOf(codename));
      const key = join(folder, 'secret.asc');
      await cp(foreign.secretKey, key);
      await run('chown', ['mini-buildd:mini-buildd', key]);
      const { code, out, err } = await verb(['import', foreign.base, '--key', key]);
      assert.equal(code, 0, `${out}${err}`);
      said = out;
    });
  });
  after(() => instance.remove());

  /** What apt makes of everything that is served there, wherever that is. */
  const seenAt = async (name: string, uri: string): Promise<string> => {
    const stanza = `Types: deb deb-src\nURIs: ${uri}\nSuites: ${suites.join(' ')}\nComponents: main\nSigned-By: it\n`;
    const { apt } = await privateApt(join(instance.folder, name), stanza, await readFile(foreign.keyring, 'utf8'));
    await apt('update');
    const policy = await apt('policy', 'hello', 'hello-doc', 'tool', 'tool-doc');
    const sources = await apt('source', '--print-uris', '-qq', 'hello=1.0-1', 'tool=1:2.0');
    const files = sources.split('\n').map((line) => line.replace(/^'[^']*\/([^/']+)'/, '$1'));
    return [policy, ...files]
      .join('\n')
      .replaceAll(uri.replace(/^file:\/\//, 'file:'), 'IT')
      .replaceAll(uri, 'IT');
  };

  it('says what came, and is published as soon as the daemon runs', async () => {
    assert.match(said, /imported and verified: 5 versions of 2 source packages\n$/);
    const imported = await instance.events('type=RepositoryImported');
    assert.equal(imported.length, 1);
    const published = async () =>
      (await instance.events('type=RepositoryPublished')).find(({ repository }) => repository === 'old');
    await eventually('the repository that moved in', 60, published);
  });

  it('is to apt what it was: the same versions in suites and rollbacks, by the same key', async () => {
    const before = await seenAt('apt-before', `file://${foreign.base}`);
    const after = await seenAt('apt-after', `http://${instance.http}/repositories/old`);
    assert.match(before, /3\.0-1 100\n.*\n? +100 IT/);
    assert.match(before, /rollback1\/main/);
    assert.equal(after, before);
  });

  it('is whole by the log', async () => {
    const { code, out } = await instance.verb(['log', 'verify']);
    assert.equal(code, 0, out);
  });
});
