import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import { accountReader } from '../../src/app/tell.ts';
import type { LoginName, Password, Person } from '../../src/domain/account/person.ts';
import type { Role } from '../../src/domain/account/privilege.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { ernie } from './fixed-examples.ts';
import { boot, machine } from './in-memory-daemon.ts';

export const passwordOf = (login: string): string => `the password of ${login}`;

export const because = {
  actor: { kind: 'administrator', name: 'host' },
  causedBy: undefined,
  correlation: 'host',
} as const;

/** A daemon behind its web server, where `oscar`, `stan` and `adam` have accounts: a user, staff, an administrator. */
export const atWork = async (test: TestContext, configuration?: readonly DaemonEvent[]) => {
  const on = await machine(test, configuration);
  const daemon = await boot(on);
  const { engine, kill } = daemon;
  // What the daemon begins by itself is behind us: from now on only people do something.
  await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
  await daemon.rests();
  const log = openMemoryLog(on.store, on.clock.now);
  const read = accountReader(log);
  for (const [login, role] of [
    ['oscar', 'user'],
    ['stan', 'staff'],
    ['adam', 'admin'],
  ] as const) {
    const added = await addAccount(personOf(login, role), on.people, read, engine.tell, because);
    assert.ok(!isLeft(added));
  }
  const place = { builder: ernie, room: 4, tags: [] };
  const confinement = { network: true, processes: true, bounds: true } as const;
  const pages = servedPages(engine, log, { confinement, place, clock: on.clock });
  const { url, routes } = await serve(test, { ...pages, log, liveLog: engine.liveLog, files: on.files });
  test.after(kill);
  return { on, daemon, engine, kill, url, routes, ...client(url) };
};

export const personOf = (login: string, role: Role) => ({
  login: login as LoginName,
  fullName: `${login} of Sesame Street` as Person['fullName'],
  email: `${login}@example.org` as Person['email'],
  role,
  password: passwordOf(login) as Password,
});

export type Headers = Readonly<Record<string, string>>;
export const json = { 'content-type': 'application/json' };
export const form = { 'content-type': 'application/x-www-form-urlencoded' };

export const basic = (login: string, password = passwordOf(login)): Headers => ({
  authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
});
export const bearer = (secret: string): Headers => ({ authorization: `Bearer ${secret}` });

const client = (url: string) => {
  const run = async (command: string, given: object, who: Headers = {}) => {
    const answer = await fetch(`${url}/mini_buildd/api/${command}`, {
      method: 'POST',
      headers: { ...json, ...who },
      body: JSON.stringify(given),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  const logIn = async (login: string, password = passwordOf(login)) => {
    const answer = await fetch(`${url}/mini_buildd/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ login, password }),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    return { status: answer.status, set: answer.headers.get('set-cookie') ?? '', cookie, body: await answer.json() };
  };
  return { run, logIn };
};
