import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../support/remove-folder.ts';
import { boot, cannotBoot } from './support/booted-machine.ts';
import { type CleanMachine, cleanMachine, mirrorHas } from './support/clean-machine.ts';
import { nodesAtWork } from './support/nodes-at-work.ts';
import { freePort, run } from './support/programs.ts';
import { settingsAtWork } from './support/settings-at-work.ts';
import { unitsAtWork } from './support/units-at-work.ts';
import { upgradeWithoutRoom } from './support/without-room.ts';

const project = join(import.meta.dirname, '../..');
const everyRelease = ['bookworm', 'trixie', 'forky'];
/** Releases that the packages are installed on: every one that the host's mirror has, or those of `MINI_BUILDD_TEST_RELEASES`, with commas between them. */
const releases = process.env.MINI_BUILDD_TEST_RELEASES?.split(',') ?? everyRelease;
const isWanted = async (release: string): Promise<boolean> =>
  process.env.MINI_BUILDD_TEST_RELEASES !== undefined || (await mirrorHas(release));
const home = '/var/lib/mini-buildd';
const settings = '/etc/mini-buildd/mini-buildd.env';
const install = 'apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends';

describe('the Debian packages', { concurrency: 2 }, () => {
  let folder: string;
  let changes: string;
  const build = (into: string, umask = '022', env: NodeJS.ProcessEnv = {}) =>
    run('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', join(project, 'ops/package'), '--into', join(folder, into)], {
      env,
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-package-'));
    changes = (await build('first')).trim();
  });
  after(() => removeFolder(folder));

  it('are the same, byte for byte, when they are built again, in another folder, time zone and language, with another umask', async () => {
    await build('second', '077', { TZ: 'Pacific/Kiritimati', LC_ALL: 'C' });
    const first = await digests(join(folder, 'first'));
    assert.deepEqual(
      [...first.keys()].map((name) => name.replace(/_.*/, '')),
      everyPackage,
    );
    assert.deepEqual(await digests(join(folder, 'second')), first);
  });

  it('leave lintian nothing to say', async () => {
    assert.equal(
      await run('lintian', ['--allow-root', '--display-level', '>=pedantic', '--fail-on', 'none', changes]),
      '',
    );
  });

  it('have units that systemd takes, the daemons shut in as the docs say', async () => {
    const units = join(folder, 'units');
    for (const name of ['mini-buildd', 'mini-buildd-tool'])
      await run('dpkg-deb', ['--extract', await deb(join(folder, 'first'), name), units]);
    const decided = await readFile(join(project, 'docs/decisions/0046-a-package-that-brings-its-modules.md'), 'utf8');
    for (const name of ['mini-buildd', 'mini-buildd-node', 'mini-buildd-web']) {
      const unit = `${name}.service`;
      const options = ['--root', units, '--no-pager', 'security', '--offline=yes', '--threshold=35'];
      const [, figure = ''] =
        /Overall exposure level for \S+: (\d\.\d)/.exec(await run('systemd-analyze', [...options, unit])) ?? [];
      const [, said = ''] = new RegExp(`\`${unit}\` (\\d\\.\\d)`).exec(decided) ?? [];
      // Each systemd counts a little differently.
      assert.ok(Math.abs(Number(figure) - Number(said)) <= 0.3, `${unit} has ${figure}, and ${said} in the docs`);
    }
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

  describe('on a clean machine', { concurrency: 3 }, () => {
    for (const release of releases)
      it(`of ${release} are installed, build a package, are upgraded, removed and purged, and repositories are kept until somebody says otherwise`, async (test) => {
        if (!(await isWanted(release))) return test.skip(`the mirror of this host has no ${release}`);
        const machine = await cleanMachine(release);
        try {
          await livesOn(machine, join(folder, 'first'), (what) => test.diagnostic(`${release}: ${what}`));
        } finally {
          await machine.remove();
        }
      });
  });
});

const everyPackage = ['mini-buildd', 'mini-buildd-doc', 'mini-buildd-nodejs', 'mini-buildd-tool'];

const livesOn = async (machine: CleanMachine, debs: string, say: (what: string) => void): Promise<void> => {
  for (const name of everyPackage) await copyFile(await deb(debs, name), join(machine.root, 'debs', `${name}.deb`));
  await bumped(machine.root, ['mini-buildd', 'mini-buildd-tool']);
  for (const part of ['debian', 'sample'])
    await cp(join(project, 'ops', part), join(machine.root, 'src', part === 'debian' ? '' : 'ops', part), {
      recursive: true,
    });

  await machine.sh('apt-get -qq update', `${install} autopkgtest dpkg-dev`);
  const ours = (await hasNode(machine)) ? '' : '/debs/mini-buildd-nodejs.deb';
  await machine.sh(`${install} /debs/mini-buildd.deb /debs/mini-buildd-tool.deb ${ours}`);
  assert.equal((await machine.sh(`stat -c '%A %U %G' ${home}`)).trim(), 'drwxrwx--t root mini-buildd');
  assert.equal((await machine.sh(`stat -c '%a %U %G' ${settings}`)).trim(), '640 root mini-buildd');
  assert.match(await machine.sh('id mini-buildd-build'), /\(sbuild\)/);
  assert.match(await tested(machine, 'serves'), /Daemon: UP/);
  await belowSystemd(machine, say);
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
  assert.equal((await candidate('-o Dir::Etc::preferencesparts=/nonexistent')).trim(), '9.3.1');
  assert.match(await candidate(), /^0\./);

  const before = (await machine.sh(`dpkg-query -W -f '\${Version}' mini-buildd`)).trim();
  await upgradeWithoutRoom(machine, ['/debs/mini-buildd.new.deb', '/debs/mini-buildd-tool.new.deb'], before);
  assert.equal(await machine.sh(`find ${home}/keys -type f -exec sha256sum {} +`), key);
  assert.match(await tested(machine, 'serves', 'builds'), /^mini-buildd-sample 1\.\S+ installed$/m);

  await machine.sh('dpkg --remove mini-buildd', `test -d ${home}/log`);
  const kept = await machine.attempt('dpkg --purge mini-buildd');
  assert.equal(kept.code, 0, kept.err);
  assert.match(kept.err, /mini-buildd is kept/);
  assert.equal(await machine.sh(`find ${home}/keys -type f -exec sha256sum {} +`), key);

  await machine.sh(`${install} /debs/mini-buildd.new.deb`);
  await tested(machine, 'serves');
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

/** The units under a systemd of the machine's own. Where the host lets none be booted, nothing of that is tested, and that is said. */
const belowSystemd = async (machine: CleanMachine, say: (what: string) => void): Promise<void> => {
  const reason = await cannotBoot();
  if (reason !== undefined) return say(`THE UNITS WERE NOT TESTED, only what systemd-analyze says of them: ${reason}`);
  const policy = join(machine.root, 'usr/sbin/policy-rc.d');
  const booted = await boot(machine);
  try {
    await rename(policy, `${policy}.away`);
    await unitsAtWork(booted, 'dpkg --install /debs/mini-buildd.deb /debs/mini-buildd-tool.deb');
    assert.match(await booted.sh('cd /src', 'sh debian/tests/serves'), /Daemon: UP/);
    await settingsAtWork(booted);
    await nodesAtWork(booted);
  } finally {
    await booted.end();
    await rename(`${policy}.away`, policy);
  }
};

/** Whether the release has a Node that is new enough: then its own is what we run on. */
const hasNode = async (machine: CleanMachine): Promise<boolean> => {
  const candidate = (await machine.sh("apt-cache policy nodejs | sed -n 's/^  Candidate: //p'")).trim();
  return (await machine.attempt(`dpkg --compare-versions '${candidate}' ge 24.15`)).code === 0;
};

/** Runs tests of installed packages (DEP-8) that the source package has, by autopkgtest. The machine is thrown away: nothing is too much for it. */
const tested = async (machine: CleanMachine, ...names: readonly string[]): Promise<string> => {
  const [http, ftp] = [await freePort(), await freePort()];
  const options = [
    '--no-built-binaries',
    '--ignore-restrictions=isolation-container,isolation-machine,needs-internet',
    `--env=MINI_BUILDD_HTTP=127.0.0.1:${http}`,
    `--env=MINI_BUILDD_FTP=127.0.0.1:${ftp}`,
    ...names.map((name) => `--test-name=${name}`),
  ];
  return machine.sh(`autopkgtest ${options.join(' ')} /src/ -- null 2>&1`);
};

/** An archive called Debian below `folder`, which has a mini-buildd 9.3.1. Gives a file with its line for apt. */
const olderProgram = async (folder: string): Promise<string> => {
  const archive = join(folder, 'older');
  await mkdir(archive);
  const packages = [
    'Package: mini-buildd',
    'Version: 9.3.1',
    'Architecture: all',
    'Maintainer: nobody <nobody@example.org>',
    'Filename: ./mini-buildd_9.3.1_all.deb',
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
