import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../../src/domain/account/caller.ts';
import { boot, machine } from '../../support/in-memory-daemon.ts';

const administrator: Caller = {
  actor: { kind: 'administrator', name: 'host' },
  privilege: 'admin',
  shown: 'nothing',
};

it('the page for programs names every field of status, and none that is not there', async (test) => {
  const daemon = await boot(await machine(test));
  const answer = await daemon.engine.api.run('status', {}, administrator);
  assert.ok(isRight(answer));
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  const rows = page.slice(page.indexOf('## `status`')).match(/^\| `.*?\|/gm) ?? [];
  const named = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  assert.deepEqual(named.sort(), Object.keys(answer.right.json as object).sort());
  await daemon.kill();
});
