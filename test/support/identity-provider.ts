import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export type Lie =
  | 'another nonce'
  | 'another issuer'
  | 'an expired token'
  | 'a token of tomorrow'
  | 'an unsigned token'
  | 'a token signed with the secret of the client'
  | 'a token of another key'
  | 'a token for somebody else'
  | 'no token'
  | 'no token but a redirect elsewhere'
  | 'another state'
  | 'a refusal'
  | 'the metadata of another issuer'
  | 'metadata elsewhere'
  | 'browsers elsewhere'
  | 'nothing but rubbish'
  | 'nobody'
  | 'a token that somebody else may show'
  | 'a huge token'
  | 'huge metadata'
  | 'keys elsewhere'
  | 'groups as a tree'
  | 'groups of numbers'
  | 'silence'
  | 'a word now and then';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const newKey = (kid: string | undefined) => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }), kid });

/** An identity provider on this machine that does as OpenID Connect has it: tells the truth of `claims`, unless it is told to lie. */
export const identityProvider = async (test: Pick<TestContext, 'after'>) => {
  let key = newKey('one');
  const other = newKey('one');
  const [client, secret] = ['mini-buildd', 'a secret of two'];
  const codes = new Map<string, { readonly nonce: string; readonly challenge: string; readonly back: string }>();
  const state: { lie: Lie | undefined; claims: Record<string, unknown>; asked: string[]; hasLogout: boolean } = {
    lie: undefined,
    hasLogout: true,
    claims: {
      sub: '4711',
      preferred_username: 'grover',
      name: 'Grover',
      email: 'grover@example.org',
      groups: ['developers'],
    },
    asked: [],
  };
  let issuer = '';

  const signed = (claims: unknown): string => {
    const alg = state.lie === 'an unsigned token' ? 'none' : state.lie?.endsWith('of the client') ? 'HS256' : 'RS256';
    const input = `${encoded({ alg, typ: 'JWT', kid: key.kid })}.${encoded(claims)}`;
    if (alg === 'none') return `${input}.`;
    if (alg === 'HS256') return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    const by = state.lie === 'a token of another key' ? other : key;
    return `${input}.${sign('sha256', Buffer.from(input), by.privateKey).toString('base64url')}`;
  };

  const idToken = (nonce: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const { lie } = state;
    const issued = lie === 'an expired token' ? now - 7200 : lie === 'a token of tomorrow' ? now + 86_400 : now;
    const groups = lie === 'groups as a tree' ? { root: true } : lie === 'groups of numbers' ? [0] : undefined;
    return signed({
      iss: lie === 'another issuer' ? 'https://elsewhere.example.org' : issuer,
      aud: lie === 'a token for somebody else' ? 'another-client' : client,
      nonce: lie === 'another nonce' ? 'another' : nonce,
      iat: issued,
      nbf: issued,
      exp: issued + 600,
      ...(lie === 'a token that somebody else may show' && { aud: [client, 'another-client'], azp: 'another-client' }),
      ...state.claims,
      ...(groups !== undefined && { groups }),
      ...(lie === 'nobody' && { sub: undefined }),
      ...(lie === 'a huge token' && { padding: 'x'.repeat(3_000_000) }),
    });
  };

  const token = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const given = new URLSearchParams(await text(req));
    const found = codes.get(given.get('code') ?? '');
    codes.delete(given.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    const shown = Buffer.from((req.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    const login = shown.split(':').map((half) => decodeURIComponent(half.replaceAll('+', ' ')));
    const isAllowed =
      found !== undefined &&
      found.challenge === challenge &&
      found.back === given.get('redirect_uri') &&
      login[0] === client &&
      login[1] === secret;
    if (!isAllowed) return void json(res, { error: 'invalid_grant' }, 400);
    if (state.lie === 'silence') return;
    if (state.lie === 'a word now and then') return void dripped(res);
    if (state.lie === 'no token but a redirect elsewhere')
      return void res.writeHead(307, { location: `${issuer}/elsewhere` }).end();
    const answer = { access_token: randomBytes(16).toString('hex'), token_type: 'bearer', expires_in: 60 };
    json(res, state.lie === 'no token' ? answer : { ...answer, id_token: idToken(found.nonce) });
  };

  const authorize = (url: URL, res: ServerResponse): void => {
    const asked = (name: string): string => url.searchParams.get(name) ?? '';
    const back = new URL(asked('redirect_uri'));
    const code = randomBytes(16).toString('hex');
    codes.set(code, { nonce: asked('nonce'), challenge: asked('code_challenge'), back: back.href });
    back.searchParams.set('state', state.lie === 'another state' ? 'another' : asked('state'));
    if (state.lie === 'a refusal') back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', code);
    res.writeHead(303, { location: back.href }).end();
  };

  const metadata = () => ({
    issuer: state.lie === 'the metadata of another issuer' ? 'https://elsewhere.example.org' : issuer,
    authorization_endpoint:
      state.lie === 'browsers elsewhere' ? 'http://elsewhere.example.org/authorize' : `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...(state.hasLogout && { end_session_endpoint: `${issuer}/logout` }),
    ...(state.lie === 'huge metadata' && { padding: 'x'.repeat(3_000_000) }),
  });

  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', issuer);
    state.asked.push(url.pathname);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        if (state.lie === 'metadata elsewhere') res.writeHead(302, { location: `${issuer}/elsewhere` }).end();
        else if (state.lie === 'nothing but rubbish') res.end('<html>rubbish');
        else json(res, metadata());
        break;
      case '/jwks':
        if (state.lie === 'keys elsewhere') res.writeHead(302, { location: `${issuer}/elsewhere` }).end();
        else
          json(res, { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, alg: 'RS256', use: 'sig' }] });
        break;
      case '/authorize':
        authorize(url, res);
        break;
      case '/logout': {
        const back = url.searchParams.get('post_logout_redirect_uri') ?? '';
        res.setHeader('content-type', 'text/html; charset=utf-8');
        res.end(`<!doctype html><title>Sesame</title><p>Logged out at Sesame. <a href="${back}">Back</a></p>`);
        break;
      }
      case '/token':
        void token(req, res);
        break;
      default:
        res.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** Signs by a new key from now on, and knows the one before no more. Without `kid` its keys have no name. */
  const rotate = (kid: string | undefined): void => {
    key = newKey(kid);
  };
  return { issuer, client, secret, state, rotate };
};

/** Each byte comes in time, the whole never. */
const dripped = (res: ServerResponse): void => {
  res.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => res.write(' '), 100);
  res.once('close', () => clearInterval(timer));
};

const json = (res: ServerResponse, value: unknown, status = 200): void => {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};
