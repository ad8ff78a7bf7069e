import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { checkDaemon } from '../../src/cli/check-daemon.ts';
import { atWork, basic } from '../support/accounts-at-work.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { freePort } from '../system/support/programs.ts';

const check = async (url: string, later = 0, timeoutSeconds = 10) => {
  let said = '';
  const out = (text: string): void => {
    said += text;
  };
  const code = await checkDaemon({ url: () => url, waitingHours: 6, timeoutSeconds }, out, () => Date.now() + later);
  return { code, said };
};

/** Somebody else at the address. */
const other = async (test: TestContext, status: number, body: string): Promise<string> => {
  const server = createServer((_, answer) => void answer.writeHead(status).end(body));
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  test.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('mini-buildd check', () => {
  it('finds a daemon without concerns to be OK, with figures', async (test) => {
    const { url } = await atWork(test);
    assert.deepEqual(await check(`${url}/`), {
      code: 0,
      said: 'MINI-BUILDD OK: 0 building, 0 waiting | building=0 waiting=0 oldest=0s;21600 load=0\n',
    });
  });

  it('warns of a daemon that was stopped, with what to do', async (test) => {
    const { url, run } = await atWork(test);
    await run('stop', { reason: 'the power plant is being serviced', confirm: 'stop' }, basic('adam'));
    const { code, said } = await check(url);
    assert.equal(code, 1);
    assert.match(said, /^MINI-BUILDD WARNING: the daemon was stopped: it begins no builds \| building=0/);
    assert.match(said, /\nwarning: .* \(mini-buildd-tool USER@HOST start\)\n$/);
  });

  it('is alarmed by what apt does not see, before it tells of what is less', async (test) => {
    const { url, on, daemon, run } = await atWork(test);
    on.archive.fail(100, 'reprepro: no space | left on device');
    await daemon.uploads(sourceUpload());
    await daemon.until(({ publications }) => [...publications.values()].some(({ failure }) => failure !== undefined));
    await run('stop', { reason: 'to look', confirm: 'stop' }, basic('adam'));
    const { code, said } = await check(url);
    assert.equal(code, 2);
    const [first = '', second = '', third = ''] = said.split('\n');
    assert.match(first, /^MINI-BUILDD CRITICAL: \w+: reprepro: no space \/ left on device \(and 1 more\) \| /);
    assert.match(second, /^critical: /);
    assert.match(third, /^warning: the daemon was stopped/);
    assert.equal(said.split('|').length, 2);
  });

  it('warns of a build that waits too long for a builder', async (test) => {
    const { url, daemon, run } = await atWork(test);
    await run('stop', { reason: 'a long weekend', confirm: 'stop' }, basic('adam'));
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    assert.doesNotMatch((await check(url, -1e12)).said, /waits for more/);
    assert.match(
      (await check(url, 1e12)).said,
      /\nwarning: hello \S+ waits for more than 6 h to be built on amd64: the engine is stopped \(/,
    );
  });

  it('is alarmed when nobody answers, or not in time', async (test) => {
    const nobody = await check(`http://127.0.0.1:${await freePort()}`);
    assert.equal(nobody.code, 2);
    assert.match(
      nobody.said,
      /^MINI-BUILDD CRITICAL: the daemon cannot be asked: connect ECONNREFUSED 127\.0\.0\.1:\d+\n$/,
    );
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => void silent.listen(0, '127.0.0.1', listening));
    test.after(() => silent.closeAllConnections());
    test.after(() => void silent.close());
    const { code, said } = await check(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, 0, 0.2);
    assert.equal(code, 2);
    assert.match(said, /timeout/);
  });

  it('does not know what to think where no daemon was asked, and says so where monitors look', async () => {
    for (const url of ['foo', '', 'buildd.example.org:8066', 'ftp://buildd.example.org', 'https://', '//x'])
      assert.deepEqual(await check(url), {
        code: 3,
        said: `MINI-BUILDD UNKNOWN: "${url}" is no address: give one such as https://buildd.example.org\n`,
      });
    const run = (args: readonly string[], env = {}) => {
      const program = join(import.meta.dirname, '../../src/cli/mini-buildd.ts');
      const { status, stdout } = spawnSync(process.execPath, [program, 'check', ...args], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      return { status, stdout };
    };
    assert.deepEqual(run(['--waiting', 'long']), {
      status: 3,
      stdout:
        "MINI-BUILDD UNKNOWN: option '--waiting <hours>' argument 'long' is invalid. It is a number above 0, 8760 at most.\n",
    });
    assert.deepEqual(run(['--uri', 'foo']), {
      status: 3,
      stdout: "MINI-BUILDD UNKNOWN: unknown option '--uri' (Did you mean --url?)\n",
    });
    assert.deepEqual(run([], { MINI_BUILDD_HTTP: 'nowhere' }), {
      status: 3,
      stdout: 'MINI-BUILDD UNKNOWN: MINI_BUILDD_HTTP is HOST:PORT, not "nowhere"\n',
    });
  });

  it('does not know what to think of who is no mini-buildd', async (test) => {
    for (const body of ['<html>', '{}', '[]', '{"concerns":1}']) {
      const { code, said } = await check(await other(test, 200, body));
      assert.equal(code, 3);
      assert.match(said, /^MINI-BUILDD UNKNOWN: .* look at the address\n$/);
    }
    assert.equal((await check(await other(test, 503, ''))).code, 2);
    const starting = await other(test, 503, '{"detail":"its log is read: 50000 events | so far"}');
    assert.match((await check(starting)).said, / answers 503: its log is read: 50000 events \/ so far\n$/);
    for (const detail of ['7', '{"detail":7}', '{"detail":null}', '<html>'])
      assert.match((await check(await other(test, 503, detail))).said, / answers 503\n$/);
  });
});
