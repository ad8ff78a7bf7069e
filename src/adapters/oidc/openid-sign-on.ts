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
/** How long it may take to answer, seconds, and how many bytes may come. */
type Bounds = { readonly patience: number; readonly bytes: number };
const usualBounds: Bounds = { patience: 10, bytes: 512 * 1024 };

/** How long it is not asked again once it failed, milliseconds. */
const rests = 10_000;

/**
 * Sign-on by OpenID Connect: authorization code with PKCE, state and nonce; the ID token is held against the keys of the provider, whatever
 * way it came. `origin` is where browsers reach us; `now` counts milliseconds from whenever, by what nobody sets.
 */
export const openidSignOn = (
  settings: SignOnSettings,
  origin: string,
  now: () => number = () => performance.now(),
  bounds: Bounds = usualBounds,
): SignOn => {
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
      timeout: bounds.patience,
      [client.customFetch]: boundedFetch(bounds.bytes),
    });
    known = { until: now() + holds, provider: found };
    failed = undefined;
    return found;
  };

  return {
    name,
    issuer: settings.issuer.href.replace(/\/$/, ''),
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
        if (!isSafe(address, issuer))
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
        // Its keys may be others by now: whoever begins again has it asked anew.
        known = undefined;
        return left(refusedBy(name, causeOf(error)));
      }
    },
    leave: async () => {
      const address = await provider()
        .then((known) => client.buildEndSessionUrl(known, { post_logout_redirect_uri: `${origin}/mini_buildd/` }))
        .catch(() => undefined);
      return address !== undefined && isSafe(address, issuer) ? address.href : undefined;
    },
  };
};

const isSafe = (address: URL, issuer: URL): boolean =>
  address.protocol === 'https:' || (isLoopback(issuer) && isLoopback(address));

/** An answer of which no more is read than that: nothing that it is about needs more. */
const boundedFetch =
  (most: number): client.CustomFetch =>
  async (url, options) => {
    const { body, status, headers } = await fetch(url, options as RequestInit);
    if (body === null) return new Response(null, { status, headers });
    let size = 0;
    const bounded = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, out) => {
        size += bytes.byteLength;
        if (size > most) out.error(new Error(`it sends more than ${most} bytes`));
        else out.enqueue(bytes);
      },
    });
    return new Response(body.pipeThrough(bounded), { status, headers });
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

const identityIn = (claims: Claims, { name, claim, roles }: SignOnSettings): Either<Refusal, Identity> => {
  if (claims.sub.length > longestSubject)
    return left(refusedBy(name, `its "sub" is longer than ${longestSubject} letters`));
  const said = (name: string): string => (typeof claims[name] === 'string' ? claims[name].slice(0, longestName) : '');
  const groups = namesIn(claims[claim]);
  if (groups === undefined) return left(refusedBy(name, `its claim "${claim}" is neither a name nor a list of names`));
  const held = ['*', ...groups].flatMap((group) => roles.get(group) ?? []);
  return right({
    issuer: claims.iss,
    subject: claims.sub,
    login: said('preferred_username') || said('email').replace(/@.*$/, ''),
    fullName: said('name'),
    email: claims.email_verified === false ? '' : said('email'),
    hasGroups: claims[claim] !== undefined && claims[claim] !== null,
    role: held.reduce<Role | undefined>(wider, undefined),
  });
};

/** OpenID Connect Core §2. */
const longestSubject = 255;
const longestName = 200;

/** What is absent are no names; `undefined`: something else was meant. */
const namesIn = (groups: unknown): readonly string[] | undefined => {
  const all = groups === undefined || groups === null ? [] : Array.isArray(groups) ? groups : [groups];
  return all.every((group) => typeof group === 'string') ? all : undefined;
};

const wider = (one: Role | undefined, other: Role): Role =>
  one === undefined || suffices(privilege[other], privilege[one]) ? other : one;

const privilege = { user: 'login', staff: 'staff', admin: 'admin' } as const;
