import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { openBuildLog } from '../../../src/adapters/sbuild/build-log.ts';
import { liveLogContract } from '../../contracts/live-log.ts';
import { removeFolder } from '../../support/remove-folder.ts';

liveLogContract('of sbuild', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-log-'));
  test.after(() => removeFolder(folder));
  const log = await openBuildLog(join(folder, 'a.log'), 1_000_000);
  return { live: log.live, write: (text) => log.write(Buffer.from(text)), close: log.close };
});

describe('the log of a running build', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-log-'));
  });
  after(() => removeFolder(folder));

  it('is followed from its beginning to its end, by whoever comes when', async () => {
    const log = await openBuildLog(join(folder, 'a.log'), 1000);
    await log.write(Buffer.from('one\n'));
    const early = text(log.live.follow());
    await log.write(Buffer.from('two\n'));
    const late = text(log.live.follow());
    await log.close();
    assert.deepEqual(await Promise.all([early, late]), ['one\ntwo\n', 'one\ntwo\n']);
    assert.equal(await text(log.read()), 'one\ntwo\n');
  });

  it('keeps beginning and end of what is too long, and says what is left out', async () => {
    const log = await openBuildLog(join(folder, 'b.log'), 1000);
    const line = Buffer.from(`${'x'.repeat(999)}\n`);
    for (let count = 0; count < 200; count += 1) await log.write(line);
    await log.write(Buffer.from('| Summary |\n'));
    await log.close();
    const kept = await text(log.read());
    assert.ok(kept.length < 1000 + 65_536 + 200);
    assert.match(kept, /longer than 1000 bytes; 133476 bytes are left out here/);
    assert.ok(kept.endsWith('| Summary |\n'));
    assert.ok(log.end().endsWith('| Summary |\n'));
  });

  it('finds a heading that came in two pieces', async () => {
    const log = await openBuildLog(join(folder, 'd.log'), 1000);
    await log.write(Buffer.from('+---+\n| Post Bu'));
    await log.write(Buffer.from('ild          |\n+---+\n'));
    assert.equal(log.live.stage(), 'Post Build');
    await log.close();
  });

  it('never makes the build wait for a reader that does not read', async () => {
    const log = await openBuildLog(join(folder, 'c.log'), 10_000_000);
    const idle = log.live.follow();
    for (let count = 0; count < 100; count += 1) await log.write(Buffer.alloc(65_536, 'y'));
    await log.close();
    await log.remove();
    idle.destroy();
    assert.equal(log.end().length, 65_536);
  });
});
