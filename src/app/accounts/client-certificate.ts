import { createHash, X509Certificate } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Sha256 } from '../../domain/debian/names.ts';
import { inAscii } from '../../domain/in-ascii.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/** A certificate that its owner shows as others show a token: known by its key, which a renewed one may keep. */
export type ClientCertificate = {
  readonly key: Sha256;
  /** How it calls its owner, for people to tell theirs apart: nothing is decided by it. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly validUntil: number;
};

/** The certificate in a PEM text: the first, where those that lead to its authority follow. */
export const clientCertificateIn = (pem: string, now: number): Either<Refusal, ClientCertificate> => {
  if (/PRIVATE KEY-----/.test(pem)) return left(privateKey);
  try {
    const certificate = new X509Certificate(pem);
    const validUntil = certificate.validToDate.getTime();
    if (validUntil <= now) return left(ended(validUntil));
    if (certificate.ca) return left(ofAuthority);
    const subject = inAscii(certificate.subject.replaceAll('\n', ', '), 200);
    return right({ key: keyOfCertificate(certificate), subject, validUntil });
  } catch {
    return left(unreadable);
  }
};

/** Whether what a connection shows (DER) has its key: then who hands it in holds that. */
export const isShown = ({ key }: ClientCertificate, shown: Uint8Array | undefined): boolean =>
  shown !== undefined && keyOfCertificate(new X509Certificate(shown)) === key;

export const keyOfCertificate = ({ publicKey }: X509Certificate): Sha256 =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex') as Sha256;

const ended = (validUntil: number): Refusal =>
  refusal(
    'expired-certificate',
    `the certificate ended at ${new Date(validUntil).toISOString()}`,
    'have it renewed, and hand in the new one',
  );

const privateKey = refusal(
  'private-key',
  'a private key was sent: it belongs to nobody but you',
  'hand in the certificate alone, and better one of another key: this one has left your machine',
);

const ofAuthority = refusal(
  'certificate-of-authority',
  'this certificate is one that issues others',
  'hand in your own, which comes first in a file of several',
);

const unreadable = refusal(
  'unreadable-certificate',
  'this is no certificate in PEM format',
  'hand in all from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----"',
);
