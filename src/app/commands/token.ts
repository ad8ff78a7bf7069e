import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId, TokenId } from '../../domain/account/events.ts';
import type { Scope } from '../../domain/account/privilege.ts';
import { instant } from '../../domain/codec.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Answer, Ending } from '../../ports/api.ts';
import type { Kept, People } from '../../ports/people.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { randomId } from '../accounts/add-account.ts';
import { type ClientCertificate, clientCertificateIn, isShown } from '../accounts/client-certificate.ts';
import { livingTokens } from '../accounts/living-tokens.ts';
import { endingOfToken } from '../endings/ending-of-token.ts';
import { action, certificateText, days, maybeToken } from './account-arguments.ts';
import { choice } from './arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Deed, type Planned } from './deed.ts';

const dayMs = 24 * 3600 * 1000;

/** `token`: what programs show instead of a password. Everybody looks after their own. */
export const token = (world: World, people: People, voice: Voice, now: () => number): Command =>
  changingCommand(voice, {
    name: 'token',
    summary:
      'Lists, issues and revokes your tokens; programs show them, or a certificate that you hand in, instead of a password',
    arguments: {
      action: action(['list', 'issue', 'revoke'], 'What to do'),
      token: maybeToken('The token to revoke, by the name that list shows'),
      scope: {
        ...choice(['login', 'staff', 'admin'], 'The most that the new token may be used for'),
        with: ['issue'],
      },
      certificate: {
        ...certificateText('A certificate (PEM) that uploads by HTTPS show; then no secret is made'),
        with: ['issue'],
      },
      days: { ...days('How long the new token counts'), with: ['issue'] },
    },
    privilege: 'login',
    plan: async (given, actor, caller) => {
      const account = actor.name as AccountId;
      switch (given.action) {
        case 'list':
          return right(list(world, account, now(), await people.kept(account)));
        case 'issue':
          return issue(account, given, now(), caller, { people, world });
        case 'revoke':
          return given.token === undefined ? left(whichToken) : await revoke(account, given.token, world, people);
      }
    },
  });

const list = ({ accounts }: World, account: AccountId, now: number, { tokens, certificates }: Kept): Answer => {
  const json = [...livingTokens(accounts.get(account)?.tokens, tokens)].map(
    ([name, { scope, issuedAt, expiresAt }]) => ({
      token: name,
      scope,
      issuedAt,
      expiresAt,
      hasExpired: expiresAt <= instant(now),
      certificate: certificates.get(name) ?? null,
    }),
  );
  const lines = json.map(
    (each) =>
      `${each.token}: ${each.scope}, issued ${each.issuedAt}, ${each.hasExpired ? 'expired' : 'until'} ${each.expiresAt}${each.certificate === null ? '' : `, by the certificate of ${each.certificate}`}\n`,
  );
  return { json, plain: lines.length === 0 ? 'no tokens\n' : lines.join('') };
};

/**
 * The secret first: one without its event opens nothing, and goes at the next start; an event without its secret would be of no use.
 * Nobody ever sees the secret of a token whose event may or may not be told.
 */
