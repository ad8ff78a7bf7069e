import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dial } from '../adapters/ftp/dialogue.ts';
import { startBuild } from './support/build-under-way.ts';
import { clientApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource, type SourceTree } from './support/source-package.ts';

describe('builds under control', () => {
  let instance: Instance;
  let distribution: string;
  let version: string;
  let authorization: string;

  before(async () => {
    instance = await startInstance();
    await instance.stop();
    const { out } = await instance.verb(['user', 'add', 'adam', '--role', 'admin']);
    authorization = `Basic ${Buffer.from(`adam:${out.trim().split(' ').at(-1)}`).toString('base64')}`;
    await addOptional('i386');
    await instance.start();
    const target = await sandbox(instance);
    distribution = target.distribution;
    version = `1.0${target.suffix}`;
  });
  after(() => instance.remove());

  /** An architecture that no chroot of this machine is for. */
  const addOptional = async (architecture: string): Promise<void> => {
    const { out } = await instance.verb(['export']);
    const file = join(instance.folder, 'configuration.yaml');
    await writeFile(
      file,
      out.replace(/^( *)architectures:\n/m, (line, indent: string) =>
        [
          line.trimEnd(),
          `${indent}  - architecture: ${architecture}`,
          `${indent}    optional: true`,
          `${indent}    buildsArchAll: false`,
          '',
        ].join('\n'),
      ),
    );
    await run('chmod', ['a+r', file]);
    const { code, out: said, err } = await instance.verb(['apply', file]);
    assert.equal(code, 0, `${said}${err}`);
  };

  const asks = async (command: string, given: object): Promise<{ readonly status: number; readonly body: unknown }> => {
    const answer = await fetch(`http://${instance.http}/mini_buildd/api/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ ...given, confirm: command }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const does = async (command: string, given: object): Promise<void> => {
    const { status, body } = await asks(command, given);
    assert.equal(status, 200, JSON.stringify(body));
  };
  const tree = (name: string, more: Partial<SourceTree> = {}): SourceTree => ({ name, version, distribution, ...more });
  const upload = async (wanted: SourceTree): Promise<void> => dput(instance, await makeSource(instance.folder, wanted));
  const row = async (name: string) => (await instance.uploads()).find(({ source }) => source === name);

  it('ends a running sbuild that is cancelled, with everything it has on the machine', async () => {
    const { build, leavesNothing } = await startBuild(instance, tree('control-cancel'));
    await does('cancel', { builds: build, reason: 'the wrong branch' });
    await leavesNothing(1);
    const { refusal } = await instance.reaches('control-cancel', version, 'failed');
    assert.match(refusal?.fact ?? '', /cancelled: the wrong branch/);
    await upload(tree('control-cancel'));
    await instance.reaches('control-cancel', version, 'published');
  });

  it('holds a build until what it needs is published, and begins it by itself then', async () => {
    await upload(tree('control-waits', { buildDepends: `control-needed (>= ${version})` }));
    const waits = await instance.awaits('control-waits', version, 'a build in dep-wait', ({ builds: [build] }) =>
      build?.status === 'dep-wait' ? build : undefined,
    );
    assert.match(waits.waits ?? '', /^dep-wait on control-needed \(>= 1\.0/);
    const { out } = await instance.tool('status');
    assert.match(out, /control-waits .* waits: dep-wait on control-needed/);

    await upload(tree('control-needed'));
    await instance.reaches('control-waits', version, 'published');
    const [resumed] = await instance.events('type=BuildResumed');
    assert.deepEqual((resumed as { found?: object })?.found, [{ package: 'control-needed', version, distribution }]);
  });

  it('builds as the changelog asks, and says so in the log', async () => {
    await upload(
      tree('control-options', {
        build: 'echo "PROBE $$DEB_BUILD_OPTIONS, $$DEB_BUILD_PROFILES, $$(command -v cowsay || ls /usr/games/cowsay)"',
        changes: [
          'MINI_BUILDD_OPTION: deb-build-options=nocheck parallel=1',
          'MINI_BUILDD_OPTION: deb-build-profiles=nocheck nodoc',
          'MINI_BUILDD_OPTION: add-depends=cowsay',
          'MINI_BUILDD_OPTION: internal-apt-priority=543',
        ],
      }),
    );
    const { builds } = await instance.reaches('control-options', version, 'published');
    const log = await (await fetch(`http://${instance.http}/mini_buildd/builds/${builds[0]?.build}/log`)).text();
    assert.match(log, /^PROBE nocheck parallel=1, nocheck nodoc, \/usr\/games\/cowsay\r?$/m, log);
    assert.match(log, /Pin-Priority: 543/);
    assert.match(log, /further dependencies: cowsay/);
  });

  it('installs without an optional architecture that nobody can build, and says what it waits for', async () => {
    await upload(tree('control-any', { architecture: 'any' }));
    await instance.reaches('control-any', version, 'published');
    const i386 = (await row('control-any'))?.builds.find(({ architecture }) => architecture === 'i386');
    assert.match(i386?.waits ?? '', /no builder has a chroot for \w+\/i386/);
    const { apt } = await clientApt(instance, distribution);
    await apt('update');
    assert.match(await apt('policy', 'control-any'), /Candidate: 1\.0/);
    await does('cancel', { builds: i386?.build ?? '' });
  });

  it('retries what failed for want of something that is there by then', async () => {
    const deadline = Math.floor(Date.now() / 1000) + 120;
    await upload(tree('control-retry', { build: `test "$$(date +%s)" -gt ${deadline}` }));
    const { upload: first } = await instance.reaches('control-retry', version, 'failed');
    await eventually('time to pass', 180, async () => (Date.now() / 1000 > deadline + 1 ? true : undefined));
    await does('retry', { package: 'control-retry', version });
    const retried = await eventually('the retry', 240, async () => {
      const found = await row('control-retry');
      return found?.status === 'published' ? found : undefined;
    });
    assert.equal(retried.retryOf, first);
  });

  it('stops taking uploads and building when its engine is stopped, also after a restart', async () => {
    await does('stop', { reason: 'moving house' });
    await instance.kill();
    await instance.start();
    let greeting = '';
    await dial(instance.ftpPort, '127.0.0.1', (heard) => {
      greeting = heard;
    });
    assert.match(greeting, /^421 the engine is stopped \(moving house\)/);
    const { status, body } = await asks('retry', { package: 'control-retry', version });
    assert.equal(status, 405);
    assert.match(JSON.stringify(body), /Needs running daemon/);
    const changes = await makeSource(instance.folder, tree('control-stopped'));
    await assert.rejects(dput(instance, changes));
    await does('start', {});
    await dput(instance, changes);
    await instance.reaches('control-stopped', version, 'published');
  });
});
