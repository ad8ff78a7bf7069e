import assert from 'node:assert/strict';
import type { Instance } from './instance.ts';

export type Administrator = {
  /** A page as administrators see it, below `/mini_buildd/`; the home page without a path. */
  readonly page: (path?: string) => Promise<string>;
  /** Runs a command by HTTP, and says whether it was done. */
  readonly runs: (command: string, given: object) => Promise<boolean>;
};

/** Makes adam an administrator of an instance that does not run just now. */
export const administrator = async (instance: Instance, email = ''): Promise<Administrator> => {
  const { out, err } = await instance.verb(['user', 'add', 'adam', '--role', 'admin', '--email', email]);
  const password = /password (\S+)/.exec(out)?.[1] ?? assert.fail(err);
  const authorization = `Basic ${Buffer.from(`adam:${password}`).toString('base64')}`;
  const at = (path: string): string => `http://${instance.http}/mini_buildd/${path}`;
  return {
    page: async (path = '') => (await fetch(at(path), { headers: { authorization } })).text(),
    runs: async (command, given) => {
      const answer = await fetch(at(`api/${command}`), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ ...given, confirm: command }),
      });
      await answer.text();
      return answer.ok;
    },
  };
};
