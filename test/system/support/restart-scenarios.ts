import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Dialogue, dial } from '../../adapters/ftp/dialogue.ts';
import { type BuildUnderWay, startBuild } from './build-under-way.ts';
import { type ClientApt, clientApt, type Watch } from './client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './instance.ts';
import { eventually } from './programs.ts';
import { makeSource, type SourceTree } from './source-package.ts';

/** What the daemon is told of where its log is, what becomes of that while it does not run, and what ends with it. */
export type LogOfScenario = {
  readonly env: Readonly<Record<string, string>>;
  readonly meanwhile?: () => void;
  readonly stop: () => Promise<void>;
};

export const restartScenarios = (name: string, log: () => Promise<LogOfScenario>): void => {
  describe(name, () => {
    let instance: Instance;
    let stopLog: () => Promise<void>;
    let meanwhile: LogOfScenario['meanwhile'];
    let distribution: string;
    let version: string;
    let apt: ClientApt;
    let watch: Watch;

    before(async () => {
      const { env, ...rest } = await log();
      ({ stop: stopLog, meanwhile } = rest);
      instance = await startInstance(env);
      const target = await sandbox(instance);
      distribution = target.distribution;
      version = `1.0${target.suffix}`;
    });
    after(async () => {
      await watch?.stop();
      await instance?.remove();
      await stopLog();
    });

    const tree = (name: string): SourceTree => ({ name, version, distribution });
    const published = (name: string) => instance.reaches(name, version, 'published');

    const restart = async (): Promise<void> => {
      await instance.kill();
      meanwhile?.();
      await instance.start();
    };

    /** How long a start takes, in milliseconds. */
    const usualStart = async (): Promise<number> => {
      await instance.kill();
      const before = Date.now();
      await instance.start();
      return Date.now() - before;
    };

    it('goes on with an upload of which it had a file and a half, and later everything but its .changes', async () => {
      const changes = await makeSource(instance.folder, tree('restart-upload'));
      const folder = dirname(changes);
      const names = (await readdir(folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);
      const bytes = (name: string): Promise<Buffer> => readFile(join(folder, name));
      const isTarball = (name: string): boolean => name.includes('.tar.');
      const tarball = names.find(isTarball) ?? '';

      const first = await logIn(instance);
      for (const name of names.filter((each) => !isTarball(each) && !each.endsWith('.changes'))) {
        assert.match(await first.store(name, await bytes(name)), /^226/);
      }
      const data = await first.data();
      assert.match(await first.say(`STOR ${tarball}`), /^150/);
      const whole = await bytes(tarball);
      data.write(whole.subarray(0, whole.length / 2));
      const partial = join(instance.home, 'incoming/partial');
      await eventually('half a file in incoming', 30, async () =>
        (await readdir(partial)).length > 0 ? true : undefined,
      );
      await restart();
      assert.deepEqual(await readdir(partial), []);

      const second = await logIn(instance);
      assert.match(await second.store(tarball, whole), /^226/);
      await restart();
      assert.deepEqual(await instance.events('type=UploadReceived'), []);

      const third = await logIn(instance);
      assert.match(await third.store(basename(changes), await readFile(changes)), /^226/);
      await published('restart-upload');
      apt = await clientApt(instance, distribution);
      await apt.apt('update');
      watch = apt.keepUpdating();
    });

    /** The story of a build as the log tells it, without the reasons of assignment. */
    const storyOf = async ({ build }: BuildUnderWay): Promise<readonly string[]> =>
      (await instance.events())
        .filter((event) => event.build === build && event.type !== 'BuildAssigned')
        .map(({ type, attempt, reason }) => [type, attempt, reason].filter((word) => word !== undefined).join(' '));

    /** `ended` is how the first attempt ended. */
    const attemptedTwice = (ended: string): readonly string[] => [
      'BuildRequested',
      'BuildStarted 1',
      ended,
      'BuildStarted 2',
      'BuildSucceeded 2',
    ];

    it('gives the build back that was running when it was killed, and runs it again', async () => {
      const build = await startBuild(instance, tree('restart-build'));
      await restart();
      await build.leavesNothing(1);
      await build.isUnderWay(2);
      await build.letEnd();
      await published('restart-build');
      assert.deepEqual(await storyOf(build), attemptedTwice('BuildGivenBack 1 the daemon was restarted'));
      await build.leavesNothing(2);
    });

    it('ends the build when it is told to end, without counting the attempt against it, and runs it again', async () => {
      const build = await startBuild(instance, tree('restart-stopped'));
      assert.equal(await instance.stop(), 0);
      await build.leavesNothing(1);
      await instance.start();
      await build.isUnderWay(2);
      await build.letEnd();
      await published('restart-stopped');
      assert.deepEqual(await storyOf(build), attemptedTwice('BuildInterrupted 1 the daemon was stopped'));
    });

    it('gives the build back when the root helper is killed, and runs it again when there is one', async () => {
      const build = await startBuild(instance, tree('restart-helper'));
      await instance.killHelper();
      instance.startHelper();
      await build.isUnderWay(2);
      await build.leavesNothing(1);
      await build.letEnd();
      await published('restart-helper');
      assert.deepEqual(
        await storyOf(build),
        attemptedTwice('BuildGivenBack 1 the root helper went away in the middle of its job'),
      );
    });

    for (const moment of ['BuildSucceeded', 'PackageInstalled']) {
      it(`publishes once what it did not come to publish, killed after ${moment} and eight times more`, async () => {
        const name = `restart-${moment.toLowerCase()}`;
        const usual = await usualStart();
        await dput(instance, await makeSource(instance.folder, tree(name)));
        await eventually(moment, 240, async () => (await instance.recorded(`type=${moment}&package=${name}`)).at(-1));
        await instance.kill();
        meanwhile?.();
        for (let life = 0; life < 8; life += 1) {
          instance.launch();
          await pause(usual * (0.5 + life * 0.15));
          await instance.kill();
        }
        await instance.start();
        await published(name);
        await eventually(`apt to know ${name}`, 60, async () =>
          (await apt.apt('policy', name)).includes(version) ? true : undefined,
        );
      });
    }

    it('has installed everything exactly once, and says rightly up to where apt sees it', async () => {
      const installed = await instance.recorded('type=PackageInstalled');
      const names = installed.map(({ body }) => body.source);
      assert.deepEqual(
        [...names].sort(),
        ['buildsucceeded', 'packageinstalled', 'build', 'helper', 'stopped', 'upload']
          .map((name) => `restart-${name}`)
          .sort(),
      );
      const [last] = (await instance.recorded('type=RepositoryPublished')).slice(-1);
      assert.equal(last?.body.upTo, installed.at(-1)?.id);
    });

    it('never showed a mismatch to an apt that looked on all the time', async () => {
      await watch.stop();
      assert.deepEqual(watch.seen.faults, []);
      assert.ok(watch.seen.updates > 10, `${watch.seen.updates} updates`);
    });
  });
};

const logIn = async ({ ftpPort }: Instance): Promise<Dialogue> => {
  const client = await dial(ftpPort);
  for (const line of ['USER anonymous', 'PASS test@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
  return client;
};
