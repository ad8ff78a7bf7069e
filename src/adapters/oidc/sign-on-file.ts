import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as t from 'io-ts';
import { parse } from 'yaml';
import { Role } from '../../domain/account/privilege.ts';
import { decodeOrThrow } from '../../domain/codec.ts';

/** The file of the administrator: which identity provider, what we are called there, and which group is what here. */
const Written = t.exact(
  t.intersection([
    t.type({ issuer: t.string, client: t.string, secret: t.string, roles: t.record(t.string, Role) }),
    t.partial({ name: t.string, scope: t.string, claim: t.string }),
  ]),
);

export type SignOnSettings = {
  readonly name: string;
  readonly issuer: URL;
  readonly client: string;
  readonly secret: string;
  readonly scope: string;
  /** The claim of the ID token that names groups. */
  readonly claim: string;
  /** By group; `*` is everybody. */
  readonly roles: ReadonlyMap<string, Role>;
};

const keys: ReadonlySet<string> = new Set(['issuer', 'client', 'secret', 'roles', 'name', 'scope', 'claim']);

/** Throws a sentence for the administrator. Read once, at start. */
export const signOnSettings = (file: string): SignOnSettings => {
  const what = `MINI_BUILDD_OIDC (${file})`;
  const document: unknown = parse(readFileSync(file, 'utf8'));
  const written = decodeOrThrow(Written, document, what);
  const odd = Object.keys(document as object).find((key) => !keys.has(key));
  if (odd !== undefined) throw new Error(`${what}: there is no "${odd}"; there are ${[...keys].join(', ')}`);
  const { client, scope = 'openid profile email', claim = 'groups', roles } = written;
  const issuer = URL.canParse(written.issuer) ? new URL(written.issuer) : undefined;
  if (issuer === undefined || !(issuer.protocol === 'https:' || isLoopback(issuer)))
    throw new Error(`${what}: issuer is an https: address, not "${written.issuer}"`);
  if (!scope.split(' ').includes('openid')) throw new Error(`${what}: scope has to hold openid`);
  const secretFile = resolve(dirname(file), written.secret);
  if ((statSync(secretFile).mode & 0o007) !== 0)
    throw new Error(`${secretFile} holds a secret and is open to everybody; chmod o= it`);
  const secret = readFileSync(secretFile, 'utf8').trim();
  if (secret === '') throw new Error(`${secretFile} is empty: write the secret of the client into it`);
  return {
    name: written.name ?? issuer.host,
    issuer,
    client,
    secret,
    scope,
    claim,
    roles: new Map(Object.entries(roles)),
  };
};

/** A provider on this machine may speak without TLS: nobody is in between. */
export const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
