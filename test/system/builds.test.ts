import assert from 'node:assert/strict';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildRequest } from '../../src/adapters/sbuild/build-request.ts';
import { aptHosts } from '../../src/domain/configuration/apt-sources.ts';
import type { Configuration } from '../../src/domain/configuration/configuration.ts';
import type { FileName, SourceName, StoredFile, Version } from '../../src/domain/debian/names.ts';
import { buildId, type UploadId } from '../../src/domain/ids.ts';
import type { BuildOrder, BuildResult } from '../../src/ports/builder.ts';
import { makeSourcePackage, type SourcePackage } from '../support/deb.ts';
import { plainRecipe } from '../support/fixed-examples.ts';
import { helperAtWork, hostChroot } from './helper-at-work.ts';
import { httpsArchive } from './support/https-archive.ts';
import { attempt, eventually, run } from './support/programs.ts';
import { leaveRoom, takeRoom } from './support/template.ts';

const instance = 'systembuilds';
const builds = `/var/lib/mini-buildd/builds/${instance}`;
const never = new AbortController().signal;

/** A package's rules with `lines` before it builds itself. */
const rules = (...lines: readonly string[]): Readonly<Record<string, string>> => ({
  'debian/rules': [
    '#!/usr/bin/make -f',
    'clean build build-arch build-indep:',
    'binary-arch:',
    'binary binary-indep:',
    ...lines.map((line) => `\t${line}`),
    '\tmkdir -p debian/tmp/DEBIAN',
    '\tdpkg-gencontrol -phello -Pdebian/tmp',
    '\tdpkg-deb --root-owner-group -b debian/tmp ..',
    '',
  ].join('\n'),
});

