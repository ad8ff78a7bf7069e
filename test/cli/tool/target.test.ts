import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { targetOf } from '../../../src/cli/tool/target.ts';

describe('Whom the tool talks to', () => {
  for (const [written, user, protocol, address] of [
    ['buildd.example.org', undefined, undefined, 'buildd.example.org:8066'],
    ['jane@buildd:80', 'jane', undefined, 'buildd:80'],
    ['https://buildd.example.org', undefined, 'https', 'buildd.example.org:443'],
    ['jane@https://buildd.example.org:8443/', 'jane', 'https', 'buildd.example.org:8443'],
    ['http://[::1]', undefined, 'http', '[::1]:80'],
  ] as const) {
    it(`is read from ${written}`, async () => {
      assert.deepEqual(await targetOf(written, []), { user, protocol, address });
    });
  }

  for (const written of ['ftp://buildd', 'https://', 'https://a/b', 'https://u:p@a']) {
    it(`is not ${written}`, async () => {
      await assert.rejects(targetOf(written, []), /is no host/);
    });
  }
});
