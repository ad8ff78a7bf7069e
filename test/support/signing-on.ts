import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { openidSignOn } from '../../src/adapters/oidc/openid-sign-on.ts';
import type { LoginName } from '../../src/domain/account/person.ts';
import type { Role } from '../../src/domain/account/privilege.ts';
import { serve } from '../adapters/http/served.ts';
import { atWork, form } from './accounts-at-work.ts';
import { configured, instanceConfigured } from './fixed-examples.ts';
import { identityProvider } from './identity-provider.ts';

export const origin = 'http://buildd.example.org:8066';
export const roles = new Map<string, Role>([
  ['developers', 'user'],
  ['release team', 'staff'],
  ['root', 'admin'],
]);

type Unusual = {
  /** Seconds that an answer of the provider may take. */
  readonly patience?: number;
  /** Roles of further groups. */
  readonly more?: readonly (readonly [string, Role])[];
};

/** A daemon whose people sign on elsewhere, and a browser that goes where it is led. */
export const signingOn = async (test: TestContext, { patience = 10, more = [] }: Unusual = {}) => {
  const provider = await identityProvider(test);
  const { engine, on, logIn } = await atWork(test, [
    ...configured,
    { ...instanceConfigured, registration: 'open' },
    { type: 'EngineStarted' },
  ]);
  const { issuer, client, secret } = provider;
  const settings = {
    name: 'Sesame',
    issuer: new URL(issuer),
    client,
    secret,
    scope: 'openid profile',
    claim: 'groups',
    roles: new Map([...roles, ...more]),
  };
  // What a provider says of itself is asked anew each time here.
  const signOn = openidSignOn(settings, origin, () => Number.NaN, { patience, bytes: 524_288 });
  const { url } = await serve(test, {
    api: engine.api,
    access: engine.access,
    signOn: { ...signOn, enter: engine.enterSignedOn, paced: engine.signOnPace, ...engine.identities },
  });
  const get = (path: string, cookie = ''): Promise<Response> =>
    fetch(path.replace(origin, url), { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
  const post = (path: string, cookie: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(path.replace(origin, url), {
      method: 'POST',
      redirect: 'manual',
      headers: { ...form, cookie, accept: 'text/html', origin: url },
      body: new URLSearchParams(fields),
    });
  const cookieOf = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0] ?? '')
      .filter((pair) => !pair.endsWith('='))
      .join('; ');
  const leave = async (next = '') => {
    const left = await get(`${url}/mini_buildd/sign-on${next}`);
    return { left, cookie: cookieOf(left), address: left.headers.get('location') ?? '' };
  };
  const signOnAs = async (next = '') => {
    const { left, cookie, address } = await leave(next);
    if (left.status !== 303) return left;
    const led = await get(address);
    return get(led.headers.get('location') ?? assert.fail(`nowhere: ${led.status}`), cookie);
  };
  return {
    provider,
    engine,
    on,
    get,
    post,
    url,
    logIn,
    cookieOf,
    leave,
    signOnAs,
    events: async () =>
      (await openMemoryLog(on.store, on.clock.now).readAll(undefined, 10_000)).map(({ body }) => body),
    accountOf: async (login: string) => {
      const person = await on.people.byLogin(login as LoginName);
      return person && { person, story: engine.world.accounts.get(person.account) };
    },
  };
};
