import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { asks } from '../support/asks.ts';
import { acmeConfigured, distribution, hello, hello3, source, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, type Machine, machine } from '../support/in-memory-daemon.ts';
import { installedBefore } from '../support/installed.ts';

const testing = distribution('trixie-acme-testing');
const staff: Caller = { actor: { kind: 'account', name: '5f0c2a9be1d47836' }, privilege: 'staff', shown: 'session' };

/** hello needs greet, and both are in unstable only. */
const needy = async (test: TestContext): Promise<Daemon & Pick<Machine, 'installability'>> => {
  const on = await machine(test);
  await installedBefore(on, hello, hello3, unstable);
  await installedBefore(on, source('greet'), version('1.0-1~acme13+1'), unstable);
  const packages = on.archive.packages;
  Object.assign(on.archive, {
    packages: async (...asked: Parameters<typeof packages>) =>
      new Map(
        [...(await packages(...asked))].map(([architecture, text]) => [
          architecture,
          Buffer.from(text.toString('latin1').replace('Package: hello\n', 'Package: hello\nDepends: greet, libc6\n')),
        ]),
      ),
  });
  return { ...(await boot(on)), installability: on.installability };
};

const migrate = async (daemon: Daemon, packages: string, more: Readonly<Record<string, string>> = {}) => {
  const answer = await daemon.engine.api.run('migrate', { package: packages, distribution: unstable, ...more }, staff);
  return isLeft(answer) ? answer.left.map(({ rule, fact }) => `${rule}: ${fact}`).join() : answer.right.plain;
};

const isThere = ({ world }: Daemon): boolean =>
  world.contents.shelves.get(testing)?.slots.get(hello)?.present !== undefined;

describe('A migration that leaves a package uninstallable', () => {
  it('is done, and said, when it shall warn', async (test) => {
    const daemon = await needy(test);
    const said = await migrate(daemon, 'hello', { installability: 'warn' });
    assert.match(said, /trixie-acme-testing on amd64: hello .* could not be installed any more: greet is nowhere/);
    assert.ok(isThere(daemon));
  });

  it('is refused when it shall refuse, by a dry run, too', async (test) => {
    const daemon = await needy(test);
    assert.match(await migrate(daemon, 'hello', { installability: 'refuse' }), /^uninstallable: .*greet is nowhere/);
    const rehearsed = await migrate(daemon, 'hello', { installability: 'refuse', 'dry-run': 'true' });
    assert.match(rehearsed, /^uninstallable: .*greet is nowhere/);
    assert.ok(!isThere(daemon));
  });

  it('is refused when the repository says so, and not when the command says otherwise', async (test) => {
    const daemon = await needy(test);
    await daemon.configure({ ...acmeConfigured, installability: 'refuse' });
    assert.match(await migrate(daemon, 'hello'), /^uninstallable/);
    assert.doesNotMatch(await migrate(daemon, 'hello', { installability: 'off' }), /greet/);
    assert.ok(isThere(daemon));
  });

  it('is shown by plan to whoever has logged in, and nobody changes anything', async (test) => {
    const daemon = await needy(test);
    const plan = (installability: string, privilege: 'none' | 'login') =>
      asks(daemon, 'plan', { command: 'migrate', package: 'hello', distribution: unstable, installability }, privilege);
    assert.match(
      (await plan('warn', 'login')).plain ?? '',
      /hello .* could not be installed any more: greet is nowhere/,
    );
    assert.match((await plan('refuse', 'login')).plain ?? '', /greet is nowhere/);
    assert.deepEqual((await plan('warn', 'none')).refused, ['needs-login']);
    await daemon.configure({ ...acmeConfigured, installability: 'refuse' });
    assert.match((await plan('configured', 'login')).plain ?? '', /greet is nowhere/);
    assert.doesNotMatch((await plan('configured', 'none')).plain ?? 'greet', /greet/);
    assert.ok(!isThere(daemon));
  });

  it('is refused also when what it needs goes while it is looked at', async (test) => {
    const daemon = await needy(test);
    await migrate(daemon, 'greet');
    const packages = daemon.installability.examine;
    let looks = 0;
    Object.assign(daemon.installability, {
      examine: async (...asked: Parameters<typeof packages>) => {
        const found = await packages(...asked);
        looks += 1;
        if (looks === 1) await asks(daemon, 'remove', { package: 'greet', distribution: testing });
        return found;
      },
    });
    assert.match(await migrate(daemon, 'hello', { installability: 'refuse' }), /^uninstallable: .*greet is nowhere/);
    assert.ok(!isThere(daemon));
  });

  it('is done together with what it needs', async (test) => {
    const daemon = await needy(test);
    assert.doesNotMatch(await migrate(daemon, 'hello,greet', { installability: 'refuse' }), /uninstallable|nowhere/);
    assert.ok(isThere(daemon));
  });

  it('is not to blame for what was so before', async (test) => {
    const daemon = await needy(test);
    await migrate(daemon, 'hello', { installability: 'off' });
    const said = await daemon.engine.api.run(
      'restore',
      { package: 'hello', distribution: unstable, version: hello3, installability: 'refuse' },
      staff,
    );
    assert.ok(isLeft(said) && said.left[0]?.rule === 'already-there');
    assert.doesNotMatch(await migrate(daemon, 'greet', { installability: 'refuse' }), /uninstallable|nowhere/);
  });

  it('is not asked about by default', async (test) => {
    const daemon = await needy(test);
    assert.doesNotMatch(await migrate(daemon, 'hello'), /greet/);
  });
});
