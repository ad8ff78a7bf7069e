import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import * as client from 'openid-client';
import { type Role, suffices } from '../../domain/account/privilege.ts';
import { inAscii } from '../../domain/in-ascii.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Attempt, Identity, SignOn } from '../../ports/sign-on.ts';
import { isLoopback, type SignOnSettings } from './sign-on-file.ts';

/** For how long what the provider said of itself holds, milliseconds: keys are looked at anew by themselves. */
const holds = 3_600_000;
/** How long it may take to answer, seconds. */
const patience = 10;
/** How long it is not asked again once it failed, milliseconds. */
const rests = 10_000;

/**
 * Sign-on by OpenID Connect: authorization code with PKCE, state and nonce; the ID token is held against the keys of the provider, whatever
 * way it came. `origin` is where browsers reach us.
 */
export const openidSignOn = (settings: SignOnSettings, origin: string, now: () => number): SignOn => {
  const { name, issuer, secret, scope } = settings;
  const back = `${origin}/mini_buildd/sign-on/back`;
  let known: { readonly until: number; readonly provider: client.Configuration } | undefined;

  let asked: Promise<client.Configuration> | undefined;
  let failed: { readonly until: number; readonly error: unknown } | undefined;

  const provider = (): Promise<client.Configuration> => {
    if (known !== undefined && known.until > now()) return Promise.resolve(known.provider);
    if (failed !== undefined && failed.until > now()) return Promise.reject(failed.error);
    asked ??= discover()
      .catch((error: unknown) => {
        failed = { until: now() + rests, error };
        throw error;
      })
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };

  const discover = async (): Promise<client.Configuration> => {
    const execute = [client.enableNonRepudiationChecks, ...(isLoopback(issuer) ? [client.allowInsecureRequests] : [])];
    const found = await client.discovery(issuer, settings.client, undefined, client.ClientSecretBasic(secret), {
      execute,
      timeout: patience,
    });
    known = { until: now() + holds, provider: found };
    return found;
  };

  return {
    name,
    begin: async () => {
      try {
        const attempt = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        };
        const address = client.buildAuthorizationUrl(await provider(), {
          redirect_uri: back,
          response_type: 'code',
          scope,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
        });
        if (address.protocol !== 'https:' && !(isLoopback(issuer) && isLoopback(address)))
          return left(unable(name, `it wants browsers to go to ${address.protocol}//${address.host}`));
        return right({ address: address.href, attempt });
      } catch (error) {
        return left(unable(name, causeOf(error)));
      }
    },
    finish: async (query, { state, nonce, verifier }: Attempt) => {
      try {
        const answer = new URL(`${back}?${query}`);
        const tokens = await client.authorizationCodeGrant(await provider(), answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        return claims === undefined ? left(refusedBy(name, 'it sent no ID token')) : identityIn(claims, settings);
      } catch (error) {
        return left(refusedBy(name, causeOf(error)));
      }
    },
  };
};

const unable = (name: string, fact: string): Refusal =>
  refusal('sign-on-unreachable', `${name} cannot be asked: ${fact}`, 'log in by password, or try again later');

const refusedBy = (name: string, fact: string): Refusal =>
  refusal('sign-on-refused', `what ${name} answered is not believed: ${fact}`, 'begin again, or log in by password');

/** The innermost reason, on one line: the outer ones say that there is one. Values of claims are not repeated. */
const causeOf = (error: unknown): string => {
  if (error instanceof client.AuthorizationResponseError) return `it says "${plain(error.error)}"`;
  if (error instanceof client.ResponseBodyError) return `its token endpoint says "${plain(error.error)}"`;
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return plain(reasonOf(inner));
};

const plain = (written: string): string => inAscii(written, 200);

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

const identityIn = (claims: Claims, { claim, roles }: SignOnSettings): Either<Refusal, Identity> => {
  const said = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '');
  const groups = claims[claim];
  const held = ['*', ...(Array.isArray(groups) ? groups : [groups])].flatMap((group) =>
    typeof group === 'string' ? (roles.get(group) ?? []) : [],
  );
  return right({
    issuer: claims.iss,
    subject: claims.sub,
    login: said('preferred_username') || said('email').replace(/@.*$/, ''),
    fullName: said('name'),
    email: claims.email_verified === false ? '' : said('email'),
    role: held.reduce<Role | undefined>(wider, undefined),
  });
};

const wider = (one: Role | undefined, other: Role): Role =>
  one === undefined || suffices(privilege[other], privilege[one]) ? other : one;

const privilege = { user: 'login', staff: 'staff', admin: 'admin' } as const;
