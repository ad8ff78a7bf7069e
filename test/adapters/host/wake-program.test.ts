import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { wakeByProgram } from '../../../src/adapters/host/wake-program.ts';
import type { RemoteId } from '../../../src/domain/configuration/events.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const bert = 'bert.example.org:8066' as RemoteId;

describe('A program that wakes remotes', () => {
  /** A script, and what it was given. */
  const script = async (test: TestContext, ...lines: readonly string[]) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-wake-'));
    test.after(() => removeFolder(folder));
    const program = join(folder, 'wake');
    await writeFile(program, ['#!/bin/sh', `printf '%s|' "$@" > ${folder}/given`, ...lines, ''].join('\n'), {
      mode: 0o755,
    });
    return { program, given: () => readFile(join(folder, 'given'), 'utf8') };
  };

  it('is told which, and nothing else', async (test) => {
    const { program, given } = await script(test);
    assert.deepEqual(await wakeByProgram(program)(bert), right(undefined));
    assert.equal(await given(), `${bert}|`);
  });

  it('is believed when it says that it could not, is not there, or does not end', async (test) => {
    const { program } = await script(test, 'echo no such board >&2', 'exit 3');
    const { program: endless } = await script(test, 'exec sleep 60');
    for (const [named, patience, fact] of [
      [program, 5_000, /it ended with 3: no such board$/],
      ['/nonexistent/wake', 5_000, /it ended with ENOENT$/],
      [endless, 300, /it did not end within 0\.3 s$/],
    ] as const) {
      const done = await wakeByProgram(named, patience)(bert);
      assert.ok(isLeft(done) && done.left.rule === 'not-woken');
      assert.match(done.left.fact, fact);
    }
  });
});
