import type { IncomingMessage } from 'node:http';

export type Credentials =
  | { readonly kind: 'token'; readonly secret: string }
  | { readonly kind: 'password'; readonly login: string; readonly password: string }
  | { readonly kind: 'unreadable' };

/** What `Authorization` holds: a token (RFC 6750), or login and password (RFC 7617, in UTF-8). */
export const credentialsOf = ({ headers: { authorization } }: IncomingMessage): Credentials | undefined => {
  if (authorization === undefined) return undefined;
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +([A-Za-z0-9._~+/-]+=*) *$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { kind: 'token', secret: value };
    case 'basic':
      return tokenOr(loginAndPassword(Buffer.from(value, 'base64').toString('utf8')));
    default:
      return { kind: 'unreadable' };
  }
};

/** Programs that know passwords alone show a token as one, whatever login they have to give. */
const tokenOr = (shown: Credentials): Credentials =>
  shown.kind === 'password' && /^mbd_[\w-]{43}$/.test(shown.password)
    ? { kind: 'token', secret: shown.password }
    : shown;

const loginAndPassword = (text: string): Credentials => {
  const colon = text.indexOf(':');
  return colon === -1
    ? { kind: 'unreadable' }
    : { kind: 'password', login: text.slice(0, colon), password: text.slice(colon + 1) };
};
