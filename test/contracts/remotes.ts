import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal } from '../../src/domain/refusal.ts';
import type { Api } from '../../src/ports/api.ts';
import type { Remotes } from '../../src/ports/remotes.ts';
import { apiOf, commandRow } from '../adapters/http/served.ts';

type Asked = { readonly command: string; readonly given: Readonly<Record<string, string>> };

/** An instance that says what it was asked, or refuses. */
const asked = (heard: Asked[]): Api => {
  const argument = (name: string) => ({
    name,
    codec: { name, decode: right, validate: right, is: () => true, encode: String, asDecoder: () => undefined },
    positional: false,
    short: undefined,
    fallback: '',
    summary: name,
  });
  const commands = [
    commandRow('getkey'),
    commandRow('status'),
    commandRow('introduce', {
      changes: true,
      arguments: [argument('introduction'), argument('key')] as never,
    }),
  ];
  return {
    commands,
    ...apiOf([]),
    run: async (command, given) => {
      heard.push({ command, given });
      if (command === 'status') return left([refusal('is-held', 'it says no', 'ask later')]);
      return right({ json: { says: command }, plain: '' });
    },
  };
};

/** What every way to other instances keeps. `open` serves an API at an address, and gives the way there and its end. */
export const remotesContract = (
  name: string,
  open: (
    test: TestContext,
    api: Api,
  ) => Promise<{ readonly remotes: Remotes; readonly url: string; readonly away: () => Promise<void> | void }>,
): void => {
  describe(`${name}, a way to other instances`, () => {
    it('brings answers as JSON', async (test) => {
      const { remotes, url } = await open(test, asked([]));
      assert.deepEqual(await remotes.ask(url, 'getkey'), right({ says: 'getkey' }));
    });

    it('brings an introduction whole, lines and all', async (test) => {
      const heard: Asked[] = [];
      const { remotes, url } = await open(test, asked(heard));
      const given = { introduction: '-----BEGIN\nHttp: a:1 + ü & "\n', key: 'KEY\n\nlines\n' };
      assert.deepEqual(await remotes.introduce(url, given), right({ says: 'introduce' }));
      assert.deepEqual(heard, [{ command: 'introduce', given }]);
    });

    it('says what came instead of an answer, and who is away', async (test) => {
      const { remotes, url, away } = await open(test, asked([]));
      const refused = await remotes.ask(url, 'status');
      assert.ok(isLeft(refused) && refused.left.rule === 'unreachable-remote');
      await away();
      const gone = await remotes.ask(url, 'getkey');
      assert.ok(isLeft(gone) && gone.left.rule === 'unreachable-remote');
    });
  });
};
