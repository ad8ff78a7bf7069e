import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sessionChecker } from '../../src/adapters/checks/session-checker.ts';
import { chroots } from '../../src/adapters/sbuild/chroots.ts';
import type { CheckTool, Finding } from '../../src/domain/check/findings.ts';
import type { FileName, SourceName, StoredFile, Version } from '../../src/domain/debian/names.ts';
import { buildId, checkId, type UploadId } from '../../src/domain/ids.ts';
import type { BuildResult } from '../../src/ports/builder.ts';
import type { CheckOrder, CheckReport } from '../../src/ports/checker.ts';
import { makeSourcePackage } from '../support/deb.ts';
import { plainRecipe } from '../support/fixed-examples.ts';
import { helperAtWork, hostChroot } from './helper-at-work.ts';
import { leaveRoom, takeRoom } from './support/template.ts';

const instance = 'systemchecks';
const never = new AbortController().signal;
const upload = '01ARZ3NDEKTSV4RRFFQ69G5FCK' as UploadId;

/** Leaves a file behind that no purge removes, has no copyright file, and tests of which one fails. */
const tree = {
  'debian/rules': [
    '#!/usr/bin/make -f',
    'clean build build-arch build-indep binary-arch:',
    'binary binary-indep:',
    '\tmkdir -p debian/tmp/DEBIAN debian/tmp/usr/share/hello',
    '\techo hello > debian/tmp/usr/share/hello/greeting',
    "\tprintf '#!/bin/sh\\nset -e\\nid -u > /etc/hello-was-here\\n' > debian/tmp/DEBIAN/postinst",
    '\tchmod 755 debian/tmp/DEBIAN/postinst',
    '\tdpkg-gencontrol',
    '\tdpkg-deb --root-owner-group -b debian/tmp ..',
    '',
  ].join('\n'),
  'debian/tests/control': [
    'Test-Command: test -e /usr/share/hello/greeting && test "$(cat /etc/hello-was-here)" = 0',
    'Depends: hello, cowsay',
    'Features: test-name=installed',
    '',
    // What is root there must be nobody outside: it cannot even look at what the host keeps.
    'Test-Command: for place in /proc/sys/kernel/core_pattern /proc/sysrq-trigger; do echo x > $place && exit 1; done; mknod /tmp/disk b 254 0 && exit 1; test ! -e /var/lib/mini-buildd && ! mount -t sysfs sysfs /mnt',
    'Depends: hello',
    'Restrictions: needs-root, allow-stderr',
    'Features: test-name=shut-in',
    '',
    'Test-Command: exit 3',
    'Depends: hello',
    'Features: test-name=broken',
    '',
  ].join('\n'),
};

describe('checking with real tools', () => {
  let at: Awaited<ReturnType<typeof helperAtWork>>;
  let machine: Awaited<ReturnType<typeof hostChroot>>;
  let common: Omit<CheckOrder, 'check' | 'tool'>;

  const has = async (folder: string): Promise<boolean> =>
    (await readdir(`/var/lib/mini-buildd/chroots/${instance}/${folder}`).catch(() => [])).some((name) =>
      /^\d{8}T\d{6}Z-\d+$/.test(name),
    );

  before(async () => {
    await takeRoom(instance);
    machine = await hostChroot();
    at = await helperAtWork(instance);
    const { codename, architecture } = machine.chroot;
    for (const [folder, templates] of [
      [`${codename}-${architecture}`, at.chroots],
      [`${codename}-${architecture}-checks`, chroots({ helper: at.helper, purpose: 'checks' })],
    ] as const) {
      if (await has(folder)) continue;
      const prepared = await templates.prepare(machine.chroot, machine.base, machine.extras, () => {});
      assert.equal(prepared.outcome, 'prepared', JSON.stringify(prepared));
    }
    common = await built();
  });
  after(async () => {
    await at.stop();
    await leaveRoom(instance);
  });

  const logOf = async (log: StoredFile | null): Promise<string> =>
    log === null ? '' : gunzipSync(await readFile(await at.files.path(log.sha256))).toString('utf8');

  const built = async (): Promise<Omit<CheckOrder, 'check' | 'tool'>> => {
    const { dsc, tarballs } = await makeSourcePackage(join(at.folder, 'source'), {
      source: 'hello',
      version: '1.0',
      binaries: ['hello:all'],
      fields: { Testsuite: 'autopkgtest' },
      tree,
    });
    const sources: StoredFile[] = [];
    for (const path of [dsc, ...tarballs]) sources.push(await at.files.adopt(basename(path) as FileName, path));
    const { codename, architecture } = machine.chroot;
    const hosts = [machine.base, ...machine.extras].flatMap(({ uris }) => uris).map((uri) => new URL(uri));
    const order = {
      attempt: 1,
      source: 'hello' as SourceName,
      version: '1.0' as Version,
      codename,
      architecture,
      sources,
      aptSources: '',
      aptPreferences: '',
      aptHosts: hosts.map(
        ({ hostname, port, protocol }) => `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`,
      ),
      timeoutSeconds: 600,
      silenceSeconds: 300,
    };
    const result: BuildResult = await at.builder.build(
      {
        ...order,
        build: buildId(upload, architecture),
        distribution: `${codename}-test-unstable` as never,
        archAll: true,
        recipe: plainRecipe,
      },
      never,
    );
    assert.ok(result.outcome === 'succeeded', `${JSON.stringify(result)}\n${await logOf(result.log)}`);
    const { records, binaries } = result;
    return {
      ...order,
      options: [],
      withSource: true,
      records,
      binaries: binaries.map(({ file }) => file),
      siblings: [],
    };
  };

  const check = async (tool: CheckTool): Promise<Extract<CheckReport, { readonly outcome: 'checked' }>> => {
    const id = checkId(buildId(upload, machine.chroot.architecture), tool);
    const report = await sessionChecker(at.sessions, at.files).check({ ...common, check: id, tool }, never);
    assert.ok(report.outcome === 'checked', JSON.stringify(report));
    return report;
  };

  const tags = ({ findings }: { readonly findings: readonly Finding[] }): readonly string[] =>
    findings.map(({ severity, about, tag }) => `${severity} ${about} ${tag}`);

  it('lintian tells errors and warnings of packages and of their source', async () => {
    const report = await check('lintian');
    assert.ok(tags(report).includes('error hello no-copyright-file'), tags(report).join('\n'));
    assert.ok(tags(report).includes('warning source no-debian-copyright-in-source'), tags(report).join('\n'));
    assert.match(report.toolVersion, /^\d+\.\d+/);
    assert.equal(report.report?.name, `hello_1.0_${machine.chroot.architecture}.lintian.json`);
  });

  it('piuparts finds what a purge leaves, as root of a system that is nobody outside', async () => {
    const report = await check('piuparts');
    assert.deepEqual(tags(report), ['error  package-purging-left-files-on-system'], await logOf(report.log));
  });

  it('autopkgtest runs the tests of the source, and none of them gets out', async () => {
    const report = await check('autopkgtest');
    assert.deepEqual(tags(report), ['error source fail-broken'], await logOf(report.log));
    assert.match(await logOf(report.log), /^installed +PASS/m);
    assert.match(await logOf(report.log), /^shut-in +PASS/m);
  });
});
