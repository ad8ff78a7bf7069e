import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { aptHosts } from '../../src/domain/configuration/apt-sources.ts';
import type { ChrootConfigured } from '../../src/domain/configuration/chroot-events.ts';
import type { Configuration } from '../../src/domain/configuration/configuration.ts';
import type { FileName, SourceName, StoredFile, Version } from '../../src/domain/debian/names.ts';
import { buildId, type UploadId } from '../../src/domain/ids.ts';
import type { BuildOrder } from '../../src/ports/builder.ts';
import { makeSourcePackage } from '../support/deb.ts';
import { plainRecipe } from '../support/fixed-examples.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { helperAtWork, hostChroot } from './helper-at-work.ts';
import { eventually, run } from './support/programs.ts';

const home = '/var/lib/mini-buildd';
const never = new AbortController().signal;

/** Prepares a chroot of a kind, builds a package in it whose build dependency has to be fetched, and removes the chroot. */
const prepareAndBuild = async (instance: string, kind: ChrootConfigured['kind']) => {
  const machine = await hostChroot();
  const at = await helperAtWork(instance);
  const { codename, architecture } = machine.chroot;
  try {
    await at.chroots.remove(codename, architecture);
    const prepared = await at.chroots.prepare({ ...machine.chroot, kind }, machine.base, machine.extras, () => {});
    assert.equal(prepared.outcome, 'prepared', JSON.stringify(prepared));
    const probe = [
      'echo "PROBE user $$(id -u)"',
      `perl -MIO::Socket::INET -e 'print "PROBE way out ", (IO::Socket::INET->new("127.0.0.1:3142") ? "there" : "away"), "\\n"'`,
    ];
    const { dsc, tarballs } = await makeSourcePackage(join(at.folder, 'source'), {
      source: 'hello',
      version: '1.0',
      binaries: ['hello:all'],
      fields: { 'Build-Depends': 'cowsay' },
      tree: { 'debian/rules': rules(...probe) },
    });
    const sources: StoredFile[] = [];
    for (const path of [dsc, ...tarballs]) sources.push(await at.files.adopt(basename(path) as FileName, path));
    const known = [machine.base, ...machine.extras];
    const configuration = { sources: new Map(known.map((source) => [source.id, source])) } as unknown as Configuration;
    const extras = machine.extras.map(({ id }) => ({ source: id, priority: null }));
    const order: BuildOrder = {
      build: buildId('01ARZ3NDEKTSV4RRFFQ69G5FAV' as UploadId, architecture),
      attempt: 1,
      source: 'hello' as SourceName,
      version: '1.0' as Version,
      distribution: `${codename}-test-unstable` as BuildOrder['distribution'],
      codename,
      architecture,
      archAll: true,
      sources,
      aptSources: '',
      aptPreferences: '',
      aptHosts: aptHosts(configuration, { base: machine.base.id, extras } as never, 'http://127.0.0.1:9'),
      recipe: { ...plainRecipe, depends: ['fortune-mod'], setup: '#!/bin/sh\necho "PROBE set up by $(id -un)"\n' },
      timeoutSeconds: 600,
      silenceSeconds: 300,
    };
    const result = await at.builder.build(order, never);
    const log =
      result.log === null ? '' : gunzipSync(await readFile(await at.files.path(result.log.sha256))).toString();
    assert.equal(result.outcome, 'succeeded', `${JSON.stringify(result)}\n${log}`);
    // What a build had is put away beside what follows; nobody sweeps it up before that is done.
    await eventually('the build to have tidied up', 60, async () => {
      await at.chroots.sweep();
      const left = (await readdir(`${home}/builds/${instance}`)).filter((name) => !name.startsWith('.'));
      return left.length === 0 ? true : undefined;
    });
    await at.chroots.remove(codename, architecture);
    assert.deepEqual(await readdir(`${home}/chroots/${instance}`), []);
    return log;
  } finally {
    await at.stop();
  }
};

const rules = (...lines: readonly string[]): string =>
  [
    '#!/usr/bin/make -f',
    'clean build build-arch build-indep binary-arch:',
    'binary binary-indep:',
    ...lines.map((line) => `\t${line}`),
    '\tmkdir -p debian/tmp/DEBIAN',
    '\tdpkg-gencontrol -phello -Pdebian/tmp',
    '\tdpkg-deb --root-owner-group -b debian/tmp ..',
    '',
  ].join('\n');

describe('chroots of other kinds', () => {
  it('are of kind unshare: built in with uids of their own, and no way out', async () => {
    const log = await prepareAndBuild('systemunshare', 'unshare');
    assert.match(log, /Setting up cowsay/);
    assert.match(log, /^PROBE way out away\r?$/m);
  });

  it('are of kind lvm-snapshot only where the machine has the volume group, which is named', async () => {
    const machine = await hostChroot();
    const at = await helperAtWork('systemlvm');
    try {
      const options = { 'volume-group': 'no-such-group' };
      const wanted: ChrootConfigured = { ...machine.chroot, kind: 'lvm-snapshot', options };
      const answer = await at.chroots.prepare(wanted, machine.base, machine.extras, () => {});
      assert.equal(answer.outcome, 'failed');
      assert.match(
        answer.outcome === 'failed' ? answer.fact : '',
        /^this machine has no volume group no-such-group \(/,
      );
    } finally {
      await at.stop();
    }
  });

  it('are of kind btrfs-snapshot, where the file system is', async () => {
    const instance = 'systembtrfs';
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-btrfs-'));
    const [image, mounted] = [join(folder, 'image'), join(folder, 'mounted')];
    const places = ['chroots', 'builds'].map((name) => [join(mounted, name), `${home}/${name}/${instance}`] as const);
    await mkdir(mounted);
    await run('truncate', ['--size=4G', image]);
    await run('mkfs.btrfs', ['--quiet', image]);
    await run('mount', ['-o', 'loop', image, mounted]);
    try {
      for (const [there, here] of places) {
        for (const path of [there, here]) await mkdir(path, { recursive: true });
        await run('mount', ['--bind', there, here]);
      }
      const log = await prepareAndBuild(instance, 'btrfs-snapshot');
      assert.match(log, /Setting up cowsay/);
      assert.doesNotMatch(await run('btrfs', ['subvolume', 'list', mounted]), /root|mini-buildd-/);
    } finally {
      for (const [, here] of places) await run('umount', ['--lazy', here]);
      await run('umount', ['--lazy', mounted]);
      await removeFolder(folder);
    }
  });
});
