import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Caller } from '../../domain/account/caller.ts';
import { Instant } from '../../domain/codec.ts';
import type { Api } from '../../ports/api.ts';
import type { OwnAccount } from './views/own-account-page.ts';

const maybe = t.union([t.string, t.null]);

/** `null`: whatever its name. */
const names = t.union([t.readonlyArray(t.string), t.null]);

const Who = t.type({
  login: maybe,
  fullName: maybe,
  email: maybe,
  role: maybe,
  toldOf: t.readonlyArray(t.string),
  identities: t.readonlyArray(t.string),
  key: t.union([
    t.type({
      fingerprint: t.string,
      userIds: t.readonlyArray(t.string),
      expiresAt: t.union([Instant, t.null]),
      concern: maybe,
      uploadsTo: t.readonlyArray(
        t.type({ repository: t.string, suites: names, sources: names, configured: t.boolean }),
      ),
    }),
    t.null,
  ]),
});
const Tokens = t.array(
  t.type({
    token: t.string,
    scope: t.string,
    issuedAt: Instant,
    expiresAt: Instant,
    hasExpired: t.boolean,
    certificate: maybe,
  }),
);
const Subscriptions = t.array(t.type({ subscription: t.string, package: maybe, distribution: maybe }));

/** What commands tell somebody of their own account. Throws when they tell something else: that is ours to mend. */
export const ownAccount = async (api: Pick<Api, 'run'>, caller: Caller): Promise<OwnAccount> => {
  const ask = async <A>(
    codec: t.Type<A, unknown>,
    command: string,
    given: Readonly<Record<string, string>>,
  ): Promise<A> => {
    const answer = await api.run(command, given, caller);
    const json: unknown = isLeft(answer) ? undefined : answer.right.json;
    if (!codec.is(json)) throw new Error(`"${command}" does not tell of an account what its page shows`);
    return json;
  };
  return {
    ...(await ask(Who, 'whoami', {})),
    privilege: caller.privilege,
    tokens: await ask(Tokens, 'token', { action: 'list' }),
    subscriptions: await ask(Subscriptions, 'subscription', { action: 'list' }),
  };
};
