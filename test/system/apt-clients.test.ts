import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { privateApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';
import { makeSource } from './support/source-package.ts';
import { readStrictly } from './support/strict-reader.ts';
import { templates } from './support/template.ts';

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
    const machine = await throwAwayMachine(instance, distribution);
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
    const machine = await throwAwayMachine(instance, distribution);
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

/**
 * A machine made of a build template, with our key and sources as its administrator would put them there, and no others. Everything runs as
 * root in a mount namespace of its own, which goes away with it. Returns what the commands printed.
 */
const throwAwayMachine = async (
  instance: Instance,
  distribution: string,
): Promise<(commands: readonly string[]) => Promise<string>> => {
  const [codename = '', , suite = ''] = distribution.split('-');
  const [template] = await templates(instance.name);
  const work = join(instance.folder, `machine-${Math.random().toString(36).slice(2)}`);
  const wanted = ['--repository', 'test', '--suite', suite, '--form', 'deb822', '--with-rollbacks'];
  const sources = (await instance.tool('getsourceslist', codename, ...wanted)).out;
  const [, keyFile = ''] = /^Signed-By: (\S+)$/m.exec(sources) ?? [];
  const files = { [keyFile]: (await instance.tool('getkey')).out, '/etc/apt/sources.list.d/ours.sources': sources };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(work, 'files', path, '..'), { recursive: true });
    await writeFile(join(work, 'files', path), text);
  }
  return (commands) =>
    run('unshare', [
      ...['--mount', '--propagation', 'private', '--', 'sh', '-euc', enter, 'sh'],
      ...[`${template?.folder}/root`, work, `set -eu\n${commands.join('\n')}\n`],
    ]);
};

/** `$1` template, `$2` folder for everything that changes, `$3` what to run. */
const enter = `
mkdir -p "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --rbind /dev "$2/root/dev"
rm -rf "$2/root/etc/apt/sources.list" "$2/root/etc/apt/sources.list.d"
cp -r "$2/files/." "$2/root/"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$2/root" sh -c "$3"
`;
