import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId, TokenId } from '../../domain/account/events.ts';
import type { Scope } from '../../domain/account/privilege.ts';
import { instant } from '../../domain/codec.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { People } from '../../ports/people.ts';
import type { Tell } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { randomId } from '../accounts/add-account.ts';
import { action, days, maybeToken } from './account-arguments.ts';
import { choice } from './arguments.ts';
import { type Command, command } from './command.ts';

const dayMs = 24 * 3600 * 1000;

/** `token`: what programs show instead of a password. Everybody looks after their own. */
export const token = (world: World, people: People, tell: Tell, now: () => number): Command =>
  command({
    name: 'token',
    summary: 'Lists, issues and revokes your tokens; programs show them instead of a password',
    arguments: {
      action: action(['list', 'issue', 'revoke'], 'What to do'),
      token: maybeToken('The token to revoke, by the name that list shows'),
      scope: choice(['login', 'staff', 'admin'], 'The most that the new token may be used for'),
      days: days('How long the new token counts'),
    },
    privilege: 'login',
    changes: true,
    run: (given, actor, caller) => {
      const account = actor.name as AccountId;
      switch (given.action) {
        case 'list':
          return right(list(world, account, now()));
        case 'issue':
          return issue(account, given.scope, now() + given.days * dayMs, caller, people, tell);
        case 'revoke':
          return given.token === undefined ? left(whichToken) : revoke(account, given.token, caller, people, tell);
      }
    },
  });

const list = ({ accounts }: World, account: AccountId, now: number): Answer => {
  const json = [...(accounts.get(account)?.tokens ?? [])].map(([name, { scope, issuedAt, expiresAt }]) => ({
    token: name,
    scope,
    issuedAt,
    expiresAt,
    hasExpired: expiresAt <= instant(now),
  }));
  const lines = json.map(
    (each) =>
      `${each.token}: ${each.scope}, issued ${each.issuedAt}, ${each.hasExpired ? 'expired' : 'until'} ${each.expiresAt}\n`,
  );
  return { json, plain: lines.length === 0 ? 'no tokens\n' : lines.join('') };
};

/** The secret first: one without its event opens nothing, an event without its secret would be of no use. */
const issue = async (
  account: AccountId,
  scope: Scope,
  expires: number,
  { actor, shown }: Caller,
  people: People,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  if (shown === 'token') return left(byToken);
  const name = randomId<TokenId>();
  const expiresAt = instant(expires);
  const secret = await people.addToken(account, name);
  const issued = { type: 'TokenIssued', account, token: name, scope, expiresAt } as const;
  const told = await tell(
    { command: 'IssueToken', account, issued },
    { actor, causedBy: undefined, correlation: randomUUID() },
  );
  if (isLeft(told)) {
    await people.dropToken(name);
    return told;
  }
  return right({ json: { token: name, secret, scope, expiresAt }, plain: `${secret}\n` });
};

const revoke = async (
  account: AccountId,
  name: TokenId,
  { actor }: Caller,
  people: People,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  const told = await tell(
    { command: 'RevokeToken', account, token: name },
    { actor, causedBy: undefined, correlation: randomUUID() },
  );
  if (isLeft(told)) return told;
  if (told.right.length === 0) return left(refusal('no-token', `you hold no token ${name}`, 'see token list'));
  await people.dropToken(name);
  return right({ json: { token: name, revoked: true }, plain: `${name} is revoked\n` });
};

const whichToken = refusal('bad-argument', '"token" is missing', 'give the name that token list shows');

/** Else a stolen token could outlive its own end. */
const byToken = refusal(
  'password-only',
  'a token does not issue tokens',
  'ask with login and password, or in a browser that is logged in',
);
