import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pinoJournal, withPriority } from '../../../src/adapters/journal/pino-journal.ts';

const opened = (level = 'info') => {
  const written: string[] = [];
  return { written, ...pinoJournal(level, { write: (line) => void written.push(line) }) };
};

describe('The journal', () => {
  it('writes a line of JSON each, and gives back the last', () => {
    const { logger, written, last } = opened();
    logger.info({ ftp: 8067 }, 'ready');
    logger.warn('tried again later');
    assert.equal(written.length, 2);
    assert.deepEqual(
      last(10).map(({ at, ...entry }) => entry),
      [
        { level: 'info', message: 'ready', details: { ftp: 8067 } },
        { level: 'warn', message: 'tried again later', details: {} },
      ],
    );
    assert.deepEqual(
      last(1).map(({ message }) => message),
      ['tried again later'],
    );
    assert.deepEqual(last(0), []);
  });

  it('begins lines with their priority for systemd, and remembers them without', () => {
    const written: string[] = [];
    const { logger, last } = pinoJournal('trace', withPriority({ write: (line) => void written.push(line) }));
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('it');
    assert.deepEqual(
      written.map((line) => line.replace(/^(<\d>)\{"level":(\d+),.*"msg":"it"\}\n$/, '$1 $2')),
      ['<7> 10', '<7> 20', '<6> 30', '<4> 40', '<3> 50', '<2> 60'],
    );
    assert.deepEqual(last(1)[0]?.message, 'it');
  });

  it('leaves out what is below its level', () => {
    const { logger, written, last } = opened('warn');
    logger.info('nobody wants to know');
    assert.deepEqual([written, last(1)], [[], []]);
  });

  it('remembers no more than it has room for, be it many entries or long ones', () => {
    const { logger, written, last } = opened();
    for (let n = 0; n < 2500; n += 1) logger.info({ n }, 'one');
    assert.equal(last(9999).length, 2000);
    assert.equal(last(9999)[0]?.details.n, 500);
    for (let n = 0; n < 3; n += 1) logger.info({ long: 'x'.repeat(500_000) }, 'long');
    assert.equal(last(9999).length, 2);
    assert.equal(written.length, 2503);
  });
});
