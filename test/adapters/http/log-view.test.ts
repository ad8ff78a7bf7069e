import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { aroundFirstError } from '../../../src/adapters/http/log-view-routes.ts';
import { expandedLogs } from '../../../src/adapters/http/logs/expanded-logs.ts';
import { findInLog, isError, textSought } from '../../../src/adapters/http/logs/find-in-log.ts';
import { lineIndex } from '../../../src/adapters/http/logs/line-index.ts';
import type { LogText } from '../../../src/adapters/http/logs/log-text.ts';
import { logWindow } from '../../../src/adapters/http/logs/log-window.ts';
import { logLines } from '../../../src/adapters/http/views/log-lines.ts';
import { boundedShelves } from '../../../src/adapters/shelf/bounded-shelf.ts';
import type { FileName, StoredFile } from '../../../src/domain/debian/names.ts';
import type { BuildId } from '../../../src/domain/ids.ts';
import type { FileStore } from '../../../src/ports/file-store.ts';
import { growingLog } from '../../support/growing-log.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { isInert, tags } from './sample-pages.ts';
import { readUntil, serve } from './served.ts';

const build = '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64' as BuildId;

/** A log in memory that counts what is read of it. */
const inMemory = (text: string | Buffer, isGrowing = false): LogText & { readonly bytesRead: () => number } => {
  const bytes = Buffer.from(text);
  let count = 0;
  return {
    isGrowing,
    size: () => bytes.length,
    read: async (from, length) => {
      const part = bytes.subarray(from, from + Math.max(0, length));
      count += part.length;
      return part;
    },
    follow: (from) => Readable.from([bytes.subarray(from)]),
    bytesRead: () => count,
  };
};

const linesOf = (text: string): readonly string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

describe('where the lines of a log are', () => {
  const texts = fc
    .array(fc.tuple(fc.constantFrom('', 'x', 'ß'), fc.nat(40_000)), { minLength: 1, maxLength: 20 })
    .chain((lines) =>
      fc.boolean().map((isEnded) => {
        const text = lines.map(([letter, times]) => letter.repeat(times)).join('\n');
        return isEnded || text === '' ? `${text}\n` : text;
      }),
    );

  it('is known for any log', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(30), async (text, line) => {
        const index = lineIndex(inMemory(text));
        const lines = linesOf(text);
        assert.equal(await index.lines(), lines.length);
        const start = Buffer.byteLength(
          lines
            .slice(0, Math.max(0, line - 1))
            .map((each) => `${each}\n`)
            .join(''),
        );
        assert.equal(await index.startOf(line), Math.min(start, Buffer.byteLength(text)));
        if (line >= 1 && line <= lines.length) assert.equal(await index.lineOf(start), line);
      }),
      { numRuns: 60 },
    );
  });

  it('is found by reading a log once, and then next to nothing', async () => {
    const log = inMemory('a line of some length\n'.repeat(200_000));
    const index = lineIndex(log);
    assert.equal(await index.lines(), 200_000);
    const before = log.bytesRead();
    for (const line of [1, 100_000, 199_999]) await index.startOf(line);
    assert.ok(log.bytesRead() - before < 400_000, `${log.bytesRead() - before}`);
  });

  it('of a log that grows counts what is whole', async () => {
    const log = growingLog('one\ntw');
    const index = lineIndex({ isGrowing: true, ...log.live });
    assert.equal(await index.lines(), 1);
    log.add('o\nthree\n');
    assert.equal(await index.lines(), 3);
    assert.equal(await index.startOf(3), 8);
  });
});

