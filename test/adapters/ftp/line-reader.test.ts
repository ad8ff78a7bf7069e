import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLines } from '../../../src/adapters/ftp/line-reader.ts';

const limit = 40;

/** What is heard when `bytes` arrive in pieces of the given lengths. */
const heard = (bytes: Buffer, pieces: readonly number[]): { lines: string[]; tooLong: number } => {
  const socket = new PassThrough();
  const result = { lines: [] as string[], tooLong: 0 };
  readLines(socket as unknown as Socket, limit, {
    line: (line) => result.lines.push(line),
    tooLong: () => {
      result.tooLong += 1;
    },
  });
  let from = 0;
  for (const length of [...pieces, bytes.length]) {
    socket.emit('data', bytes.subarray(from, from + length));
    from += length;
  }
  return result;
};

const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !/[\r\n]/.test(text) && Buffer.byteLength(text) < limit);

describe('commands on a control connection', () => {
  it('are the same however the network cuts them', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(9)), (lines, pieces) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\r\n`).join(''));
        assert.deepEqual(heard(bytes, pieces), { lines, tooLong: 0 });
      }),
    );
  });

  it('end at a bare line feed too, and are nothing when empty', () => {
    assert.deepEqual(heard(Buffer.from('\r\nNOOP\n\nQUIT\r\n'), []).lines, ['NOOP', 'QUIT']);
  });

  it('are heard no more after one that is too long, finished or not', () => {
    for (const bytes of [`NOOP\n${'x'.repeat(limit + 1)}\nQUIT\n`, `NOOP\n${'x'.repeat(10 * limit)}`])
      for (const pieces of [[], Array<number>(20).fill(7)])
        assert.deepEqual(heard(Buffer.from(bytes), pieces), { lines: ['NOOP'], tooLong: 1 });
  });
});
