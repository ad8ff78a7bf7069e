import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { checkDaemon } from '../../src/cli/check-daemon.ts';
import { settingsFrom } from '../../src/settings.ts';
import { dial } from '../adapters/ftp/dialogue.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type ClientApt, privateApt } from './support/client-apt.ts';
import { eventually, freePort, run } from './support/programs.ts';
import { setUpQuick, sourceUpload } from './support/quick-daemon.ts';

const distribution = 'trixie-test-unstable';
const source = 'clock-sample';
const aYear = 365 * 86_400;
const authorization = `Basic ${Buffer.from('adam:the password of adam').toString('base64')}`;

/*
 * A daemon in a process of its own, with real log, keys, reprepro, FTP and HTTP, whose wall clock is set by libfaketime, while its monotonic one goes on as it does when somebody sets
 * the clock of a machine. This process and its apt have the right time.
 */
describe('a daemon whose clock is set while it runs', () => {
  let folder: string;
  let home: string;
  let env: NodeJS.ProcessEnv;
  let url: string;
  let ftp: number;
  let child: ChildProcess;
  let client: ClientApt;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-clock-'));
    home = join(folder, 'home');
    const [http, ftpPort] = [await freePort(), await freePort()];
    [url, ftp] = [`http://127.0.0.1:${http}`, ftpPort];
    env = {
      PATH: process.env.PATH,
      MINI_BUILDD_HOME: home,
      MINI_BUILDD_HOSTNAME: '127.0.0.1',
      MINI_BUILDD_HTTP: `127.0.0.1:${http}`,
      MINI_BUILDD_FTP: `127.0.0.1:${ftp}`,
      MINI_BUILDD_SMTP: 'none',
    };
    const settings = settingsFrom(env);
    const log = await openEmbeddedLog(join(home, 'log'));
    await setUpQuick(settings, log);
    await log.close();
    await clockIsAhead(0);
    await start();
    const sources = await ask('getsourceslist?codename=trixie&suite=unstable&form=deb822');
    client = await privateApt(join(folder, 'apt'), sources, await ask('getkey'));
  });
  after(async () => {
    child?.kill('SIGKILL');
    await removeFolder(folder);
  });

  /** Somebody sets the clock of the daemon to so many seconds more, or less, than it is. */
  const clockIsAhead = (seconds: number): Promise<void> =>
    writeFile(join(folder, 'clock'), `${seconds < 0 ? '' : '+'}${seconds}\n`);
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [join(import.meta.dirname, 'support', 'quick-serve.ts')], {
      env: {
        ...env,
        LD_PRELOAD: (await run('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketimeMT.so.1'])).trim(),
        FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await eventually('the daemon to be ready', 120, async () => {
      assert.equal(child.exitCode, null);
      const answer = await fetch(`${url}/readyz`).catch(() => undefined);
      return answer?.ok === true ? true : undefined;
    });
  };
  const restart = async (): Promise<void> => {
    child.kill('SIGTERM');
    await eventually('the daemon to end', 60, () => child.exitCode ?? undefined);
    await start();
  };
  const ask = async (command: string): Promise<string> =>
    (await fetch(`${url}/mini_buildd/api/${command}${command.includes('?') ? '&' : '?'}output=plain`)).text();
  const administer = async (command: string, given: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await fetch(`${url}/mini_buildd/api/${command}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization,
      },
      body: JSON.stringify(given),
    });
    assert.ok(answer.ok, await answer.text());
  };
  const upload = async (version: string): Promise<void> => {
    const wanted = { source, version: `${version}~test13+1`, distribution };
    const dialogue = await dial(ftp);
    for (const line of ['USER anonymous', 'PASS test@example.org', 'CWD /incoming', 'TYPE I']) await dialogue.say(line);
    for (const path of await sourceUpload(join(folder, 'uploads'), wanted))
      assert.match(await dialogue.store(basename(path), await readFile(path)), /^226/);
    await dialogue.say('QUIT');
    await eventually(`${version} to be published`, 120, async () => (await packages()).includes(version) || undefined);
  };
  const inTree = (name: string): Promise<string> =>
    readFile(join(home, 'repositories/test/published/dists', distribution, name), 'utf8').catch(() => '');
  const packages = async (): Promise<string> =>
    inTree(`main/binary-${(await run('dpkg', ['--print-architecture'])).trim()}/Packages`);
  /** How far what machines see is dated ahead of the right time. Seconds. */
  const datedAhead = async (): Promise<number> =>
    (Date.parse(/^Date: (.*)$/m.exec(await inTree('InRelease'))?.[1] ?? '') - Date.now()) / 1000;

  /** On a machine whose clock is right. */
  const aptSees = async (version: string): Promise<void> => {
    await client.apt('-q', '-o', 'APT::Update::Error-Mode=any', 'update');
    assert.match(await client.apt('policy', source), new RegExp(`Candidate: ${version.replace('.', '\\.')}~`));
  };
  const checked = async (): Promise<{ readonly code: number; readonly said: string }> => {
    let said = '';
    const options = { url: () => url, waitingHours: 6, timeoutSeconds: 30 };
    const code = await checkDaemon(options, (text) => {
      said += text;
    });
    return { code, said };
  };
  /** Page, check and figures, all three. */
  const isSaid = (words: RegExp): Promise<true> =>
    eventually(`${words} to be said`, 60, async () => {
      await pause(500); // More often nobody may ask.
      const page = await (await fetch(`${url}/mini_buildd/`, { headers: { authorization } })).text();
      const { code, said } = await checked();
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const isAll =
        words.test(page) &&
        words.test(said) &&
        code === 1 &&
        /^mini_buildd_concerns\{severity="warning"\} [1-9]/m.test(metrics);
      return isAll ? true : undefined;
    });

  it('a year ahead and back: what apt did not take is dated anew, and no file went', async () => {
    await administer('retention', { repository: 'test', versions: '0', days: '30' });
    await upload('1.0');
    await upload('2.0');
    await administer('remove', { package: source, distribution: `${distribution}-rollback0`, confirm: 'remove' });
    await aptSees('2.0');
    const files = (await readdir(join(home, 'files'), { recursive: true })).length;

    await clockIsAhead(aYear);
    await isSaid(/went ahead by 365 days/);
    await upload('3.0');
    assert.ok((await datedAhead()) > aYear - 600);
    await assert.rejects(aptSees('3.0'), /not valid yet/);
    await restart();
    await isSaid(/went ahead by 365 days/);

    await clockIsAhead(0);
    await eventually('what is published to be dated anew', 120, async () => (await datedAhead()) <= 0 || undefined);
    await aptSees('3.0');
    await upload('4.0');
    await aptSees('4.0');
    assert.ok((await readdir(join(home, 'files'), { recursive: true })).length > files);
    await eventually('nothing to be said of the clock any more', 60, async () =>
      /clock|still to come/.test((await checked()).said) ? undefined : true,
    );
  });

  it('a year back: apt sees what is published all the same, and goes on when it is put right', async () => {
    await clockIsAhead(-aYear);
    await isSaid(/still to come by the clock of this machine/);
    await upload('5.0');
    await aptSees('5.0');
    await restart();
    await isSaid(/still to come by the clock of this machine/);
    await upload('6.0');
    await aptSees('6.0');

    await clockIsAhead(0);
    await upload('7.0');
    await aptSees('7.0');
    assert.ok((await datedAhead()) <= 0);
    await eventually('nothing to be said of the clock any more', 60, async () =>
      /clock|still to come/.test((await checked()).said) ? undefined : true,
    );
  });
});
