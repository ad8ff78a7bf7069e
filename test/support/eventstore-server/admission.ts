import * as grpc from '@grpc/grpc-js';

/** Why a call is turned away before it does anything; `undefined` lets it in. */
export type Admission = (metadata: grpc.Metadata, deed: 'read' | 'append') => Partial<grpc.StatusObject> | undefined;

/** Who may do what, by name. Users may come, go and change while the server runs. */
export type Users = Map<string, { readonly password: string; readonly may: 'read' | 'append' }>;

/** Where the leader stands; `undefined` while the cluster elects one. */
export type Leader = { readonly isHere: boolean; readonly port: number } | undefined;

/**
 * Without TLS everybody may do everything, as in a server that runs insecurely. A follower answers what does not ask for the leader, and sends
 * everything else there.
 */
export const admission =
  (users: Users | undefined, leader: () => Leader): Admission =>
  (metadata, deed) => {
    if (users !== undefined) {
      const stranger = identify(users, metadata, deed);
      if (stranger !== undefined) return stranger;
    }
    if (metadata.get('requires-leader')[0] !== 'true') return undefined;
    const known = leader();
    if (known === undefined) return { code: grpc.status.UNKNOWN, details: 'No leader info available in response' };
    return known.isHere ? undefined : notLeader(known.port);
  };

const identify = (users: Users, metadata: grpc.Metadata, deed: 'read' | 'append') => {
  const [header] = metadata.get('authorization');
  if (header === undefined) return accessDenied();
  const [name = '', ...rest] = Buffer.from(String(header).replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  const user = users.get(name);
  if (user?.password !== rest.join(':')) return { code: grpc.status.UNAUTHENTICATED, details: 'Unauthenticated' };
  return deed === 'append' && user.may === 'read' ? accessDenied() : undefined;
};

const accessDenied = () => ({
  code: grpc.status.PERMISSION_DENIED,
  details: 'Access Denied',
  metadata: exception('access-denied'),
});

/** As a server says it of which another one is the leader. */
export const notLeader = (port: number) => {
  const metadata = exception('not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(port));
  return { code: grpc.status.NOT_FOUND, details: `Leader info available: 127.0.0.1:${port}`, metadata };
};

export const exception = (name: string): grpc.Metadata => {
  const metadata = new grpc.Metadata();
  metadata.set('exception', name);
  return metadata;
};
