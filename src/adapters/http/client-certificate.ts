import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/** Whether what was found of a connection when it began is still so. */
const standing = new WeakMap<TLSSocket, () => boolean>();

/** Certificates shown by `socket` count no more once `isStanding` says no: its authorities were looked at only as it began. */
export const countsWhile = (socket: TLSSocket, isStanding: () => boolean): void =>
  void standing.set(socket, isStanding);

type Shown = { readonly certificate: Buffer } | { readonly because: Refusal };

/**
 * The certificate that whoever sent this holds the key of; `because`: why it counts for nothing; `undefined`: none was shown. When it ends is
 * looked at each time: a connection may stay longer, and one that is taken up again is not looked at by anybody else.
 */
export const shownCertificate = ({ socket }: IncomingMessage, now: number): Shown | undefined => {
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (shown === undefined || !(socket instanceof TLSSocket)) return undefined;
  const fault =
    outOfTime(shown, now) ??
    (socket.authorized ? undefined : faultOf(String(socket.authorizationError))) ??
    (standing.get(socket)?.() === false ? 'the authorities were changed since; connect anew' : undefined);
  return fault === undefined ? { certificate: shown.raw } : { because: refused(shown, fault) };
};

const outOfTime = ({ validFromDate, validToDate }: X509Certificate, now: number): string | undefined => {
  if (now >= validToDate.getTime()) return `it ended at ${validToDate.toISOString()}`;
  return now < validFromDate.getTime() ? `it does not count before ${validFromDate.toISOString()}` : undefined;
};

/** In the words of OpenSSL, where nobody said it better. */
const faultOf = (code: string): string => {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'it vouches for itself';
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'no authority of this instance issued it';
    case 'INVALID_PURPOSE':
      return 'it is not for clients (extended key usage)';
    case 'CERT_HAS_EXPIRED':
      return 'an authority between it and ours has expired';
    default:
      return `it is not believed: ${code.slice(0, 80)}`;
  }
};

const refused = ({ subject }: X509Certificate, fault: string): Refusal =>
  refusal(
    'wrong-certificate',
    `the certificate of ${(subject ?? '').replaceAll('\n', ', ').slice(0, 200)} counts for nothing here: ${fault}`,
    'show one that is valid, for clients, and issued by an authority that the administrator named; or none, and a token',
  );

export const strangeCertificate = refusal(
  'unknown-certificate',
  'no account in use has handed in this certificate, or what it counts for has ended or was revoked',
  'hand it in with "token issue --certificate", and see token list',
);
