import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { HttpParts } from '../../../src/adapters/http/http-server.ts';
import { access } from '../../../src/app/accounts/access.ts';
import { type Surroundings, tool } from '../../../src/cli/tool/tool.ts';
import { anonymous } from '../../../src/domain/account/caller.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { Access } from '../../../src/ports/access.ts';
import type { Api } from '../../../src/ports/api.ts';
import { noAccounts } from '../../../src/projections/accounts.ts';
import { apiOf, commandRow, serve } from '../../adapters/http/served.ts';
import { memoryDesktopKeyring } from '../../support/memory-desktop-keyring.ts';
import { memoryPeople } from '../../support/memory-people.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const noSecrets: Surroundings['secrets'] = {
  password: undefined,
  token: undefined,
  keyring: memoryDesktopKeyring(),
  netrc: '/nonexistent/.netrc',
  ask: undefined,
};

const word = {
  codec: t.string as t.Type<unknown, string, unknown>,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary: '',
};

/** Lets everybody in with any password, and may do nothing for them. */
const everybody: Access = {
  ...access(noAccounts(), memoryPeople(Date.now), Date.now),
  byPassword: async () => right(anonymous),
};

/** Runs the tool with the words of `line`; `HOST` stands for the instance's address. */
const atTerminal = async (test: TestContext, more: Partial<Surroundings> = {}, parts: Partial<HttpParts> = {}) => {
  const server = await serve(test, parts);
  const said = { out: '', err: '' };
  const run = async (line: string) => {
    said.out = '';
    said.err = '';
    const words = line
      .split(' ')
      .filter(Boolean)
      .map((word) => word.replace('HOST', `127.0.0.1:${server.port}`));
    const code = await tool(words, {
      fetch,
      dputConfigurations: [],
      secrets: noSecrets,
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      ask: undefined,
      readText: (file) => readFile(file, 'utf8'),
      line: undefined,
      columns: 100,
      pause: async () => undefined,
      ...more,
    });
    return { code, ...said };
  };
  return { ...server, run };
};

