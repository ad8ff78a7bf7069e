import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { privateApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';
import { makeSource } from './support/source-package.ts';
import { readStrictly } from './support/strict-reader.ts';
import { throwAwayMachine } from './support/throw-away-machine.ts';

describe('a Debian machine that uses what is published', () => {
  let instance: Instance;
  let distribution: string;
  let older: string;
  let newer: string;

  before(async () => {
    instance = await startInstance();
    const target = await sandbox(instance);
    distribution = target.distribution;
    older = `1.0${target.suffix}`;
    newer = `2.0${target.suffix}`;
    for (const version of [older, newer]) {
      await dput(instance, await makeSource(instance.folder, { name: 'client-sample', version, distribution }));
      await instance.reaches('client-sample', version, 'published');
    }
  });
  after(() => instance.remove());

  it('installs it under Signed-By with the sources we print, and goes back to a rollback when asked to', async () => {
    const machine = await machineFor(instance, distribution);
    const said = await machine([
      'apt-get -q update',
      'echo "== policy"; apt-cache policy client-sample',
      'apt-get -qy install client-sample',
      'echo "== installed"; dpkg -s client-sample',
      `apt-get -qy --allow-downgrades install client-sample=${older}`,
      'echo "== rolled back"; dpkg -s client-sample',
    ]);
    const [, policy = '', installed = '', back = ''] = said.split(/^== .*\n/m);
    assert.match(policy, new RegExp(`^  Candidate: ${literal(newer)}$`, 'm'));
    assert.match(policy, new RegExp(`^     ${literal(newer)} 100$`, 'm'));
    assert.match(policy, new RegExp(`^     ${literal(older)} 1$\\n +1 .*${distribution}-rollback0/main`, 'm'));
    assert.match(installed, /^Status: install ok installed$/m);
    assert.match(installed, new RegExp(`^Version: ${literal(newer)}$`, 'm'));
    assert.match(back, new RegExp(`^Version: ${literal(older)}$`, 'm'));
  });

  it('believes nothing that another key signed', async () => {
    const machine = await machineFor(instance, distribution);
    const said = await machine([
      'cp /usr/share/keyrings/debian-archive-keyring.gpg /etc/apt/keyrings/other.gpg',
      `sed -i 's|^Signed-By: .*|Signed-By: /etc/apt/keyrings/other.gpg|' /etc/apt/sources.list.d/*`,
      'apt-get -q update 2>&1 && echo "== taken" || true',
    ]);
    assert.match(said, /NO_PUBKEY|not signed/);
    assert.doesNotMatch(said, /== taken/);
  });
});

describe('clients that read in a loop while 200 packages are installed and published', () => {
  let daemon: QuickDaemon;

  before(async () => {
    daemon = await quickDaemon();
  });
  after(() => daemon.remove());

  const count = async (type: string): Promise<number> => (await daemon.log.query({ type, limit: 1000 })).length;
  const ask = async (command: string): Promise<string> =>
    (await fetch(`${daemon.url}/mini_buildd/api/${command}${command.includes('?') ? '&' : '?'}output=plain`)).text();

  /** Waits until that many more packages are installed, and apt sees the last of them. */
  const isPublished = async (more: number): Promise<void> => {
    wanted += more;
    await eventually(`${wanted} packages to be published`, 240, async () => {
      assert.equal((await count('UploadRejected')) + (await count('VersionReleased')), 0);
      const [published] = await daemon.log.query({ type: 'RepositoryPublished', limit: 1 });
      const installed = await daemon.log.query({ type: 'PackageInstalled', limit: 1000 });
      const isSeen = published !== undefined && 'upTo' in published.body && published.body.upTo === installed[0]?.id;
      return installed.length === wanted && isSeen ? true : undefined;
    });
  };
  let wanted = 0;

  it('see no mismatch, neither the strict and the slow ones nor a real apt', async () => {
    const { distribution, folder, upload, url } = daemon;
    const rollback = `${distribution}-rollback0`;
    await eventually('a first publication', 60, async () =>
      (await count('RepositoryPublished')) > 0 ? true : undefined,
    );
    const sources = await ask('getsourceslist?codename=trixie&suite=unstable&form=deb822&with-deb-src=true');
    const client = await privateApt(join(folder, 'apt'), sources, await ask('getkey'));
    const before = await count('RepositoryPublished');
    const repository = `${url}/repositories/test`;
    const readers = [
      readStrictly(repository, distribution),
      readStrictly(repository, rollback),
      readStrictly(repository, distribution, 1_000),
      readStrictly(repository, rollback, 1_000),
    ];
    const watch = client.keepUpdating();

    const names = Array.from({ length: 100 }, (_, n) => `sample${n}`);
    try {
      for (const version of ['1.0~test13+1', '2.0~test13+1']) {
        const packages = names.map((source) => ({ source, version }));
        await Promise.all([0, 25, 50, 75].map((from) => upload(packages.slice(from, from + 25))));
        await isPublished(packages.length);
      }
    } finally {
      await Promise.all([...readers, watch].map(({ stop }) => stop()));
    }
    for (const { seen } of readers) {
      assert.deepEqual(seen.mismatches, []);
      assert.ok(seen.rounds > 2, `${seen.rounds} rounds`);
    }
    assert.deepEqual(watch.seen.faults, []);
    assert.ok(watch.seen.updates > 2, `${watch.seen.updates} updates`);
    const publications = (await count('RepositoryPublished')) - before;
    assert.ok(publications > 3, `${publications} publications`);

    await client.apt('update');
    const policies = await client.apt('policy', ...names);
    assert.equal(policies.match(/Candidate: 2\.0~test13\+1/g)?.length, 100);
  });
});

const literal = (text: string): string => text.replace(/[.+]/g, '\\$&');

/** A machine that uses a distribution and its rollbacks as the instance says it. */
const machineFor = async (instance: Instance, distribution: string) => {
  const [codename = '', , suite = ''] = distribution.split('-');
  const wanted = ['--repository', 'test', '--suite', suite, '--form', 'deb822', '--with-rollbacks'];
  const sources = (await instance.tool('getsourceslist', codename, ...wanted)).out;
  const [, keyFile = ''] = /^Signed-By: (\S+)$/m.exec(sources) ?? [];
  const key = (await instance.tool('getkey')).out;
  return throwAwayMachine(instance, { [keyFile]: key, '/etc/apt/sources.list.d/ours.sources': sources });
};
