import { certificateNear } from '../domain/expiry/expiry.ts';
import type { CertificateState } from '../ports/certificate.ts';

/** What an administrator should do about the certificate, if anything. `now` in milliseconds since 1970. */
export const certificateNotices = (
  state: CertificateState | undefined,
  now: number,
): readonly { readonly fact: string; readonly remedy: string }[] => {
  if (state === undefined) return [];
  const { validFrom, validUntil, trouble } = state;
  const day = new Date(validUntil).toISOString().slice(0, 10);
  return [
    ...(trouble === undefined
      ? []
      : [
          {
            fact: `the certificate in place is not used: ${trouble}`,
            remedy: 'put a certificate and its own key there; the one before goes on meanwhile',
          },
        ]),
    ...(validUntil - now > certificateNear(validFrom, validUntil)
      ? []
      : [
          {
            fact:
              validUntil > now
                ? `the certificate of HTTPS ends on ${day}`
                : `the certificate of HTTPS ended on ${day}: nobody trusts it`,
            remedy: 'renew it in its place: the daemon takes it from there by itself',
          },
        ]),
  ];
};