describe('a window on a log', () => {
  const window = async (text: string | Buffer, first: number, count: number, isGrowing = false) => {
    const log = inMemory(text, isGrowing);
    return { ...(await logWindow(log, lineIndex(log), first, count)), bytesRead: log.bytesRead() };
  };

  it('holds the lines asked for, and the nearest ones where there are none', async () => {
    const text = Array.from({ length: 1000 }, (_, n) => `line ${n + 1}\n`).join('');
    assert.deepEqual((await window(text, 500, 2)).lines, ['line 500', 'line 501']);
    assert.deepEqual((await window(text, 999, 10)).lines, ['line 999', 'line 1000']);
    assert.deepEqual((await window(text, 5000, 10)).lines, ['line 1000']);
    assert.deepEqual((await window('', 1, 10)).lines, []);
    assert.deepEqual((await window('no newline', 1, 10)).lines, ['no newline']);
    assert.deepEqual((await window('one\nnot whole', 1, 10, true)).lines, ['one']);
  });

  it('is bounded whatever the log holds', async () => {
    const { lines, bytesRead } = await window(Buffer.alloc(50_000_000, 'y'), 1, 300);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^y{2000} … \(\d+ more bytes\)$/);
    assert.ok(bytesRead < 52_000_000);
  });
});

describe('a search in a log', () => {
  it('finds text in any case, also where it is cut by reading in pieces', async () => {
    const log = inMemory(`${'x'.repeat(131_068)}Straße\nagain STRASSE straße\n`);
    const index = lineIndex(log);
    assert.deepEqual(await findInLog(log, index, 1, textSought('STRAßE')), { line: 1, next: undefined });
    assert.deepEqual(await findInLog(log, index, 2, textSought('straße')), { line: 2, next: undefined });
    assert.deepEqual(await findInLog(log, index, 3, textSought('straße')), { line: undefined, next: undefined });
  });

  it('finds what is written in several colours, and not what only a terminal reads', async () => {
    const log = inMemory('one\n\u001b]0;never ended\nhello.c: \u001b[01;31m\u001b[Kerr\u001b[mor: no\n');
    const index = lineIndex(log);
    assert.deepEqual(await findInLog(log, index, 1, textSought('hello.c: error: no')), { line: 3, next: undefined });
    assert.deepEqual(await findInLog(log, index, 1, isError), { line: 3, next: undefined });
    assert.deepEqual(await findInLog(log, index, 1, textSought('[01;31m')), { line: undefined, next: undefined });
  });

  it('looks at a bounded part at once, and says where to go on', async () => {
    const log = inMemory(`${'nothing here to see\n'.repeat(1_000_000)}there it is\n`);
    const index = lineIndex(log);
    const first = await findInLog(log, index, 1, textSought('there it is'));
    assert.ok(first.line === undefined && (first.next ?? 0) > 500_000);
    assert.deepEqual(await findInLog(log, index, first.next ?? 0, textSought('there it is')), {
      line: 1_000_001,
      next: undefined,
    });
  });

  for (const line of [
    'hello.c:3:5: error: ‘x’ undeclared',
    'error: cannot find crate',
    'error[E0425]: cannot find value',
    'make: *** [debian/rules:4: build] Error 2',
    'E: Build killed with signal TERM',
    'Traceback (most recent call last):',
    'dpkg-buildpackage: error: debian/rules build subprocess returned exit status 2',
    'FAIL: test_parse',
    '/usr/bin/ld: error: undefined symbol',
    'hello.c:3:5: \u001b[01;31m\u001b[Kerror: \u001b[m\u001b[K‘\u001b[01m\u001b[Kx\u001b[m\u001b[K’ undeclared',
    '\u001b[1mhello.c:3:5: \u001b[0m\u001b[0;1;31merror: \u001b[0m\u001b[1muse of undeclared identifier\u001b[0m',
    '\u001b[0m\u001b[1m\u001b[38;5;9merror[E0425]\u001b[0m\u001b[0m\u001b[1m: cannot find value\u001b[0m',
    '\u001b[31mFAILED\u001b[0m tests/x.py::\u001b[1mt\u001b[0m',
    'test tests::adds ... \u001b[31mFAILED\u001b(B\u001b[m',
    'meson.build:1:0: ERROR: Dependency not found',
    'CMake Error at CMakeLists.txt:3 (find_package):',
    'ERROR: Could not build wheels',
    'hello.c:(.text+0x9): undefined reference to `greet’',
    '/usr/bin/ld: cannot find -lfoo: No such file or directory',
    'not ok 3 - says hello',
    'FAILED tests/x.py::t - assert 1 == 2',
    "ModuleNotFoundError: No module named 'x'",
    'sbuild: E: Failed to find the chroot',
    '# FAIL:  2',
  ])
    it(`takes this for an error: ${line}`, () => assert.ok(isError(line)));

  it('are sought in no more looks at a line than it has characters', () => {
    const seconds = (marks: number): number => {
      const line = '*** '.repeat(marks);
      const began = process.cpuUsage().user;
      for (let round = 0; round < 20; round += 1) assert.equal(isError(line), false);
      return (process.cpuUsage().user - began) / 1e6;
    };
    seconds(1000);
    const [short, long] = [seconds(1000), seconds(16_000)];
    // Were each mark looked at to the end of the line, sixteen times as many would take 256 times as long.
    assert.ok(long < 100 * Math.max(short, 0.001), `${short} s and ${long} s`);
    assert.ok(isError('*** *** Error 2'));
  });

  for (const line of [
    'gcc -Werror=format-security -c error.c',
    '\u001b[32mgcc\u001b[0m -Werror=format-security -o error.o -c error.c',
    'checking for error_at_line... yes',
    '0 errors: fine',
    '0 errors',
    '# FAIL:  0',
    '# ERROR: 0',
    '12 PASSED, 0 FAILED',
    'not ok 3 - says hello # TODO',
  ])
    it(`does not take this for one: ${line}`, () => assert.ok(!isError(line)));
});