describe('building with sbuild', () => {
  let at: Awaited<ReturnType<typeof helperAtWork>>;
  let machine: Awaited<ReturnType<typeof hostChroot>>;
  let uploads = 0;

  before(async () => {
    // Who killed a run in the middle of the story of a full disk left it mounted.
    await attempt('umount', [builds]);
    await takeRoom(instance);
    machine = await hostChroot();
    at = await helperAtWork(instance);
    const { codename, architecture } = machine.chroot;
    const folder = `/var/lib/mini-buildd/chroots/${instance}/${codename}-${architecture}`;
    const templates = await readdir(folder).catch(() => []);
    if (templates.some((name) => /^\d{8}T\d{6}Z-\d+$/.test(name))) return;
    const prepared = await at.chroots.prepare(machine.chroot, machine.base, machine.extras, () => {});
    assert.equal(prepared.outcome, 'prepared', JSON.stringify(prepared));
  });
  after(async () => {
    await at.stop();
    await leaveRoom(instance);
  });

  const sourceHosts = (): readonly string[] => {
    const sources = [machine.base, ...machine.extras];
    const configuration = {
      sources: new Map(sources.map((source) => [source.id, source])),
    } as unknown as Configuration;
    const extras = machine.extras.map(({ id }) => ({ source: id, priority: null }));
    return aptHosts(configuration, { base: machine.base.id, extras } as never, 'http://127.0.0.1:9');
  };

  const orderFor = async (wanted: Partial<SourcePackage>, more: Partial<BuildOrder> = {}): Promise<BuildOrder> => {
    uploads += 1;
    const folder = join(at.folder, `source-${uploads}`);
    const base = { source: 'hello', version: '1.0', binaries: ['hello:all'] };
    const { dsc, tarballs } = await makeSourcePackage(folder, { ...base, ...wanted });
    const sources: StoredFile[] = [];
    for (const path of [dsc, ...tarballs]) sources.push(await at.files.adopt(basename(path) as FileName, path));
    const upload = `01ARZ3NDEKTSV4RRFFQ69G5F${String(uploads).padStart(2, '0')}` as UploadId;
    const { codename, architecture } = machine.chroot;
    return {
      build: buildId(upload, architecture),
      attempt: 1,
      source: 'hello' as SourceName,
      version: (wanted.version ?? '1.0') as Version,
      distribution: `${codename}-test-unstable` as BuildOrder['distribution'],
      codename,
      architecture,
      archAll: true,
      sources,
      aptSources: '',
      aptPreferences: '',
      aptHosts: sourceHosts(),
      recipe: plainRecipe,
      timeoutSeconds: 600,
      silenceSeconds: 300,
      ...more,
    };
  };

  const logOf = async ({ log }: BuildResult): Promise<string> =>
    log === null ? '' : gunzipSync(await readFile(await at.files.path(log.sha256))).toString('utf8');

  /** Builds, and shows the log when the outcome is another. */
  const build = async <Outcome extends BuildResult['outcome']>(order: BuildOrder, outcome: Outcome, cancel = never) => {
    const result = await at.builder.build(order, cancel);
    assert.equal(result.outcome, outcome, `${JSON.stringify(result)}\n${await logOf(result)}`);
    return result as Extract<BuildResult, { readonly outcome: Outcome }>;
  };

  const failure = async (order: BuildOrder, cancel = never) => {
    const result = await build(order, 'failed', cancel);
    return { kind: result.class, stage: result.stage, fact: result.fact, log: await logOf(result) };
  };

  const becomes = (what: string, holds: () => Promise<boolean>, seconds = 60): Promise<boolean> =>
    eventually(what, seconds, async () => (await holds()) || undefined);

  const nothingLeft = (seconds?: number) =>
    becomes(
      'the folders of builds to be gone',
      async () => (await readdir(builds)).every((name) => name.startsWith('.') || name.endsWith('.lock')),
      seconds,
    );

  const runs = async (command: string): Promise<boolean> => {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line.replaceAll('\0', ' ').trim() === command) return true;
    }
    return false;
  };

  it('makes packages, records and a log of an arch-all source with an epoch', async () => {
    const result = await build(await orderFor({ version: '1:1.0-1', format: 'quilt' }), 'succeeded');
    assert.deepEqual(
      result.binaries.map(({ package: name, version, architecture, file }) => [name, version, architecture, file.name]),
      [['hello', '1:1.0-1', 'all', 'hello_1.0-1_all.deb']],
    );
    const { architecture } = machine.chroot;
    assert.deepEqual(
      result.records.map(({ name }) => name),
      [`hello_1.0-1_${architecture}.changes`, `hello_1.0-1_${architecture}.buildinfo`],
    );
    assert.equal(result.log.name, `hello_1.0-1_${architecture}.buildlog.gz`);
    const buildinfo = await readFile(await at.files.path(result.records[1]?.sha256 ?? ('' as never)), 'utf8');
    assert.ok(!buildinfo.includes('usr-local-has-programs'), 'our apt-get left the build');
    const { stages, total } = result.times;
    assert.deepEqual(
      stages.map(({ stage }) => stage),
      ['prepare', 'chroot', 'fetch-src', 'install-deps', 'build', 'post-build', 'cleanup', 'keep'],
    );
    const all = stages.reduce((sum, { seconds }) => sum + seconds, 0);
    assert.ok(all > total - 1, `${all} s in stages, ${total} s as sbuild says`);
    await nothingLeft();
  });

  it('has nothing to build where only arch-indep packages are left to others', async () => {
    await build(await orderFor({}, { archAll: false }), 'skipped');
  });

  it('lets a package use its own loopback, and nothing else', async () => {
    const reached: string[] = [];
    const host: Server = createServer((request, answer) => {
      reached.push(request.url ?? '');
      answer.end('host');
    });
    await new Promise<void>((resolve) => host.listen(0, '0.0.0.0', resolve));
    const mirror = new URL(machine.base.uris[0] ?? '');
    const places = [
      ['host', '127.0.0.1', String((host.address() as AddressInfo).port)],
      ['mirror', mirror.hostname, mirror.port || '80'],
      ['address', '192.0.2.1', '80'],
    ];
    const probe = [
      'use IO::Socket::INET;',
      'my $own = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die;',
      `for ([own => "127.0.0.1", $own->sockport], ${places.map((place) => `[qw(${place.join(' ')})]`).join(', ')}) {`,
      '  my $there = IO::Socket::INET->new(PeerAddr => $_->[1], PeerPort => $_->[2], Timeout => 5);',
      '  print "PROBE $_->[0] ", ($there ? "reached" : "unreachable"), "\\n";',
      '}',
      // Also with the connection closed or half closed at once, when the kernel no longer knows whose it was.
      'for my $how ("open", ("half", "closed") x 20) {',
      '  my $way = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 3142) or die;',
      `  print $way "GET http://127.0.0.1:${places[0]?.[2]}/$how HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"; $way->flush;`,
      '  if ($how eq "closed") { close $way; next }',
      '  shutdown $way, 1 if $how eq "half";',
      '  print "PROBE way out $how ", scalar(<$way>);',
      '}',
      'print "PROBE daemon ", (-e "/var/lib/mini-buildd" ? "there" : "hidden"), "\\n";',
      'print "PROBE user ", scalar(getpwuid $<), "\\n";',
    ].join('\n');
    try {
      const order = await orderFor({ tree: { ...rules('perl debian/probe'), 'debian/probe': probe } });
      const hosts = [...order.aptHosts, `127.0.0.1:${places[0]?.[2]}`];
      const log = await logOf(await build({ ...order, aptHosts: hosts }, 'succeeded'));
      const found = new Set([...log.matchAll(/^PROBE (.*?)\r?$/gm)].map(([, line]) => line));
      assert.deepEqual(
        found,
        new Set([
          'own reached',
          'host unreachable',
          'mirror unreachable',
          'address unreachable',
          'way out open HTTP/1.1 403 Only apt goes out from here',
          'way out half HTTP/1.1 403 Only apt goes out from here',
          'daemon hidden',
          'user mini-buildd-build',
        ]),
      );
      assert.deepEqual(reached, [], 'the host was reached through the way out');
    } finally {
      host.close();
    }
  });

  it('installs what the template lacks, through the way out', async () => {
    const log = await logOf(await build(await orderFor({ fields: { 'Build-Depends': 'cowsay' } }), 'succeeded'));
    assert.match(log, /Setting up cowsay/);
  });

  it('goes about it as its recipe says', async () => {
    const tree = rules(
      'echo "PROBE options $$DEB_BUILD_OPTIONS"',
      'echo "PROBE profiles $$DEB_BUILD_PROFILES"',
      'cat /etc/marked',
    );
    const fields = { 'Build-Depends': 'this-package-does-not-exist <!nocheck>' };
    const setup =
      '#!/bin/sh\nset -e\necho "PROBE marked by $(id -un)" > /etc/marked\napt-get install --yes fortune-mod\n';
    const recipe = {
      ...plainRecipe,
      jobs: 3,
      options: ['nocheck', 'terse'],
      profiles: ['nocheck', 'nodoc'],
      depends: ['cowsay (>= 1)'],
      setup,
    };
    const log = await logOf(await build(await orderFor({ tree, fields }, { recipe }), 'succeeded'));
    const found = [...log.matchAll(/^PROBE (.*?)\r?$/gm)].map(([, line]) => line);
    assert.deepEqual(found, ['options nocheck parallel=3 terse', 'profiles nocheck nodoc', 'marked by root']);
    assert.match(log, /^apt-get install --yes fortune-mod$/m, 'the setup script is printed');
    assert.match(log, /Setting up fortune-mod/);
    assert.match(log, /Setting up cowsay/);
    assert.doesNotMatch(log, /usr-local-has/, 'the script leaves no trace in the build');
  });

  for (const resolver of ['aptitude', 'aspcud'] as const) {
    it(`finds dependencies by ${resolver} where its recipe says so`, async () => {
      const order = await orderFor({ fields: { 'Build-Depends': 'cowsay' } }, { recipe: { ...plainRecipe, resolver } });
      const log = await logOf(await build(order, 'succeeded'));
      assert.match(log, new RegExp(`${resolver}-based resolver`));
      assert.match(log, /Setting up cowsay/);
    });
  }

  it('draws from a source with https, whose certificate the setup script makes known', async () => {
    const archive = await httpsArchive(join(at.folder, 'https'), { package: 'only-by-https', version: '1.0' });
    try {
      const certificate = await readFile(archive.certificate, 'utf8');
      const setup = [
        '#!/bin/sh -e',
        'apt-get install --yes ca-certificates',
        'cat > /usr/local/share/ca-certificates/archive.crt <<END',
        `${certificate.trim()}`,
        'END',
        'update-ca-certificates',
        '',
      ].join('\n');
      const order = await orderFor(
        { fields: { 'Build-Depends': 'only-by-https' } },
        {
          recipe: { ...plainRecipe, setup },
          aptSources: `Types: deb\nURIs: https://${archive.address}/\nSuites: ./\nTrusted: yes\n`,
          aptHosts: [...sourceHosts(), archive.address],
        },
      );
      const log = await logOf(await build(order, 'succeeded'));
      assert.match(log, /Setting up only-by-https \(1\.0\)/);
    } finally {
      archive.close();
    }
  });

  it('believes who answers at the first of its sources by certificates of the order, in a chroot that has none', async () => {
    const archive = await httpsArchive(join(at.folder, 'first'), { package: 'only-by-https', version: '1.0' });
    try {
      const order = await orderFor(
        { fields: { 'Build-Depends': 'only-by-https' } },
        {
          aptSources: `Types: deb\nURIs: https://${archive.address}/\nSuites: ./\nTrusted: yes\n`,
          aptCertificates: await readFile(archive.certificate, 'utf8'),
          aptHosts: [...sourceHosts(), archive.address],
        },
      );
      assert.match(await logOf(await build(order, 'succeeded')), /Setting up only-by-https \(1\.0\)/);
      const doubted = at.builder.build({ ...order, attempt: 2, aptCertificates: '' }, AbortSignal.timeout(600_000));
      await assert.rejects(doubted, /an archive could not be reached: /);
    } finally {
      archive.close();
    }
  });

  it('says which dependency cannot be had', async () => {
    const wanted = { 'Build-Depends': 'this-package-does-not-exist, debhelper (>= 9999)' };
    const result = await build(await orderFor({ fields: wanted }), 'dep-wait');
    assert.deepEqual(result.missing, ['this-package-does-not-exist', 'debhelper (>= 9999)']);
    const { fact } = result;
    const log = await logOf(result);
    assert.match(fact, /this-package-does-not-exist.*; Depends: debhelper \(>= 9999\)/, log);
  });

  it('does not blame the package when sources cannot be reached', async () => {
    const order = await orderFor({ fields: { 'Build-Depends': 'cowsay' } }, { aptHosts: [] });
    await assert.rejects(at.builder.build(order, AbortSignal.timeout(600_000)), /an archive could not be reached: E: /);
  });

  it('tells a failed build by its own words', async () => {
    const { kind, stage, fact } = await failure(await orderFor({ tree: rules('exit 7') }));
    assert.deepEqual([kind, stage], ['ftbfs', 'build']);
    assert.match(fact, /^make: \*\*\* .* Error 7$/);
  });

  it('finds a damaged source', async () => {
    const order = await orderFor({});
    const [dsc, tarball] = order.sources;
    assert.ok(dsc !== undefined && tarball !== undefined);
    const damaged = join(at.folder, 'damaged');
    await appendFile(damaged, await readFile(await at.files.path(tarball.sha256)));
    await appendFile(damaged, 'x');
    const { kind } = await failure({ ...order, sources: [dsc, await at.files.adopt(tarball.name, damaged)] });
    assert.equal(kind, 'source');
  });

  it('does not take packages that say they come from another source', async () => {
    const order = await orderFor({ tree: { 'debian/rules': lyingRules } });
    const { kind, fact } = await failure(order);
    assert.equal(kind, 'products');
    assert.match(fact, /hello_1\.0_all\.deb: it says it was made from other 1\.0/);
  });

  it('ends what a package leaves running', async () => {
    await build(await orderFor({ tree: rules('setsid sleep 54321 > /dev/null 2>&1 &') }), 'succeeded');
    assert.equal(await runs('sleep 54321'), false);
    await nothingLeft();
  });

  it('ends a silent build', async () => {
    const order = await orderFor({ tree: rules('sleep 54322') }, { silenceSeconds: 15 });
    const { kind, stage } = await failure(order);
    assert.deepEqual([kind, stage], ['timeout', 'silence']);
    assert.equal(await runs('sleep 54322'), false);
  });

  it('shows a build as it runs, and ends it when it is cancelled, even when it does not want to', async () => {
    const stubborn = `trap '' TERM; echo stubborn; while :; do sleep 54323; done`;
    const order = await orderFor({ tree: rules(stubborn) });
    const cancel = new AbortController();
    const running = failure(order, cancel.signal);
    let seen = '';
    await becomes('the log to show the build', async () => at.builder.liveLog(order.build) !== undefined);
    for await (const bytes of at.builder.liveLog(order.build)?.follow() ?? []) {
      seen += String(bytes);
      if (/^stubborn$/m.test(seen)) cancel.abort();
    }
    assert.equal((await running).kind, 'killed');
    assert.equal(at.builder.liveLog(order.build), undefined);
    assert.equal(await runs('sleep 54323'), false);
    await nothingLeft();
  });

  it('keeps beginning and end of a log that is too long', async () => {
    const log = await logOf(
      await build(
        await orderFor({ tree: rules('yes $$(head -c 999 /dev/zero | tr "\\0" x) | head -c 30000000') }),
        'succeeded',
      ),
    );
    assert.ok(log.length < 5_000_000);
    assert.match(log, /bytes are left out here/);
    assert.match(log, /^Status: successful$/m);
  });

  it('sees nothing of other builds, nor of what the daemon keeps', async () => {
    // A build is the same user as its sbuild, and can look through that process at what lies outside the chroot.
    const look = [
      `for place in /proc/[0-9]*/root; do for found in $$place/var/lib/mini-buildd/*/*/* $$place${at.folder}; do`,
      '[ -e $$found ] && echo "SEEN /$${found#/proc/*/root/}"; done; done; true',
    ].join(' ');
    const orders = [await orderFor({ tree: rules(look) }), await orderFor({ tree: rules(look) })];
    const results = await Promise.all(orders.map((order) => build(order, 'succeeded')));
    const { codename, architecture } = machine.chroot;
    for (const [number, result] of results.entries()) {
      const seen = new Set([...(await logOf(result)).matchAll(/^SEEN (.*?)\r?$/gm)].map(([, path]) => path));
      const own = `${builds}/${orders[number]?.build}-1`;
      assert.deepEqual([...seen].sort(), [own, `/var/lib/mini-buildd/chroots/${instance}/${codename}-${architecture}`]);
    }
  });

  it('ends a package that forks without end, and no other', async () => {
    const { bounds } = await at.chroots.confinement();
    const isUnbound = bounds !== true && /processes/.test(bounds);
    const bomb = await orderFor({ tree: rules(`perl -e 'fork while 1'`) }, { timeoutSeconds: isUnbound ? 60 : 600 });
    const bombed = failure(bomb);
    await build(await orderFor({ tree: rules('sleep 5; perl -e "fork // die for 1 .. 3"') }), 'succeeded');
    const { kind, stage, fact } = await bombed;
    if (isUnbound) assert.equal(kind, 'timeout', bounds);
    else assert.deepEqual([kind, stage], ['killed', 'processes'], fact);
    await nothingLeft();
  });

  it('bounds shared memory', async () => {
    const fill =
      '! dd if=/dev/zero of=/dev/shm/full bs=1M count=600 2>&1 | grep -q "^600+0 records out"; df -k /dev/shm';
    const log = await logOf(await build(await orderFor({ tree: rules(fill) }), 'succeeded'));
    assert.match(log, /\s524288\s+524288\s+0\s+100%/);
  });

  it('ends a process that made itself a daemon and holds a file open', async () => {
    const daemon = `perl -MPOSIX -e 'exit if fork; setsid(); exit if fork; open STDOUT, ">", "held"; open STDERR, ">&STDOUT"; exec "sleep", 54326'`;
    await build(await orderFor({ tree: rules(daemon) }), 'succeeded');
    assert.equal(await runs('sleep 54326'), false);
    await nothingLeft();
  });

  it('removes 200,000 files and folders 200 deep', async () => {
    const many = `perl -e 'for (1 .. 200) { mkdir "many$$_"; for my $$file (1 .. 1000) { open my $$made, ">", "many$$_/$$file" or die } } for (1 .. 200) { mkdir "deep"; chdir "deep" }'`;
    await build(await orderFor({ tree: rules(many) }), 'succeeded');
    await nothingLeft(120);
  });

  it('builds several at once', async () => {
    const orders = [await orderFor({}), await orderFor({})];
    const results = await Promise.all(orders.map((order) => build(order, 'succeeded')));
    assert.equal(results[0]?.binaries[0]?.file.sha256, results[1]?.binaries[0]?.file.sha256);
  });

  it('leaves nothing when the daemon goes away in the middle of a build', async () => {
    const order = await orderFor({ tree: rules('echo under way; sleep 54324') });
    const job = await at.helper.start(buildRequest(order));
    const folder = `${builds}/${order.build}-${order.attempt}`;
    await job.frames.next();
    for (const { name, sha256 } of order.sources) await at.files.link(sha256, join(folder, 'source', name));
    job.say({ start: true });
    await becomes('the package to build', () => runs('sleep 54324'));
    job.end();
    await nothingLeft();
    assert.equal(await runs('sleep 54324'), false);
  });

  it('gives a build back when the helper dies, which sweeps up when it starts again', async () => {
    const order = await orderFor({ tree: rules('sleep 54325') });
    const running = at.builder.build(order, never).then(
      () => undefined,
      (error: Error) => error,
    );
    await becomes('the package to build', () => runs('sleep 54325'));
    await at.killHelper();
    assert.match((await running)?.message ?? '', /the root helper went away/);
    await becomes('its processes to be gone', async () => !(await runs('sleep 54325')));
    await at.startHelper();
    await nothingLeft();
    await build({ ...order, ...(await orderFor({})), build: order.build }, 'succeeded');
  });

  it('ends the package that fills the disk, and no other', async () => {
    await at.stop();
    await run('mount', ['-t', 'tmpfs', '-o', 'size=300m,mode=755', 'none', builds]);
    try {
      at = await helperAtWork(instance, ['--reserve', '64M']);
      try {
        const fill = `perl -e 'open my $$big, ">", "big"; while (1) { syswrite $$big, "x" x 1048576; select undef, undef, undef, 0.02 }'`;
        const filled = failure(await orderFor({ tree: rules(fill) }));
        await build(await orderFor({ tree: rules('sleep 10') }), 'succeeded');
        const { kind, stage, fact } = await filled;
        assert.deepEqual([kind, stage], ['killed', 'disk'], fact);
        assert.match(fact, /^the build has written \d+ MB, and less than 64 MB are left$/);
        await nothingLeft();
      } finally {
        await at.stop();
      }
    } finally {
      process.seteuid?.(0);
      // Lazily: namespaces of tests that run beside this one may know the mount, too, and keep it busy.
      await run('umount', ['--lazy', builds]);
      at = await helperAtWork(instance);
    }
  });

  it('rejects, rather than to blame the package, without a chroot', async () => {
    const order = await orderFor({}, { codename: 'nosuch' as BuildOrder['codename'] });
    await assert.rejects(at.builder.build(order, never), /no-chroot: there is no chroot for nosuch/);
  });
});

const lyingRules = `#!/usr/bin/make -f
clean build build-arch build-indep binary-arch:
binary binary-indep:
	mkdir -p debian/tmp/DEBIAN
	dpkg-gencontrol -phello -Pdebian/tmp
	sed -i '1i Source: other' debian/tmp/DEBIAN/control
	dpkg-deb --root-owner-group -b debian/tmp ..
`;
