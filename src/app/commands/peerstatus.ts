import { right } from 'fp-ts/lib/Either.js';
import { type Command, command } from './command.ts';

/** `peerstatus`: what other instances ask for before they give us builds. */
export const peerstatus = (statement: () => Promise<string>): Command =>
  command({
    name: 'peerstatus',
    summary:
      'Says to other instances, signed with our key: our load, our chroots, whom we know, and how their builds do',
    arguments: {},
    privilege: 'none',
    run: async () => {
      const text = await statement();
      return right({ json: { statement: text }, plain: text });
    },
  });