describe('lines of a log in a page', () => {
  it('are text whatever they hold', () => {
    const harmless = tags(logLines(1, ['ok']).toString());
    const hostile = fc.string({ unit: 'binary', maxLength: 100 }).map((said) => said.replace(/[\u001b\n]/g, ''));
    fc.assert(
      fc.property(hostile, (said) => {
        const markup = logLines(1, [`x ${said} </li><script>\u202e\u0007`]).toString();
        assert.equal(tags(markup), harmless);
        assert.ok(isInert(markup));
      }),
    );
  });

  it('stand out where they are errors, in whatever colours', () => {
    for (const text of ['\u001b[31mFAILED\u001b[0m tests/x.py::t', 'CMake Error at CMakeLists.txt:3'])
      assert.match(logLines(1, [text]).toString(), /<li id="L1" class="wrong">/);
  });

  it('keep colours as classes, and nothing else of what is meant for a terminal', () => {
    const shown = (text: string): string =>
      logLines(1, [text])
        .toString()
        .replace(/^.*?<\/a>|<\/li>\n$/g, '');
    assert.equal(shown('\u001b[1;31mred\u001b[0m plain'), '<span class="b c1">red</span> plain');
    assert.equal(shown('\u001b[38;5;196mpalette\u001b[m'), 'palette');
    assert.equal(shown('\u001b]0;a title\u0007\u001b[2J\u001b[Kleft'), 'left');
    assert.equal(shown('\u001b[31m<b>\u001b['), '<span class="c1">&#60;b&#62;</span>');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\u001b', '[', ']', ';', '3', '1', 'm', '<', '"', '\u0007') }),
        (text) => {
          assert.match(shown(text), /^(?:<span class="[bc0-7 ]+">[^<>"]*<\/span>|[^<>"])*$/);
        },
      ),
    );
  });
});

const said = (stream: string): { first: number; last: number; html: string }[] =>
  [...stream.matchAll(/^id: \d+\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));

