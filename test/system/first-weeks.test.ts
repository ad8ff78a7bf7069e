import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clientApt, privateApt } from './support/client-apt.ts';
import { dput, type Instance, startInstance } from './support/instance.ts';
import { attempt, eventually, type Ran, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

const toolProgram = join(import.meta.dirname, '../../src/cli/mini-buildd-tool.ts');

/** What a repository manager does in the first weeks, through the tool and HTTP alone; apt looks at each step. */
describe('the life of a repository', () => {
  let instance: Instance;
  let codename: string;
  /** What versions in `unstable` end in: `~test12+1`. */
  let suffix: string;
  let password: string;
  const suite = (name: string): string => `${codename}-test-${name}`;

  before(async () => {
    instance = await startInstance();
    await instance.stop();
    const { out, err } = await instance.verb(['user', 'add', 'admin', '--role', 'admin']);
    password = /has the password (\S+)/.exec(out)?.[1] ?? '';
    assert.notEqual(password, '', err);
    await instance.start();
    const rows = await instance.json<readonly { distribution: string; defaultVersion: string }[]>('distributions');
    const unstable = rows.find(({ distribution }) => distribution.endsWith('-test-unstable'));
    codename = unstable?.distribution.split('-')[0] ?? '';
    suffix = unstable?.defaultVersion ?? '';
  });
  after(() => instance.remove());

  /** As the administrator; what cannot be undone is confirmed. */
  const admin = (...words: string[]): Promise<Ran> => {
    const [name = ''] = words;
    const confirm = confirmed.has(name) ? ['--confirm', name] : [];
    return attempt(process.execPath, [toolProgram, `admin@${instance.http}`, ...words, ...confirm], {
      env: { MINI_BUILDD_PASSWORD: password },
    });
  };
  const done = async (...words: string[]): Promise<string> => {
    const { code, out, err } = await admin(...words);
    assert.equal(code, 0, `${words.join(' ')}: ${out}${err}`);
    return out;
  };

  const upload = async (name: string, version: string, more: Parameters<typeof makeSource>[1] | object = {}) => {
    const changes = await makeSource(instance.folder, { name, version, distribution: suite('unstable'), ...more });
    await dput(instance, changes);
    const digest = (await run('sha256sum', [changes])).split(' ')[0] ?? '';
    return admin('uploads', '--changes', digest, '--wait');
  };

  /** What apt would install of a package from a distribution, or undefined. */
  const candidate = async (distribution: string, name: string): Promise<string | undefined> => {
    const { apt } = await clientApt(instance, distribution);
    await apt('update');
    const found = /Candidate: (\S+)/.exec(await apt('policy', name))?.[1];
    return found === '(none)' ? undefined : found;
  };

  it('is up, and says how to use it', async () => {
    assert.match(await done('status'), /^Daemon: UP/m);
    assert.match(await done('whoami'), /admin/);
    assert.match(await done('getdputconf'), /^\[mini-buildd-/);
    assert.match(await done('getsourceslist', codename, '--suite', 'stable'), new RegExp(` ${suite('stable')} `));
  });

  it('migrates an upload to testing and to stable', async () => {
    const v1 = `1.0${suffix}`;
    assert.equal((await upload('life', v1)).code, 0);
    assert.equal(await candidate(suite('unstable'), 'life'), v1);
    await done('migrate', 'life', suite('unstable'), '--wait');
    assert.equal(await candidate(suite('testing'), 'life'), v1);
    assert.equal(await candidate(suite('stable'), 'life'), undefined);
    await done('migrate', 'life', suite('testing'), '--wait');
    assert.equal(await candidate(suite('stable'), 'life'), v1);
    const again = await admin('migrate', 'life', suite('testing'));
    assert.equal(again.code, 1);
    assert.match(again.err, /already-there/);
  });

  it('keeps what was there before within reach', async () => {
    const v2 = `2.0${suffix}`;
    assert.equal((await upload('life', v2)).code, 0);
    assert.equal(await candidate(suite('unstable'), 'life'), v2);
    assert.equal(await candidate(`${suite('unstable')}-rollback0`, 'life'), `1.0${suffix}`);
    await done('migrate', 'life', suite('unstable'), '--full', '--wait');
    assert.equal(await candidate(suite('stable'), 'life'), v2);
    await done('restore', 'life', `${suite('stable')}-rollback0`, '--wait');
    assert.equal(await candidate(suite('stable'), 'life'), `1.0${suffix}`);
  });

  it('removes and brings back', async () => {
    await done('remove', 'life', suite('testing'), '--wait');
    assert.equal(await candidate(suite('testing'), 'life'), undefined);
    assert.equal(await candidate(`${suite('testing')}-rollback0`, 'life'), `2.0${suffix}`);
    await done('migrate', 'life', `${suite('testing')}-rollback0`, '--wait');
    assert.equal(await candidate(suite('testing'), 'life'), `2.0${suffix}`);
  });

  it('serves every past state', async () => {
    const [first] = (await instance.recorded('type=RepositoryPublished&package=life')).filter(Boolean);
    const published = await instance.recorded('type=RepositoryPublished');
    const then = published.find(({ body }) => holdsLife(body)) ?? first;
    assert.ok(then !== undefined);
    const stanza = `Types: deb\nURIs: http://${instance.http}/snapshots/test/${then.id}/\nSuites: ${suite('unstable')}\nComponents: main\nSigned-By: key\n`;
    const { apt } = await privateApt(
      join(instance.folder, 'apt-snapshot'),
      stanza,
      (await instance.tool('getkey')).out,
    );
    await apt('update');
    assert.match(await apt('policy', 'life'), /Candidate: 1\.0/);
    await apt('download', 'life');
  });

  const holdsLife = (body: object): boolean =>
    'releases' in body &&
    JSON.stringify(body.releases).includes(suite('unstable')) &&
    'upTo' in body &&
    body.upTo !== null;

  it('retries what failed, once its surroundings are right', async () => {
    const version = `1.0${suffix}`;
    const build = 'case " $$DEB_BUILD_OPTIONS " in *" nocheck "*) ;; *) echo not yet; false;; esac';
    assert.equal((await upload('life-retry', version, { build })).code, 1);
    await done('apply', `distributions:\n  ${codename}:\n    build:\n      debBuildOptions: [nocheck]\n`);
    await done('retry', 'life-retry', version, '--wait');
    assert.equal(await candidate(suite('unstable'), 'life-retry'), version);
  });

  it('cancels what builds', async () => {
    const version = `1.0${suffix}`;
    const changes = await makeSource(instance.folder, {
      name: 'life-cancel',
      version,
      distribution: suite('unstable'),
      build: 'sleep 600',
    });
    await dput(instance, changes);
    await eventually('the build to run', 120, async () =>
      (await instance.uploads()).some(
        ({ source, builds }) => source === 'life-cancel' && builds.some(({ status }) => status === 'building'),
      )
        ? true
        : undefined,
    );
    const [row] = (await instance.uploads()).filter(({ source }) => source === 'life-cancel');
    await done('cancel', row?.upload ?? '');
    await instance.reaches('life-cancel', version, 'failed');
    assert.match(await done('why', 'life-cancel'), /cancel/);
  });

  it('ports within the repository, and from Debian', async () => {
    const [rebuilt] = [await admin('port', 'life', suite('unstable'), suite('unstable'), '--wait')];
    assert.equal(rebuilt?.code, 0, rebuilt?.err);
    assert.match((await candidate(suite('unstable'), 'life')) ?? '', /\+rebuilt\d{14}$/);

    const dsc = await dscOfDebian('hello');
    await done('apply', `instance:\n  portextFrom: ["${new URL('.', dsc)}"]\n`);
    const ported = await admin('portext', dsc, suite('unstable'), '--wait');
    assert.equal(ported.code, 0, ported.err);
    assert.match((await candidate(suite('unstable'), 'hello')) ?? '', new RegExp(`${suffix.replaceAll('+', '\\+')}$`));
  });

  it('hands out its key and its sources as a package, and tries itself with packages of its own', async () => {
    await done('keyringpackages', '--wait');
    const identity = /^\[mini-buildd-(\S+)\]/.exec(await done('getdputconf'))?.[1];
    assert.match((await candidate(suite('stable'), `${identity}-archive-keyring`)) ?? '', /^\d{14}~test/);

    const tried = await admin('testpackages', '--wait');
    assert.equal(tried.code, 1, 'one of them fails on purpose');
    assert.notEqual(await candidate(suite('experimental'), 'mbd-test-archall'), undefined);
    assert.notEqual(await candidate(suite('experimental'), 'mbd-test-cpp'), undefined);
    assert.equal(await candidate(suite('experimental'), 'mbd-test-ftbfs'), undefined);
  });

  it('tells all of it afterwards', async () => {
    const story = await done('history', 'life');
    for (const type of ['UploadReceived', 'PackageInstalled', 'PackageMigrated', 'PackageRemoved', 'PackageRestored']) {
      assert.match(story, new RegExp(type));
    }
  });
});

/** Where the machine's own mirror has the source of a package that was never rebuilt: beside its binary package. */
const dscOfDebian = async (name: string): Promise<string> => {
  const line = await run('apt-get', ['--print-uris', 'download', name]);
  const [, deb = '', base = ''] = /^'((\S*\/)\S+)'/.exec(line) ?? [];
  const version = decodeURIComponent(deb).split('_')[1]?.replace(/^\d+:/, '');
  return `${base}${name}_${version}.dsc`;
};

const confirmed: ReadonlySet<string> = new Set([
  ...['migrate', 'remove', 'restore', 'retry', 'cancel', 'port', 'portext', 'keyringpackages', 'testpackages', 'apply'],
]);