const issue = async (
  account: AccountId,
  {
    scope,
    days: lasting,
    certificate: pem,
  }: { readonly scope: Scope; readonly days: number; readonly certificate: string | undefined },
  now: number,
  { shown, certificate: ofConnection }: Caller,
  { people, world: { accounts } }: { readonly people: People; readonly world: World },
): Promise<Planned> => {
  if (shown === 'token') return left(byToken);
  const read = pem === undefined ? right(undefined) : clientCertificateIn(pem, now);
  if (isLeft(read)) return read;
  const certificate = read.right;
  if (certificate !== undefined && scope !== 'login') return left(forUploadsAlone);
  if (certificate !== undefined && !isShown(certificate, ofConnection)) return left(notShown);
  const before = certificate && (await people.byCertificate(certificate.key));
  if (before !== undefined && before.account !== account) return left(taken);
  const expiresAt = instant(now + lasting * dayMs);
  const tokens = accounts.get(account)?.tokens ?? new Map<TokenId, never>();
  const held = [...livingTokens(tokens, (await people.kept(account)).tokens).keys()];
  const old = before && tokens.has(before.token) ? before.token : undefined;
  const name = randomId<TokenId>();
  const issued = { type: 'TokenIssued', account, token: name, scope, expiresAt } as const;
  return right<never, Deed>({
    was: held,
    says: [
      { command: 'IssueToken', account, issued },
      ...(old === undefined ? [] : [{ command: 'RevokeToken', account, token: old } as const]),
    ],
    would: () => ({
      json: { scope, expiresAt, held: held.length, certificate: certificate?.subject ?? null },
      plain: `a token would be issued: ${scope}, until ${expiresAt}; ${secretOf(certificate)}; tokens held now: ${held.length}\n`,
      basis: { scope, days: lasting, certificate: certificate?.key ?? null },
      ...(old !== undefined && { ends: prolonging(old) }),
    }),
    perform: async (say, begin) => {
      begin();
      const secret = certificate === undefined ? await people.addToken(account, name) : undefined;
      if (certificate !== undefined && (await people.addCertificate(account, name, certificate)) !== 'added')
        return left(taken);
      const undo = async (): Promise<void> => {
        if (certificate !== undefined && before !== undefined)
          await people.addCertificate(account, before.token, certificate);
        else await people.dropToken(name);
      };
      const said = await say().catch(async (fault: unknown) => {
        await undo();
        throw fault;
      });
      if (isLeft(said)) {
        await undo();
        return said;
      }
      return right({
        json: { token: name, secret: secret ?? null, scope, expiresAt },
        plain: `${secret ?? `the certificate counts from now on as the token ${name}`}\n`,
      });
    },
  });
};

const revoke = async (account: AccountId, name: TokenId, { accounts }: World, people: People): Promise<Planned> => {
  const held = accounts.get(account)?.tokens.get(name);
  if (held === undefined) return left(refusal('no-token', `you hold no token ${name}`, 'see token list'));
  const { scope, expiresAt } = held;
  const others = livingTokens(accounts.get(account)?.tokens, (await people.kept(account)).tokens);
  return right<never, Deed>({
    was: held,
    says: [{ command: 'RevokeToken', account, token: name }],
    would: () => ({
      json: { token: name, scope, expiresAt, revoked: false },
      plain: `${name} (${scope}, until ${expiresAt}) would be revoked\n`,
      ends: endingOfToken(name, held, others.size - (others.has(name) ? 1 : 0)),
    }),
    perform: async (say) => {
      const said = await say();
      if (isLeft(said)) return said;
      await people.dropToken(name);
      return right({ json: { token: name, revoked: true }, plain: `${name} is revoked\n` });
    },
  });
};

const prolonging = (old: TokenId): Ending => ({
  goes: [`The token ${old}, which has the same key.`],
  depends: [],
  stays: ['What shows the certificate: it counts by the new token.'],
});

const secretOf = (certificate: ClientCertificate | undefined): string =>
  certificate === undefined
    ? 'its secret would be shown once'
    : `its secret is the key of the certificate of ${certificate.subject}, which ends at ${instant(certificate.validUntil)}`;

const forUploadsAlone = refusal(
  'bad-argument',
  '"scope": a certificate is shown for uploads alone, which need "login"',
  'leave the scope out, or issue a token without certificate',
);

/** Certificates are public: who could hand in that of somebody else would have their uploads journaled as theirs, and keep them from handing it in. */
const notShown = refusal(
  'certificate-not-shown',
  'the connection does not show a certificate of this key that counts here, so that it may be that of somebody else',
  'hand it in by HTTPS, and show it to the connection as uploads do: curl --cert and --key, as the manual has it (Signing on), or a browser that holds it',
);

const taken = refusal(
  'certificate-taken',
  'the key of this certificate counts as a token of somebody else',
  'hand in a certificate of another key; or ask an administrator: "user show" says who holds it, and "user password" ends their tokens',
);

const whichToken = refusal('bad-argument', '"token" is missing', 'give the name that token list shows');

/** Else a stolen token could outlive its own end. */
const byToken = refusal(
  'password-only',
  'a token does not issue tokens',
  'ask with login and password, or in a browser that is logged in',
);