describe('a log that grows', () => {
  it('is said in whole lines to all who follow, and to who comes back from where they were', async (test) => {
    const log = growingLog('one\ntwo\nthr');
    const lookup: { live?: ReturnType<typeof growingLog>['live'] } = { live: log.live };
    const { url } = await serve(test, { liveLog: () => lookup.live });
    const live = `${url}/mini_buildd/builds/${build}/log/live`;
    const followers = await Promise.all([fetch(live), fetch(live), fetch(`${live}?after=1`)]);
    const begun = followers.map(() => Promise.withResolvers<void>());
    const read = followers.map((answer, n) =>
      readUntil(answer, (text) => {
        if (text.includes('two')) begun[n]?.resolve();
        return text.includes('three');
      }),
    );
    await Promise.all(begun.map(({ promise }) => promise));
    log.add('ee\n');
    const [one = '', other = '', late = ''] = await Promise.all(read);
    assert.equal(one, other);
    assert.deepEqual(
      said(late).map(({ first, last }) => [first, last]),
      [
        [1, 2],
        [3, 3],
      ],
    );
    const back = await fetch(live, { headers: { 'last-event-id': '3' } });
    const rest = readUntil(back, (text) => {
      if (text.includes('four')) delete lookup.live;
      return text.includes('event: end');
    });
    log.add('four\n');
    assert.deepEqual(
      said(await rest)
        .filter((each) => each !== null)
        .map(({ first, last }) => [first, last]),
      [[4, 4]],
    );
  });

  it('faster than anybody reads leaves out what is in between', async (test) => {
    const log = growingLog('begin\n');
    const { url } = await serve(test, { liveLog: () => log.live });
    const answer = await fetch(`${url}/mini_buildd/builds/${build}/log/live`);
    let isMuch = false;
    const read = readUntil(answer, (text) => {
      if (text.includes('begin') && !isMuch) {
        isMuch = true;
        log.add(`${'much\n'.repeat(100_000)}the end\n`);
      }
      return text.includes('the end');
    });
    const batches = said(await read);
    assert.equal(batches.at(-1)?.last, 100_002);
    assert.ok(batches.reduce((sum, { first, last }) => sum + last - first + 1, 0) <= 501);
  });
});

