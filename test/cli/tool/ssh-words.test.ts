import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { sshWords } from '../../../src/cli/tool/ssh-words.ts';

const read = (line: string): string | readonly string[] => {
  const words = sshWords(line);
  return isLeft(words) ? words.left.rule : [...words.right.options, '|', ...words.right.command];
};

describe('What ssh brings to the tool', () => {
  it('is parted by blanks, and held together by quotation marks', () => {
    assert.deepEqual(read('status'), ['|', 'status']);
    assert.deepEqual(read('--json --wait  migrate hello trixie-acme-unstable '), [
      ...['--json', '--wait', '|', 'migrate', 'hello', 'trixie-acme-unstable'],
    ]);
    assert.deepEqual(read(`stop --reason "it's late" --x='a "b"' ''`), [
      ...['|', 'stop', '--reason', "it's late", '--x=a "b"', ''],
    ]);
  });

  it('means nothing to a shell', () => {
    const line = 'show $(id);id `id` && id | id > /tmp/x \\n ~ * $HOME';
    assert.deepEqual(read(line), ['|', ...line.split(' ')]);
  });

  for (const [line, rule] of [
    ['', 'not-a-command'],
    ['-P https status', 'not-a-command'],
    ['--protocol=https status', 'not-a-command'],
    ['-R status', 'not-a-command'],
    ['--completion bash', 'not-a-command'],
    ['-oProxyCommand=id', 'not-a-command'],
    ['admin@elsewhere status', 'not-a-command'],
    ['elsewhere:8066 status', 'not-a-command'],
    ['scp -t /etc', undefined],
    ['/usr/lib/openssh/sftp-server', 'not-a-command'],
    ['status\nid', 'malformed-command'],
    ['status\0id', 'malformed-command'],
    ['status\x1b[2J', 'malformed-command'],
    ['show "hello', 'malformed-command'],
    [`show ${'a'.repeat(5000)}`, 'malformed-command'],
  ] as const) {
    it(`is ${rule ?? 'the command of the first word, whatever it is'}: ${JSON.stringify(line).slice(0, 50)}`, () => {
      if (rule === undefined) assert.deepEqual(read(line), ['|', ...line.split(' ')]);
      else assert.equal(read(line), rule);
    });
  }

  it('is never more than was said', () => {
    const character = fc.constantFrom(...`ab -"'$;\\\n@=`);
    fc.assert(
      fc.property(fc.string({ unit: character }), (line) => {
        const words = sshWords(line);
        if (isRight(words)) {
          const all = [...words.right.options, ...words.right.command];
          for (const word of all) assert.ok(!word.includes('\n'));
          assert.equal(all.join('').replaceAll(/["' ]/g, ''), line.replaceAll(/["' ]/g, ''));
        }
      }),
    );
  });
});
