import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { removeFolder } from '../support/remove-folder.ts';

const packaged = readFileSync(join(import.meta.dirname, '../../ops/debian/program/mini-buildd'), 'utf8');

describe('what the Debian package runs as mini-buildd', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-buildd-host-program-'));
    const program = (name: string, text: string): void => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    program('node', 'env');
    program('id', 'echo 1000');
    writeFileSync(
      join(folder, 'mini-buildd'),
      packaged.replaceAll('/etc/mini-buildd', folder).replaceAll('/usr/lib/mini-buildd/node', join(folder, 'node')),
    );
  });
  afterEach(() => removeFolder(folder));

  /** The settings that the program has when it is called with these. */
  const told = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const said = execFileSync('sh', [join(folder, 'mini-buildd'), 'serve'], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}`, ...env },
    });
    return Object.fromEntries([...said.matchAll(/^(MINI_BUILDD_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  };
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('has no login where the service found none', () => {
    const none = put('credential', 'none');
    const settings = told({ MINI_BUILDD_LOG_LOGIN: none, MINI_BUILDD_NODE_LOGIN: none });
    assert.deepEqual([settings.MINI_BUILDD_LOG_LOGIN, settings.MINI_BUILDD_NODE_LOGIN], [undefined, undefined]);
  });

  it('has the logins that it is given, and on the host that of the event store', () => {
    const login = put('credential', 'user:none');
    const settings = told({ MINI_BUILDD_LOG_LOGIN: login, MINI_BUILDD_NODE_LOGIN: login });
    assert.deepEqual([settings.MINI_BUILDD_LOG_LOGIN, settings.MINI_BUILDD_NODE_LOGIN], [login, login]);
    assert.equal(told({}).MINI_BUILDD_LOG_LOGIN, undefined);
    const ofHost = put('store-login', 'user:password');
    assert.equal(told({}).MINI_BUILDD_LOG_LOGIN, ofHost);
    assert.equal(told({ MINI_BUILDD_LOG_LOGIN: login }).MINI_BUILDD_LOG_LOGIN, login);
  });

  it('has what stands in the settings of the service, unless its caller says otherwise', () => {
    put('mini-buildd.env', '# A comment\nMINI_BUILDD_URL="https://buildd.example.org"\nPATH=/nowhere\n');
    assert.equal(told({}).MINI_BUILDD_URL, 'https://buildd.example.org');
    assert.equal(told({ MINI_BUILDD_URL: 'http://other' }).MINI_BUILDD_URL, 'http://other');
  });
});