describe('a stored log that somebody looks into', () => {
  const kept = async (test: TestContext, capacity?: number) => {
    const home = await mkdtemp(join(tmpdir(), 'mini-buildd-logs-'));
    test.after(() => removeFolder(home));
    const files = fileStore(join(home, 'files'));
    const folder = join(home, 'cache');
    const put = (name: string, text: string): Promise<StoredFile> =>
      files.put(`${name}.gz` as FileName, Readable.from([gzipSync(text)]));
    return { folder, put, ...expandedLogs(folder, files, boundedShelves(), capacity), stored: files };
  };

  it('is expanded once, however many look, and read anywhere', async (test) => {
    const { folder, put, open } = await kept(test);
    const file = await put('a.log', 'one\ntwo\n');
    const texts = await Promise.all([open(file), open(file), open(file)]);
    for (const text of texts) assert.equal(String(await text.read(4, 3)), 'two');
    assert.deepEqual(await readdir(folder), [`${file.sha256}.log`]);
  });

  it('is whole after a crash in the middle, and after its folder went away', async (test) => {
    const { folder, put, open } = await kept(test);
    const file = await put('a.log', 'whole\n');
    await mkdir(folder);
    await writeFile(join(folder, `${file.sha256}.log.part`), 'wh');
    assert.equal((await open(file)).size(), 6);
    await removeFolder(folder);
    assert.equal((await open(file)).size(), 6);
  });

  it('takes no more room than it may: what was not looked at for longest goes', async (test) => {
    const { folder, put, open } = await kept(test, 2500);
    const logs = await Promise.all(['a', 'b', 'c'].map((name) => put(name, name.repeat(1000))));
    for (const file of logs) {
      await open(file);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(
      (await readdir(folder)).sort(),
      logs
        .slice(1)
        .map(({ sha256 }) => `${sha256}.log`)
        .sort(),
    );
  });

  it('goes with what it was made of', async (test) => {
    const { folder, files, put, open } = await kept(test);
    const [withdrawn, other] = [await put('a.log', 'secret\n'), await put('b.log', 'plain\n')];
    await Promise.all([open(withdrawn), open(other)]);
    await files.remove(withdrawn.sha256);
    assert.deepEqual(await readdir(folder), [`${other.sha256}.log`]);
  });

  it('goes also when it is withdrawn while it is expanded', async (test) => {
    const { folder, stored, put } = await kept(test);
    const file = await put('a.log', 'secret\n');
    const { open } = expandedLogs(folder, { ...stored, has: async () => false }, boundedShelves());
    await assert.rejects(open(file));
    assert.deepEqual(await readdir(folder), []);
  });

  it('goes at once where the store that fetches it has it still', async (test) => {
    const { folder, stored, put } = await kept(test);
    const [withdrawn, other] = [await put('a.log', 'secret\n'), await put('b.log', 'plain\n')];
    const slow = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    // As a web replica's: the archive has not removed it yet.
    const fetching: FileStore = {
      ...stored,
      remove: async () => undefined,
      path: async (sha256) => {
        asked.resolve();
        await slow.promise;
        return stored.path(sha256);
      },
    };
    const { open, files } = expandedLogs(folder, fetching, boundedShelves());
    const opening = Promise.allSettled([open(withdrawn), open(other)]);
    await asked.promise;
    const removed = files.remove(withdrawn.sha256);
    slow.resolve();
    await Promise.all([opening, removed]);
    assert.deepEqual(await readdir(folder), [`${other.sha256}.log`]);
  });

  it('makes room after a start, too: for what was used last before it', async (test) => {
    const { folder, stored, put, open } = await kept(test);
    const logs = await Promise.all(['a', 'b', 'c'].map((name) => put(name, name.repeat(1000))));
    const [first, second, third] = logs as [StoredFile, StoredFile, StoredFile];
    for (const [file, day] of [
      [first, 3],
      [second, 1],
    ] as const) {
      await open(file);
      await utimes(join(folder, `${file.sha256}.log`), new Date(2026, 10, day), new Date(2026, 10, day));
    }
    await expandedLogs(folder, stored, boundedShelves(), 2500).open(third);
    assert.deepEqual((await readdir(folder)).sort(), [`${first.sha256}.log`, `${third.sha256}.log`].sort());
  });

  it('goes with the next start where the power failed between, also what was only begun', async (test) => {
    const { folder, stored, put, open } = await kept(test);
    const [withdrawn, other] = [await put('a.log', 'secret\n'), await put('b.log', 'plain\n')];
    await Promise.all([open(withdrawn), open(other)]);
    await writeFile(join(folder, `${withdrawn.sha256}.log.part`), 'sec');
    await stored.remove(withdrawn.sha256);
    expandedLogs(folder, stored, boundedShelves());
    const left = [`${other.sha256}.log`];
    for (let n = 0; n < 200 && (await readdir(folder)).length > left.length; n += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(await readdir(folder), left);
  });

  it('that is damaged leaves nothing behind, and the page of its build stands without it', async (test) => {
    const { folder, files, open } = await kept(test);
    const damaged = await files.put(
      'a.log.gz' as FileName,
      Readable.from([gzipSync('x'.repeat(9999)).subarray(0, -9)]),
    );
    await assert.rejects(open(damaged));
    assert.deepEqual(await readdir(folder), []);
    const { url } = await serve(test, { files, storedLog: async () => damaged });
    const answer = await fetch(`${url}/mini_buildd/builds/${build}/log/lines`);
    assert.equal(answer.status, 500);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  it('is read without scripts in pages below 60 kB that leave no line out, however long lines are', async (test) => {
    const { files, put } = await kept(test);
    const file = await put('a.log', Array.from({ length: 700 }, (_, n) => `${n + 1} ${'<'.repeat(250)}\n`).join(''));
    const { url } = await serve(test, { files, storedLog: async () => file });
    const seen: number[] = [];
    for (let path: string | undefined = `/mini_buildd/builds/${build}/log/lines?from=1`; path !== undefined; ) {
      const page: string = await (await fetch(url + path)).text();
      assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
      seen.push(...[...page.matchAll(/<li id="L(\d+)"/g)].map(([, line]) => Number(line)));
      path = /rel="next" href="([^"]+)"/.exec(page)?.[1];
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 700 }, (_, n) => n + 1),
    );
    const end = await (await fetch(`${url}/mini_buildd/builds/${build}/log/lines`)).text();
    assert.ok(Buffer.byteLength(end) < 60_000 && end.includes('<li id="L700"'));
  });

  it('is gone into by the number of a line without scripts, also beyond its end', async (test) => {
    const { files, put } = await kept(test);
    const file = await put('a.log', Array.from({ length: 700 }, (_, n) => `line ${n + 1}\n`).join(''));
    const named = { source: 'hello', version: '2.10-3', architecture: 'amd64' };
    const { url } = await serve(test, { files, storedLog: async () => file, build: async () => named as never });
    const lines = `/mini_buildd/builds/${build}/log/lines`;
    const first = async (from: string) => {
      const page = await (await fetch(`${url}${lines}?from=${from}`)).text();
      assert.match(
        page,
        new RegExp(`<form class="go-to"[^>]* action="${lines}">.*<input id="line" name="from" type="number"`),
      );
      return Number(/<li id="L(\d+)"/.exec(page)?.[1]);
    };
    assert.equal(await first('345'), 345);
    assert.equal(await first('99999'), 700);
    assert.equal(await first('0'), 1);
    assert.match(
      await (await fetch(`${url}${lines}`)).text(),
      /<title>Log of hello 2\.10-3 on amd64 – .*<h1>Log of <a [^>]*>hello 2\.10-3 on amd64<\/a><\/h1>/s,
    );
  });

  it('is not there for who asks for what is none', async (test) => {
    const { url } = await serve(test);
    for (const path of ['lines', 'find?find=x', 'live']) {
      assert.equal((await fetch(`${url}/mini_buildd/builds/${build}/log/${path}`)).status, 404);
      assert.equal((await fetch(`${url}/mini_buildd/builds/..%2f..%2fx/log/${path}`)).status, 404);
    }
    assert.equal((await fetch(`${url}/mini_buildd/builds/${build}/log/find`)).status, 400);
  });
});

