import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CleanMachine, cleanMachine } from './support/clean-machine.ts';
import { freePort, run } from './support/programs.ts';

const project = join(import.meta.dirname, '../..');
/** Releases that the packages are installed on, as `MINI_BUILDD_TEST_RELEASES=bookworm,trixie,forky`. */
const releases = (process.env.MINI_BUILDD_TEST_RELEASES ?? 'bookworm').split(',');
const home = '/var/lib/mini-buildd';
const settings = '/etc/mini-buildd/mini-buildd.env';
const install = 'apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends';

describe('the Debian packages', () => {
  let folder: string;
  let changes: string;
  const build = (into: string, env: NodeJS.ProcessEnv = {}) =>
    run(join(project, 'ops/package'), ['--into', join(folder, into)], { env });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-package-'));
    const [first] = await Promise.all([build('first'), build('second', { TZ: 'Pacific/Kiritimati', LC_ALL: 'C' })]);
    changes = first.trim();
  });
  after(() => rm(folder, { recursive: true }));

  it('are the same, byte for byte, when they are built again, in another folder, time zone and language', async () => {
    const first = await digests(join(folder, 'first'));
    assert.deepEqual(
      [...first.keys()].map((name) => name.replace(/_.*/, '')),
      everyPackage,
    );
    assert.deepEqual(await digests(join(folder, 'second')), first);
  });

  it('leave lintian nothing to say', async () => {
    assert.equal(
      await run('lintian', ['--allow-root', '--display-level', '>=warning', '--fail-on', 'none', changes]),
      '',
    );
  });

  it('have units that systemd takes, the daemon shut in', async () => {
    const units = join(folder, 'units');
    for (const name of ['mini-buildd', 'mini-buildd-tool'])
      await run('dpkg-deb', ['--extract', await deb(join(folder, 'first'), name), units]);
    const verified = await run('systemd-analyze', [
      '--root',
      units,
      '--no-pager',
      'security',
      '--offline=yes',
      '--threshold=35',
      'mini-buildd.service',
    ]);
    assert.match(verified, /Overall exposure level for mini-buildd\.service: [0-3]\.\d/);
  });

  it('stop every daemon before it is removed, and start it anew after an upgrade where it is enabled or ran', async () => {
    const control = join(folder, 'control');
    await run('dpkg-deb', ['--control', await deb(join(folder, 'first'), 'mini-buildd'), control]);
    const [postinst, prerm] = [
      await readFile(join(control, 'postinst'), 'utf8'),
      await readFile(join(control, 'prerm'), 'utf8'),
    ];
    for (const unit of ['mini-buildd', 'mini-buildd-root-helper', 'mini-buildd-node', 'mini-buildd-web']) {
      assert.match(postinst, new RegExp(`deb-systemd-invoke \\$_dh_action .*'${unit}\\.service'`), unit);
      assert.match(prerm, new RegExp(`deb-systemd-invoke stop .*'${unit}\\.service'`), unit);
    }
    // What is not enabled by being installed is enabled again only where somebody did so.
    for (const unit of ['mini-buildd-node', 'mini-buildd-web'])
      assert.match(postinst, new RegExp(`if deb-systemd-helper debian-installed '${unit}\\.service'`), unit);
    assert.doesNotMatch(postinst, /if deb-systemd-helper debian-installed 'mini-buildd\.service'/);
  });

  for (const release of releases)
    it(`are installed, upgraded, removed and purged on ${release}, and repositories are kept until somebody says otherwise`, async () => {
      const machine = await cleanMachine(release);
      try {
        await livesOn(machine, join(folder, 'first'));
      } finally {
        await machine.remove();
      }
    });
});

const everyPackage = ['mini-buildd', 'mini-buildd-doc', 'mini-buildd-nodejs', 'mini-buildd-tool'];

