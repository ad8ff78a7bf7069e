import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous, type Caller } from '../../src/domain/account/caller.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const distribution = 'trixie-acme-unstable';
const asked = {
  packages: () => ({ distribution, at: randomUUID() }),
  compare: () => ({ one: distribution, other: distribution, 'one-at': randomUUID() }),
} as const;

describe('The past, asked for by commands', () => {
  for (const [command, given] of Object.entries(asked))
    it(`is what each stranger has a patience of their own for: ${command}`, async (test) => {
      const daemon = await boot(await machine(test));
      await daemon.uploads(sourceUpload());
      await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
      const rule = async (caller: Caller): Promise<string> => {
        const answer = await daemon.engine.api.run(command, given(), caller);
        return isLeft(answer) ? (answer.left[0]?.rule ?? '') : 'answered';
      };
      const [greedy, other] = ['192.0.2.1', '198.51.100.7'].map((from) => ({ ...anonymous, from }));
      assert.ok(greedy && other);
      const rules = new Set<string>();
      for (let asks = 0; asks < 60 && !rules.has('busy'); asks += 1) rules.add(await rule(greedy));
      assert.ok(rules.has('busy'), [...rules].join());
      assert.notEqual(await rule(other), 'busy');
      const stan: Caller = { actor: { kind: 'account', name: 'stan' }, privilege: 'staff', shown: 'session' };
      assert.notEqual(await rule(stan), 'busy');
      await daemon.kill();
    });
});
