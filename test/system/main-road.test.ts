import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clientApt } from './support/client-apt.ts';
import { dputNg } from './support/dput-ng.ts';
import { dput, dputConfiguration, type Instance, sandbox, startInstance, type UploadRow } from './support/instance.ts';
import { attempt, eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

const dputProgram = join(import.meta.dirname, '../../src/cli/mini-buildd-dput.ts');

describe('the road from dput to apt', () => {
  let instance: Instance;
  let unstable: string;
  /** What versions in `unstable` end in: `~test12+1`. */
  let suffix: string;

  before(async () => {
    instance = await startInstance();
    ({ distribution: unstable, suffix } = await sandbox(instance));
  });
  after(() => instance.remove());

  const upload = (changes: string): Promise<void> => dput(instance, changes);

  it('leads an arch-all package to apt, signed, by hash, with one copy on disk', async () => {
    const version = `1.0${suffix}`;
    await upload(await makeSource(instance.folder, { name: 'road-all', version, distribution: unstable }));
    await instance.reaches('road-all', version, 'published');

    const { apt, folder } = await clientApt(instance, unstable);
    await apt('update');
    assert.match(await apt('policy', 'road-all'), new RegExp(version.replaceAll('+', '\\+')));
    await apt('download', 'road-all');
    const deb = (await readdir(folder)).find((name) => name.startsWith('road-all_')) ?? '';
    assert.equal((await run('dpkg-deb', ['--field', join(folder, deb), 'Version'])).trim(), version);
    await apt('source', '--download-only', 'road-all');

    const pool = await run('find', [join(instance.home, 'repositories/test/pool'), '-name', deb]);
    const links = (await stat(pool.trim())).nlink;
    assert.ok(links >= 2, `the pool file has ${links} links: it is a copy of the stored one`);
  });

  it('is said in events that name their causes', async () => {
    const types = (await instance.events('package=road-all')).map(({ type }) => type);
    assert.deepEqual(types, [
      'UploadReceived',
      'VersionReserved',
      'UploadAccepted',
      'BuildRequested',
      'BuildAssigned',
      'BuildStarted',
      'BuildSucceeded',
      'PackageInstalled',
    ]);
  });

  it('takes a version with an epoch, and its orig tarball from the pool the second time', async () => {
    const upstream = { 'README.md': 'upstream' };
    const first = { name: 'road-epoch', version: `1:2.0-1${suffix}`, distribution: unstable, upstream };
    await upload(await makeSource(instance.folder, first));
    await instance.reaches(first.name, first.version, 'published');

    const second = { ...first, version: `1:2.0-2${suffix}`, withOrig: false };
    const changes = await makeSource(instance.folder, second);
    assert.doesNotMatch(await readFile(changes, 'utf8'), /orig\.tar/);
    await upload(changes);
    await instance.reaches(second.name, second.version, 'published');

    const rollback = await clientApt(instance, `${unstable}-rollback0`);
    await rollback.apt('update');
    assert.match(await rollback.apt('policy', 'road-epoch'), /1:2\.0-1/);
  });

  it('builds a real Debian package uploaded by dput-ng', async () => {
    const home = join(instance.folder, 'hello');
    const version = await debianSource(home, 'hello', suffix, unstable);
    const changes = join(home, (await readdir(home)).find((name) => name.endsWith('_source.changes')) ?? '');
    const profile = (await instance.tool('getdputconf', '--form', 'dput-ng')).out;
    const { code, out, err } = await dputNg(join(instance.folder, 'dput-ng'), profile, changes);
    assert.equal(code, 0, `${out}${err}`);
    const row = await instance.reaches('hello', version, 'published');
    const log = await (await fetch(`http://${instance.http}/mini_buildd/builds/${row.builds[0]?.build}/log`)).text();
    assert.match(log, /Status: successful/);
  });

  it('is followed to its end by mini-buildd-dput, which tells it by its exit code', async () => {
    const home = join(instance.folder, 'followed');
    await mkdir(home);
    await writeFile(join(home, '.dput.cf'), (await instance.tool('getdputconf')).out);
    const { target } = await dputConfiguration(instance);
    const follow = async (version: string) => {
      const changes = await makeSource(instance.folder, { name: 'road-followed', version, distribution: unstable });
      return attempt(process.execPath, [dputProgram, '--unchecked', target, changes], { env: { HOME: home } });
    };
    const { code, err } = await follow(`1.0${suffix}`);
    assert.equal(code, 0, err);
    assert.match(err, /^I: road-followed .*: published .*:built$/m);
    const refused = await follow('1.1');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^I: road-followed 1\.1 .*: rejected: versions in /m);
  });

  it('says ftbfs when a package does not build, and lets the version be uploaded again', async () => {
    const tree = { name: 'road-ftbfs', version: `1.0${suffix}`, distribution: unstable };
    await upload(await makeSource(instance.folder, { ...tree, build: 'echo no; false' }));
    const row = await instance.reaches(tree.name, tree.version, 'failed');
    assert.equal(row.builds[0]?.class, 'ftbfs');
    await upload(await makeSource(instance.folder, tree));
    await eventually(`${tree.name} to be published`, 240, async () =>
      (await instance.uploads()).find(({ source: name, status }) => name === tree.name && status === 'published'),
    );
  });

  it('lets a build reach its own loopback and nothing else', async () => {
    const [host, port] = instance.http.split(':');
    const probe = [
      `perl -MIO::Socket::INET -e '$$l = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die; IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $$l->sockport) or die "no loopback"'`,
      `perl -MIO::Socket::INET -e 'exit(IO::Socket::INET->new(PeerAddr => "${host}", PeerPort => ${port}, Timeout => 5) ? 1 : 0)'`,
      `perl -e 'opendir(my $$d, "${instance.home}/keys") and exit 1; exit 0'`,
    ].join('\n');
    const tree = { name: 'road-shut-in', version: `1.0${suffix}`, distribution: unstable, build: probe };
    await upload(await makeSource(instance.folder, tree));
    await instance.reaches(tree.name, tree.version, 'published');
  });

  describe('refuses, by real dput, with rule, fact and remedy', () => {
    const cases: readonly (readonly [string, string, (tree: { name: string }) => Promise<string>])[] = [
      ['version-rule', 'a version without the suffix of its suite', ({ name }) => source(name, { version: '1.0' })],
      [
        'unknown-distribution',
        'a distribution that is not there',
        ({ name }) => source(name, { distribution: unstable.replace('test', 'none') }),
      ],
      [
        'suite-not-uploadable',
        'a suite that takes migrations only',
        ({ name }) => source(name, { distribution: unstable.replace('unstable', 'testing') }),
      ],
      [
        'rollback-not-uploadable',
        'a rollback distribution',
        ({ name }) => source(name, { distribution: `${unstable}-rollback0` }),
      ],
      ['malformed-distribution', 'a name that is no distribution', ({ name }) => source(name, { distribution: 'sid' })],
      ['version-exists', 'a version that was published', () => source('road-all', { build: 'echo other' })],
      [
        'version-not-greater',
        'a version lower than the one there',
        () => source('road-all', { version: `0.9${suffix}` }),
      ],
    ];
    const source = (name: string, change: Partial<Parameters<typeof makeSource>[1]>): Promise<string> =>
      makeSource(instance.folder, { name, version: `1.0${suffix}`, distribution: unstable, ...change });

    for (const [rule, what, make] of cases) {
      it(`${what}: ${rule}`, async () => {
        const changes = await make({ name: `road-${rule}` });
        const before = new Set((await instance.uploads()).map(({ upload }) => upload));
        await upload(changes);
        const rejected = await rejectedBeside(instance, before);
        assert.equal(rejected?.rule, rule);
        assert.ok(rejected?.fact && rejected.remedy);
      });
    }

    it('the same .changes once more: replay', async () => {
      const changes = await source('road-replay', {});
      await upload(changes);
      await instance.reaches('road-replay', `1.0${suffix}`, 'published');
      const before = new Set((await instance.uploads()).map(({ upload }) => upload));
      const { file, target } = await dputConfiguration(instance);
      await run('dput', ['--unchecked', '--force', '--config', file, target, changes]);
      assert.equal((await rejectedBeside(instance, before))?.rule, 'replay');
    });
  });
});

