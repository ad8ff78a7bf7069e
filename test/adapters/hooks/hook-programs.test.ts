import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { hookPrograms } from '../../../src/adapters/hooks/hook-programs.ts';
import { CallFailed } from '../../../src/ports/webhooks.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const hooks = async (test: TestContext, longest = 10_000) => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-hooks-'));
  test.after(() => removeFolder(home));
  const folder = join(home, 'hooks.d');
  await mkdir(folder, { mode: 0o755 });
  const { call } = hookPrograms({ folder, longest });
  return {
    home,
    folder,
    program: async (name: string, script: string, mode = 0o755): Promise<void> => {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), mode);
    },
    run: (name: string, body = '{"kind":"test"}') =>
      call({ target: { url: `hook:${name}`, secret: 'none' }, id: 'an-id', body }),
  };
};

const goneSoon = async (pid: number): Promise<void> => {
  for (let n = 0; n < 500; n += 1) {
    // Whoever inherits it may not have asked yet how it ended.
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: gone');
    if (/^State:\s+(?:Z|gone)/m.test(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${pid} is alive`);
};

const fails = async (done: Promise<void>, because: RegExp): Promise<void> => {
  await assert.rejects(done, (error) => error instanceof CallFailed && because.test(error.message));
};

describe('a hook', () => {
  it('has the news on standard input, and the id of the delivery', async (test) => {
    const { home, program, run } = await hooks(test);
    await program('tell-chat', `cat > ${home}/heard; echo "$MINI_BUILDD_DELIVERY $# $PWD" >> ${home}/heard`);
    const body = JSON.stringify({ kind: 'installed', title: 'x'.repeat(200_000) });
    await run('tell-chat', body);
    assert.equal(await readFile(join(home, 'heard'), 'utf8'), `${body}an-id 0 /\n`);
  });

  it('need not read, and knows nothing of the daemon', async (test) => {
    const { home, program, run } = await hooks(test);
    process.env.MINI_BUILDD_TEST_SECRET = 'of the daemon';
    test.after(() => delete process.env.MINI_BUILDD_TEST_SECRET);
    await program('deaf', `env > ${home}/env; exit 0`);
    await run('deaf', 'x'.repeat(500_000));
    assert.doesNotMatch(await readFile(join(home, 'env'), 'utf8'), /of the daemon/);
  });

  it('that fails is known by its exit code; what it printed is not on record', async (test) => {
    const { program, run } = await hooks(test);
    await program('angry', 'echo "the password is sesame" >&2; exit 7');
    await assert.rejects(run('angry'), (error: Error) => {
      assert.equal(error.message, 'hook:angry ended with 7');
      assert.match(String((error.cause as Error).message), /sesame/);
      return error instanceof CallFailed;
    });
    await program('murdered', 'kill -9 $$');
    await fails(run('murdered'), /^hook:murdered ended with SIGKILL$/);
  });

  it('that prints without end costs no more than what is kept of it, and one that closed everything is waited for', async (test) => {
    const { home, program, run } = await hooks(test, 1_500);
    await program('chatty', 'exec yes "the password is sesame"');
    const before = process.memoryUsage().rss;
    await assert.rejects(run('chatty'), (error: Error) => {
      assert.equal(error.message, 'hook:chatty took longer than 1.5 s');
      assert.ok(String((error.cause as Error).message).length < 2_100);
      return error instanceof CallFailed;
    });
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    assert.ok(grown < 150, `it grew by ${Math.round(grown)} MiB`);
    await program('chatty-end', 'head --bytes=20000000 /dev/zero; echo the end >&2; exit 3');
    await assert.rejects(run('chatty-end'), (error: Error) => {
      assert.equal(error.message, 'hook:chatty-end ended with 3');
      return error instanceof CallFailed;
    });
    await program('silent', `exec < /dev/null > /dev/null 2>&1; sleep 0.3; echo done > ${home}/done`);
    await run('silent', 'x'.repeat(500_000));
    assert.equal(await readFile(join(home, 'done'), 'utf8'), 'done\n');
  });

  it('that takes too long ends with all it started, and so do children it leaves behind', async (test) => {
    const { home, program, run } = await hooks(test, 500);
    const ended = async (file: string): Promise<void> => {
      await goneSoon(Number(await readFile(join(home, file), 'utf8')));
    };
    await program('slow', `sleep 60 & echo $! > ${home}/slow; wait`);
    await fails(run('slow'), /^hook:slow took longer than 0\.5 s$/);
    await ended('slow');
    await program('leaver', `sleep 60 > /dev/null 2>&1 < /dev/null & echo $! > ${home}/left`);
    await run('leaver');
    await ended('left');
  });

  it('that leaves a child in a session of its own is not listened to for ever', async (test) => {
    const { home, program, run } = await hooks(test, 5_000);
    const pipes = (): number => process.getActiveResourcesInfo().filter((each) => each === 'PipeWrap').length;
    const before = pipes();
    await program(
      'chatty',
      `setsid sh -c 'echo $$ > ${home}/chatty; exec yes' & until test -s ${home}/chatty; do sleep 0.05; done`,
    );
    await run('chatty');
    const pid = Number(await readFile(join(home, 'chatty'), 'utf8'));
    test.after(() => spawnSync('kill', [String(pid)]));
    await goneSoon(pid);
    assert.equal(pipes(), before);
  });

  it('is run only when nobody else can have written it', async (test) => {
    const { home, folder, program, run } = await hooks(test);
    await fails(run('missing'), /^hook:missing is not in hooks\.d$/);
    await program('loose', 'exit 0', 0o775);
    await fails(run('loose'), /written by nobody else/);
    await program('plain', 'exit 0', 0o644);
    await fails(run('plain'), /executable/);
    await symlink('/bin/true', join(folder, 'link'));
    await fails(run('link'), /executable file/);
    await mkdir(join(folder, 'folder'));
    await fails(run('folder'), /executable file/);
    await fails(run('../../bin/true'), /no hook/);
    await program('good', 'exit 0');
    await run('good');
    await chmod(folder, 0o777);
    await fails(run('good'), /written by nobody else/);
    await removeFolder(home);
    await fails(run('good'), /not in hooks\.d/);
  });

  it('that is no program the kernel knows is said so, without where it is', async (test) => {
    const { folder, run } = await hooks(test);
    await writeFile(join(folder, 'wrong'), '#!/no/such/shell\n', { mode: 0o755 });
    await fails(run('wrong'), /^hook:wrong could not be started: spawn it ENOENT$/);
  });
});