describe('mini-buildd-tool', () => {
  it('asks an instance and prints its answer', async (test) => {
    const { run, api } = await atTerminal(test);
    assert.deepEqual(await run('HOST show hello'), { code: 0, out: 'show hello\n', err: '' });
    assert.deepEqual(api.ran, [{ command: 'show', given: { package: 'hello' } }]);
  });

  for (const line of ['HOST show hello --json', '--json HOST show hello', 'HOST show --json hello']) {
    it(`prints JSON for ${line}`, async (test) => {
      const { run } = await atTerminal(test);
      const { code, out } = await run(line);
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(out), { command: 'show', given: { package: 'hello' } });
    });
  }

  for (const line of ['HOST show hello --with-rollbacks', 'HOST show -r hello', 'HOST show --with-rollbacks hello']) {
    it(`has the options that the instance has: ${line}`, async (test) => {
      const { run, api } = await atTerminal(test);
      assert.equal((await run(line)).code, 0);
      assert.deepEqual(api.ran[0]?.given, { package: 'hello', 'with-rollbacks': 'true' });
    });
  }

  it('reads texts of several lines from files', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-tool-'));
    test.after(() => removeFolder(folder));
    await writeFile(join(folder, 'acme.yaml'), 'layouts: {}\nchroots: {}\n');
    const given: unknown[] = [];
    const api: Api = {
      ...apiOf([]),
      commands: [commandRow('apply', { arguments: [{ ...word, name: 'configuration', multiline: true }] })],
      run: async (_, { configuration }) => {
        given.push(configuration);
        return right({ json: {}, plain: '' });
      },
    };
    const { run } = await atTerminal(test, {}, { api });
    assert.equal((await run(`HOST apply @${folder}/acme.yaml`)).code, 0);
    assert.equal((await run('HOST apply {}')).code, 0);
    assert.deepEqual(given, ['layouts: {}\nchroots: {}\n', '{}']);
    const missing = await run(`HOST apply @${folder}/other.yaml`);
    assert.deepEqual([missing.code, /ENOENT/.test(missing.err)], [2, true]);
  });

  it('explains itself, the commands of an instance, and each of them', async (test) => {
    const { run } = await atTerminal(test);
    assert.match((await run('--help')).out, /Usage: mini-buildd-tool .*<host>/);
    assert.match((await run('HOST --help')).out, /cancel .*Does cancel/);
    const help = await run('HOST show --help');
    assert.equal(help.code, 0);
    assert.match(help.out, /<package>/);
    assert.match(help.out, /-r, --with-rollbacks +Rollbacks too/);
  });

  const usage = [
    ['', /missing required argument 'host'/],
    ['HOST', /Commands of acme/],
    ['HOST shwo hello', /unknown command 'shwo'\n\(Did you mean show\?\)/],
    ['HOST show', /missing required argument 'package'/],
    ['HOST show hello --with-rolbacks', /Did you mean --with-rollbacks/],
    ['HOST show hello world', /too many arguments/],
    ['-P gopher HOST show hello', /Allowed choices are http, https/],
    ['a/b status', /"a\/b" is no host/],
    ['host:99999 status', /is no host/],
    ['127.0.0.1:2 status', /http:\/\/127\.0\.0\.1:2 does not answer: .*ECONNREFUSED/],
    ['HOST remove hello', /needs-confirmation/],
  ] as const;
  for (const [line, said] of usage) {
    it(`ends with 2 for "${line}" and says why`, async (test) => {
      const { run } = await atTerminal(test);
      const { code, err, out } = await run(line);
      assert.match(err, said);
      assert.deepEqual({ code, out }, { code: 2, out: '' });
    });
  }

  it('ends with 1 when the instance refuses, telling rule, fact and remedy', async (test) => {
    const { run } = await atTerminal(test);
    assert.deepEqual(await run('HOST show missing'), {
      code: 1,
      out: '',
      err: 'E: no-package: no distribution has it (look with list)\n',
    });
    assert.deepEqual((await run('HOST stop')).code, 1);
  });

  it('asks before what cannot be undone', async (test) => {
    const answers = ['cancel', 'remove'];
    const { run, api } = await atTerminal(test, { ask: async () => answers.shift() ?? '' });
    assert.equal((await run('HOST remove hello')).code, 2);
    assert.equal((await run('HOST remove hello')).code, 0);
    assert.equal((await run('HOST remove hello --confirm remove')).code, 0);
    assert.equal(api.ran.length, 2);
  });

  it('asks nothing before what only looks, or says what would happen', async (test) => {
    const ask = async () => assert.fail('it asked');
    const keys = commandRow('archivekey', {
      changes: true,
      needsConfirmation: true,
      arguments: [
        { ...word, name: 'action', words: ['list', 'new'], looks: ['list'] },
        { ...word, name: 'dry-run', positional: false, fallback: 'false' },
      ],
    });
    const api: Api = { ...apiOf([]), commands: [keys], run: async () => right({ json: {}, plain: 'so it is\n' }) };
    const { run } = await atTerminal(test, { ask }, { api });
    assert.deepEqual(await run('HOST archivekey list'), { code: 0, out: 'so it is\n', err: '' });
    assert.deepEqual(await run('HOST archivekey new --dry-run'), { code: 0, out: 'so it is\n', err: '' });
    await assert.rejects(run('HOST archivekey new'), /it asked/);
  });

  it('says when it knows no password of the user', async (test) => {
    const { run } = await atTerminal(test);
    const { code, err } = await run('admin@HOST status');
    assert.equal(code, 0);
    assert.match(err, /^W: no password for "admin" in MINI_BUILDD_PASSWORD, .*netrc; going on without/);
  });

  /** Somebody at a desktop, who answers in turn. Nobody has an account: the instance of the test lets no password in. */
  const atDesktop = (...answers: string[]) => {
    const keyring = memoryDesktopKeyring();
    const secrets = { ...noSecrets, keyring, ask: async () => 'typed' };
    return { keyring, secrets, ask: async () => answers.shift() ?? '' };
  };

  for (const [answer, kept] of [
    ['y', ['jane@HOST']],
    ['n', []],
    ['always', ['save-policy', 'jane@HOST']],
    ['v', ['save-policy']],
    ['', []],
  ] as const) {
    it(`keeps a password that was typed when told "${answer}": ${kept.length} secrets`, async (test) => {
      const { keyring, ...surroundings } = atDesktop(answer);
      const { run, port } = await atTerminal(test, surroundings, { access: everybody });
      assert.equal((await run('jane@HOST status')).code, 0);
      assert.deepEqual(
        [...keyring.kept.keys()],
        kept.map((name) => name.replace('HOST', `127.0.0.1:${port}`)),
      );
    });
  }

  it('remembers "always" until it is told to ask again', async (test) => {
    const { keyring, ...surroundings } = atDesktop('a', 'n');
    const { run, port } = await atTerminal(test, surroundings, { access: everybody });
    await run('jane@HOST status');
    await run('joe@HOST status');
    assert.equal(keyring.kept.get(`joe@127.0.0.1:${port}`), 'typed');
    assert.equal((await run('-R anna@HOST status')).code, 0);
    assert.equal(keyring.kept.has(`anna@127.0.0.1:${port}`), false);
  });

  it('keeps no password that lets nobody in', async (test) => {
    const { keyring, ...surroundings } = atDesktop('y');
    const { run } = await atTerminal(test, surroundings);
    assert.equal((await run('jane@HOST status')).code, 1);
    assert.equal(keyring.kept.size, 0);
  });

  it('knows hosts by the names that dput has for them', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-tool-'));
    test.after(() => removeFolder(folder));
    const configuration = join(folder, 'dput.cf');
    const { run, port } = await atTerminal(test, { dputConfigurations: [join(folder, 'none.cf'), configuration] });
    await writeFile(
      configuration,
      `[other]\nfqdn = x\n\n[mini-buildd-acme]\nfqdn = x:8067\nx_mini_buildd_host = 127.0.0.1:${port}\n`,
    );
    assert.equal((await run('mini-buildd-acme status')).code, 0);
    assert.equal((await run('acme status')).code, 0);
  });

  const strangers = [
    ['text', 'text/plain', 'hello'],
    ['JSON of another kind', 'application/json', '{"commands":[{}]}'],
    [
      'a table that plays tricks',
      'application/json',
      '{"instance":"x","authentication":[],"commands":[{"name":"--help","summary":"","privilege":"none","needsConfirmation":false,"arguments":[]}]}',
    ],
  ] as const;
  for (const [what, type, body] of strangers) {
    it(`ends with 2 when it is answered ${what}`, async (test) => {
      const { run } = await atTerminal(test);
      const other = createServer((_req, res) => void res.setHeader('Content-Type', type).end(body)).listen(
        0,
        '127.0.0.1',
      );
      test.after(() => other.close());
      await new Promise((resolve) => other.once('listening', resolve));
      const { code, err } = await run(`127.0.0.1:${(other.address() as AddressInfo).port} status`);
      assert.equal(code, 2);
      assert.match(err, /mini-buildd/);
    });
  }

  it('lets no answer steer the terminal', async (test) => {
    const { run } = await atTerminal(test);
    assert.equal((await run('HOST show \u001b[2Jhello')).out, 'show \ufffd[2Jhello\n');
  });

  /** An instance whose command `port` begins `streams`, each of which goes through what `stories` tells of it. */
  const busy = (stories: Readonly<Record<string, readonly (readonly [string, boolean, boolean])[]>>): Api => {
    const told = new Map<string, number>();
    return {
      ...apiOf([]),
      commands: [commandRow('port'), commandRow('progress', { arguments: [{ ...word, name: 'stream' }] })],
      run: async (name, { stream = '' }) => {
        if (name === 'port') {
          const follow = Object.keys(stories).map((each) => each as StreamName);
          return right({ json: { ported: true }, plain: 'ported\n', follow });
        }
        const place = told.get(stream) ?? 0;
        told.set(stream, place + 1);
        const [line = '', ended = true, succeeded = true] = stories[stream]?.[place] ?? [];
        return right({ json: { line, ended, succeeded }, plain: line });
      },
    };
  };

  it('follows what a command began to its end, telling each news once', async (test) => {
    const api = busy({
      'upload-1': [
        ['hello: received', false, false],
        ['hello: received', false, false],
        ['hello: published', true, true],
      ],
    });
    const { run } = await atTerminal(test, {}, { api });
    const said = { code: 0, out: 'ported\n', err: 'I: hello: received\nI: hello: published\n' };
    assert.deepEqual(await run('HOST port'), { ...said, err: '' });
    assert.deepEqual(await run('HOST port --wait'), said);
  });

  it('ends with 1 when one of them ends badly, having followed all', async (test) => {
    const api = busy({
      'upload-1': [['hello: failed \u001b[2J', true, false]],
      'upload-2': [['world: published', true, true]],
    });
    const { run } = await atTerminal(test, {}, { api });
    const { code, out, err } = await run('--wait --json HOST port');
    assert.deepEqual({ code, json: JSON.parse(out) }, { code: 1, json: { ported: true } });
    assert.equal(err, 'I: hello: failed \ufffd[2J\nI: world: published\n');
  });

  it('waits for an instance that is started again, but not for ever', async (test) => {
    const api = busy({ 'upload-1': [['hello: published', true, true]] });
    let silent = 3;
    const flaky: typeof fetch = (input, init) =>
      String(input).includes('progress') && silent-- > 0 ? Promise.reject(new Error('away')) : fetch(input, init);
    const { run } = await atTerminal(test, { fetch: flaky }, { api });
    assert.deepEqual((await run('HOST port --wait')).code, 0);
    silent = Number.POSITIVE_INFINITY;
    const { code, err } = await run('HOST port --wait');
    assert.equal(code, 2);
    assert.match(err, /does not answer: away/);
  });
});