describe('the part of a log that stands on the page of a build that failed', () => {
  const logOf = (lines: readonly string[]) => {
    const text = inMemory(lines.map((line) => `${line}\n`).join(''));
    return { text, index: lineIndex(text), isOver: () => true };
  };
  const quiet = (count: number): readonly string[] => Array.from({ length: count }, () => 'fine so far');

  it('ends a few lines behind the first error, whatever comes after it', async () => {
    const failed = logOf([...quiet(60_000), '\u001b[31mrocket.c:40:12: error: no thrust\u001b[0m', ...quiet(500)]);
    const { firstError, first, lines, of } = await aroundFirstError(failed);
    assert.deepEqual(firstError, { line: 60_001, says: 'rocket.c:40:12: error: no thrust' });
    assert.deepEqual([first + lines.length - 1, of], [60_009, 60_501]);
    assert.ok(first < 59_980 && lines[60_001 - first]?.includes('no thrust'));
    const looked = failed.text.bytesRead();
    await aroundFirstError(failed);
    assert.ok(failed.text.bytesRead() - looked < looked / 3, 'it is looked through once');
  });

  it('is its end where nothing in it reads like an error', async () => {
    const { firstError, first, lines } = await aroundFirstError(logOf(quiet(200)));
    assert.deepEqual([firstError, first + lines.length - 1], [undefined, 200]);
  });

  it('has the first error also at the very beginning and in a line too long for it', async () => {
    const atOnce = await aroundFirstError(logOf(['E: no such chroot', ...quiet(3)]));
    assert.deepEqual([atOnce.firstError?.line, atOnce.first], [1, 1]);
    const long = await aroundFirstError(logOf([...quiet(5), `error: ${'x'.repeat(3000)}`, ...quiet(90)]));
    assert.equal(long.firstError?.line, 6);
  });
});