const livesOn = async (machine: CleanMachine, debs: string): Promise<void> => {
  for (const name of everyPackage) await copyFile(await deb(debs, name), join(machine.root, 'debs', `${name}.deb`));
  await bumped(machine.root, ['mini-buildd', 'mini-buildd-tool']);

  await machine.sh(
    'apt-get -qq update',
    `${install} /debs/mini-buildd.deb /debs/mini-buildd-tool.deb /debs/mini-buildd-nodejs.deb`,
  );
  assert.equal((await machine.sh(`stat -c '%A %U %G' ${home}`)).trim(), 'drwxrwx--t root mini-buildd');
  assert.equal((await machine.sh(`stat -c '%a %U %G' ${settings}`)).trim(), '640 root mini-buildd');
  assert.match(await machine.sh('id mini-buildd-build'), /\(sbuild\)/);
  assert.match(await serving(machine), /Daemon: UP/);
  const key = await machine.sh(`find ${home}/keys -type f -exec sha256sum {} +`);
  assert.notEqual(key, '');

  // The program of the same name that Debian has.
  await copyFile(
    await olderProgram(join(machine.root, 'debs')),
    join(machine.root, 'etc/apt/sources.list.d/older.list'),
  );
  await machine.sh('apt-get -qq update');
  const candidate = (...options: readonly string[]): Promise<string> =>
    machine.sh(`apt-cache ${options.join(' ')} policy mini-buildd | sed -n 's/^  Candidate: //p'`);
  assert.equal((await candidate('-o Dir::Etc::preferencesparts=/nonexistent')).trim(), '2.3.1');
  assert.match(await candidate(), /^0\./);

  await machine.sh(`${install} /debs/mini-buildd.new.deb /debs/mini-buildd-tool.new.deb`);
  assert.match(await machine.sh(`dpkg-query -W -f '\${Version}' mini-buildd`), /\+upgrade$/);
  assert.equal(await machine.sh(`find ${home}/keys -type f -exec sha256sum {} +`), key);
  await serving(machine);

  await machine.sh('dpkg --remove mini-buildd', `test -d ${home}/log`);
  const kept = await machine.attempt('dpkg --purge mini-buildd');
  assert.equal(kept.code, 0, kept.err);
  assert.match(kept.err, /mini-buildd is kept/);
  assert.equal(await machine.sh(`find ${home}/keys -type f -exec sha256sum {} +`), key);

  await machine.sh(`${install} /debs/mini-buildd.new.deb`);
  await serving(machine);
  assert.equal(
    await machine.sh(`find ${home}/keys -type f -exec sha256sum {} +`),
    key,
    'what was kept is taken up again',
  );
  await machine.sh(
    'echo "mini-buildd mini-buildd/purge boolean true" | debconf-set-selections',
    `mkdir -p ${home}/chroots/a/root /var/lib/mini-buildd-node /var/cache/mini-buildd-node /var/cache/private/mini-buildd-web`,
    'ln -s private/mini-buildd-web /var/cache/mini-buildd-web',
    // As the snapshot of a volume, which rm does not enter.
    `mount -t tmpfs tmpfs ${home}/chroots/a/root`,
    'dpkg --purge mini-buildd',
    'test "$(ls -d /var/lib/mini-buildd* /var/cache/mini-buildd* /var/cache/private/mini-buildd* 2>/dev/null)" = ""',
  );
  await assert.rejects(stat(join(machine.root, home)), { code: 'ENOENT' });

  // The home of the other implementation is not written over.
  await mkdir(join(machine.root, home));
  await writeFile(join(machine.root, home, 'config.sqlite'), '');
  const refused = await machine.attempt('dpkg --install /debs/mini-buildd.new.deb');
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, /another implementation's home is not written over/);
};

/** Runs the test of installed packages (DEP-8) that the source package has. Gives the status as the tool shows it. */
const serving = async (machine: CleanMachine): Promise<string> => {
  const [http, ftp] = [await freePort(), await freePort()];
  await copyFile(join(project, 'ops/debian/tests/serves'), join(machine.root, 'debs/serves'));
  return machine.sh(`MINI_BUILDD_HTTP=127.0.0.1:${http} MINI_BUILDD_FTP=127.0.0.1:${ftp} sh /debs/serves`);
};

/** An archive called Debian below `folder`, which has a mini-buildd 2.3.1. Gives a file with its line for apt. */
const olderProgram = async (folder: string): Promise<string> => {
  const archive = join(folder, 'older');
  await mkdir(archive);
  const packages = [
    'Package: mini-buildd',
    'Version: 2.3.1',
    'Architecture: all',
    'Maintainer: nobody <nobody@example.org>',
    'Filename: ./mini-buildd_2.3.1_all.deb',
    'Size: 1',
    `SHA256: ${'0'.repeat(64)}`,
    'Description: older program of the same name',
    '',
  ].join('\n');
  await writeFile(join(archive, 'Packages'), packages);
  const digest = createHash('sha256').update(packages).digest('hex');
  const release = [
    'Origin: Debian',
    'Date: Thu, 01 Jan 2026 00:00:00 UTC',
    'SHA256:',
    ` ${digest} ${packages.length} Packages`,
    '',
  ];
  await writeFile(join(archive, 'Release'), release.join('\n'));
  const list = join(folder, 'older.list');
  await writeFile(list, 'deb [trusted=yes] file:/debs/older ./\n');
  return list;
};

/** The same packages with a later version, beside the others as `NAME.new.deb`. */
const bumped = async (root: string, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const unpacked = join(root, 'debs', name);
    await run('dpkg-deb', ['--raw-extract', join(root, 'debs', `${name}.deb`), unpacked]);
    const control = join(unpacked, 'DEBIAN/control');
    const text = await readFile(control, 'utf8');
    const [, version = ''] = /^Version: (.*)$/m.exec(text) ?? [];
    await writeFile(
      control,
      text
        .replace(`Version: ${version}`, `Version: ${version}+upgrade`)
        .replace(`(= ${version})`, `(= ${version}+upgrade)`),
    );
    await run('dpkg-deb', ['--root-owner-group', '-Znone', '--build', unpacked, join(root, 'debs', `${name}.new.deb`)]);
    await rm(unpacked, { recursive: true });
  }
};

const debsIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort();

const deb = async (folder: string, name: string): Promise<string> =>
  join(folder, (await debsIn(folder)).find((file) => file.startsWith(`${name}_`)) ?? '');

const digests = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const name of await debsIn(folder))
    found.set(
      name,
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex'),
    );
  return new Map([...found].sort(([one], [other]) => (one.replace(/_.*/, '') < other.replace(/_.*/, '') ? -1 : 1)));
};