/** What was rejected since `before`. */
const rejectedBeside = async (
  instance: Instance,
  before: ReadonlySet<string>,
): Promise<UploadRow['refusal'] | undefined> => {
  const row = await eventually('a verdict', 120, async () =>
    (await instance.uploads()).find(({ upload, status }) => !before.has(upload) && status !== 'received'),
  );
  assert.equal(row.status, 'rejected');
  return row.refusal;
};

/** Debian's own source package, its version suffixed for our suite. Returns the version. */
const debianSource = async (home: string, name: string, suffix: string, distribution: string): Promise<string> => {
  const fetched = join(home, 'fetched');
  await mkdir(join(fetched, 'lists/partial'), { recursive: true });
  const targets = await run('apt-get', [
    'indextargets',
    'Created-By: Packages',
    '--format',
    '$(REPO_URI) $(RELEASE) $(COMPONENT)',
  ]);
  const base = targets.split('\n').find((line) => line.split(' ')[1] === distribution.split('-')[0]) ?? '';
  await writeFile(join(fetched, 'sources.list'), `deb-src ${base}\n`);
  const own = [
    '-o',
    `Dir::Etc::SourceList=${fetched}/sources.list`,
    '-o',
    'Dir::Etc::SourceParts=-',
    '-o',
    `Dir::State::Lists=${fetched}/lists`,
    '-o',
    'APT::Sandbox::User=root',
  ];
  await run('apt-get', ['-q', ...own, 'update']);
  await run('apt-get', ['-q', ...own, 'source', name], { cwd: home });
  const tree = (await readdir(home)).find((each) => each.startsWith(`${name}-`)) ?? '';
  const old = (await run('dpkg-parsechangelog', ['-S', 'Version'], { cwd: join(home, tree) })).trim();
  const version = `${old}${suffix}`;
  const env = { DEBEMAIL: 'jane@example.org', DEBFULLNAME: 'Jane Dev' };
  await run('dch', ['-b', '-v', version, '-D', distribution, '--force-distribution', 'For our machines.'], {
    cwd: join(home, tree),
    env,
  });
  await run('dpkg-buildpackage', ['-S', '-d', '-nc', '-us', '-uc', '-sa'], { cwd: join(home, tree) });
  return version;
};
