import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram } from '../../../src/adapters/reprepro/run-program.ts';
import { whilePermitted } from '../../../src/adapters/reprepro/while-permitted.ts';

const untilEnded = async (end: AbortSignal): Promise<string> => {
  if (!end.aborted) await once(end, 'abort');
  return 'ended';
};
const soon = { every: 50, longest: 3000 };

describe('A program that works on an archive', () => {
  it('is not begun by a node that may not write there', async () => {
    const lost = async (): Promise<void> => Promise.reject(new Error('another node has taken over'));
    await assert.rejects(
      whilePermitted(lost, async () => assert.fail('it was begun')),
      /has taken over/,
    );
  });

  it('is ended when nobody could say for long that this node may write, whether that is refused or not answered', async () => {
    for (const silence of [() => Promise.reject(new Error('the log is away')), () => new Promise<void>(() => {})]) {
      let asked = 0;
      const permit = async (): Promise<void> => {
        asked += 1;
        if (asked > 3) await silence();
      };
      assert.equal(await whilePermitted(permit, untilEnded, soon), 'ended');
      assert.ok(asked > 3);
    }
  });

  it('goes on as long as that is said', async () => {
    let asked = 0;
    const enough = Promise.withResolvers<string>();
    const permit = async (): Promise<void> => {
      asked += 1;
      if (asked === 100) enough.resolve('done');
    };
    const ended = (end: AbortSignal) => Promise.race([enough.promise, untilEnded(end)]);
    assert.equal(await whilePermitted(permit, ended, { every: 5, longest: 60_000 }), 'done');
  });

  it('dies by the signal', async () => {
    const end = new AbortController();
    const ran = runProgram('sleep', ['1000'], '', undefined, end.signal);
    end.abort();
    await assert.rejects(ran, /sleep could not be run|was ended by/);
  });

  it('does not outlive the daemon that began it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'run-program-'));
    try {
      const said = join(folder, 'pid');
      const module = new URL('../../../src/adapters/reprepro/run-program.ts', import.meta.url);
      const daemon = `import { existsSync } from 'node:fs';
        import { runProgram } from '${module}';
        runProgram('sh', ['-c', 'echo $$ > "$0.new"; mv "$0.new" "$0"; exec sleep 1000', '${said}']);
        setInterval(() => existsSync('${said}') && process.exit(1), 20);`;
      const [code] = await once(spawn(process.execPath, ['--input-type=module', '-e', daemon]), 'exit');
      assert.equal(code, 1);
      const pid = (await readFile(said, 'utf8')).trim();
      // Of one that ended and was not asked after nothing is left to read.
      const words = () => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      for (let n = 0; n < 600 && (await words()) !== ''; n += 1) await pause(50);
      assert.equal(await words(), '');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
