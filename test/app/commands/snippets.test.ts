import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { getdputconf } from '../../../src/app/commands/snippets.ts';
import { anonymous } from '../../../src/domain/account/caller.ts';
import { webAddress } from '../../../src/domain/configuration/web-address.ts';
import { foldWorld, newWorld } from '../../../src/projections/world.ts';
import { instanceConfigured, recordedAll } from '../../support/fixed-examples.ts';

const asked = async (url: string, form: string, method: string): Promise<string> => {
  const world = newWorld();
  for (const recorded of recordedAll([{ ...instanceConfigured, url: webAddress(url) }])) foldWorld(world, recorded);
  const answer = await getdputconf(world).run({ form, method }, anonymous);
  assert.ok(isRight(answer), JSON.stringify(answer));
  return answer.right.plain;
};

/** What dput itself makes of a stanza. */
const readByDput = (stanza: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'dput-'));
  try {
    writeFileSync(join(folder, 'dput.cf'), stanza);
    return execFileSync('dput', ['--config', join(folder, 'dput.cf'), '--host-list'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('The configuration for dput and dput-ng', () => {
  for (const [url, method, fqdn] of [
    ['http://buildd.example.org:8066', 'http', 'buildd.example.org:8066'],
    ['https://buildd.example.org', 'https', 'buildd.example.org:443'],
    ['https://buildd.example.org:8443', 'https', 'buildd.example.org:8443'],
    ['https://[2001:db8::1]', 'https', '[2001:db8::1]:443'],
  ] as const)
    it(`sends by ${method} to an instance at ${url}`, async () => {
      const stanza = await asked(url, 'dput', 'http');
      assert.ok(
        stanza.startsWith(
          `[mini-buildd-acme]\nmethod   = ${method}\nfqdn     = ${fqdn}\nlogin    = anonymous\nincoming = /mini_buildd/upload\n`,
        ),
        stanza,
      );
      assert.ok(readByDput(stanza).includes(`mini-buildd-acme => ${fqdn}  (Upload method: ${method})\n`));
      const profile = JSON.parse(await asked(url, 'dput-ng', 'http'));
      assert.deepEqual([profile.method, profile.fqdn, profile.incoming], [method, fqdn, '/mini_buildd/upload']);
    });

  it('still says to mini-buildd-tool that TLS is spoken', async () => {
    assert.match(
      await asked('https://buildd.example.org', 'dput', 'http'),
      /^x_mini_buildd_host = https:\/\/buildd\.example\.org$/m,
    );
  });

  it('sends by FTP where nothing else was asked for', async () => {
    assert.match(
      await asked('https://buildd.example.org', 'dput', 'ftp'),
      /^method {3}= ftp\nfqdn {5}= buildd\.example\.org:8067$/m,
    );
  });
});
