import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { reasonOf } from '../../domain/reason.ts';
import type { Certificate, CertificatePair, CertificateState } from '../../ports/certificate.ts';
import { blocksOf } from './host-authorities.ts';

/** Paths of PEM files, as the tools that renew certificates leave them: often links into a folder of versions. */
export type CertificateFiles = {
  readonly certificate: string;
  readonly key: string;
  /** Authorities whose certificates clients may show. */
  readonly clients?: string | undefined;
};

/**
 * A certificate in files, looked at again every `interval` milliseconds by their bytes: links, clocks and renewing tools tell nothing that
 * could be relied on. A pair that does not fit is not used: what was there before goes on (a tool may be between two writes), and `state`
 * says so. Throws when there is no pair to begin with.
 */
export const certificateFiles = (
  files: CertificateFiles,
  { interval, log }: { readonly interval: number; readonly log: Pick<Logger, 'info' | 'warn'> },
): Certificate & { readonly close: () => void } => {
  let used = first(files);
  let trouble: string | undefined;
  const listeners = new Set<(pair: CertificatePair) => void>();
  const use = (next: typeof used): void => {
    used = next;
    for (const renewed of listeners) renewed(used);
  };
  /** Apart from the certificate: an authority that is taken away does not wait for it. */
  const lookAtClients = (): void => {
    const clients = clientsAt(files);
    if (clients === undefined || clients === used.clients) return;
    issuersIn(clients);
    use({ ...used, clients });
    log.info({}, 'the authorities of clients were renewed');
  };
  const lookAtPair = (): void => {
    const found = pairAt(files);
    if (found.cert === used.cert && found.key === used.key) return;
    const next = fitting({ ...used, ...found });
    const unfit = outOfTime(next.cert);
    // One that counts for nobody takes the place of none that still counts.
    if (unfit !== undefined && outOfTime(used.cert) === undefined) throw new Error(unfit);
    use(next);
    log.info({ validUntil: new Date(used.validUntil).toISOString() }, 'the certificate was renewed');
  };
  const look = (): void => {
    const reasons = [lookAtClients, lookAtPair].flatMap((each) => {
      try {
        each();
        return [];
      } catch (error) {
        return [reasonOf(error)];
      }
    });
    const reason = reasons.length === 0 ? undefined : reasons.join('; ');
    if (reason !== undefined && trouble !== reason) log.warn({ reason }, 'the certificate cannot be renewed');
    trouble = reason;
  };
  const timer = setInterval(look, interval).unref();
  return {
    present: () => used,
    onRenewal: (renewed) => {
      listeners.add(renewed);
      return () => listeners.delete(renewed);
    },
    state: () => ({ validFrom: used.validFrom, validUntil: used.validUntil, trouble }),
    close: () => clearInterval(timer),
  };
};

const outOfTime = (cert: string): string | undefined => {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  if (validToDate.getTime() <= Date.now()) return `the certificate ended at ${validToDate.toISOString()}`;
  return validFromDate.getTime() > Date.now()
    ? `the certificate does not count before ${validFromDate.toISOString()}`
    : undefined;
};

/** Where nothing can go on meanwhile it is said whose turn it is. */
const first = (files: CertificateFiles): ReturnType<typeof fitting> => {
  try {
    return fitting(read(files));
  } catch (error) {
    throw new Error(
      `TLS needs a certificate and its own key, in PEM format and readable for us: ${reasonOf(error)}; put them at ${files.certificate} and ${files.key}, or take MINI_BUILDD_TLS_CERTIFICATE and MINI_BUILDD_TLS_KEY away${files.clients === undefined ? '' : `; and those who issue certificates of clients at ${files.clients}, or take MINI_BUILDD_TLS_CLIENT_CA away`}`,
      { cause: error },
    );
  }
};

const read = (files: CertificateFiles): CertificatePair => {
  const clients = clientsAt(files);
  return { ...pairAt(files), ...(clients !== undefined && { clients }) };
};

const pairAt = (files: CertificateFiles): Pick<CertificatePair, 'cert' | 'key'> => ({
  cert: readFileSync(files.certificate, 'utf8'),
  key: readFileSync(files.key, 'utf8'),
});

const clientsAt = ({ clients }: CertificateFiles): string | undefined =>
  clients === undefined ? undefined : readFileSync(clients, 'utf8');

/** Throws when they are not PEM, or not of one another. */
const fitting = (pair: CertificatePair): CertificatePair & Omit<CertificateState, 'trouble'> => {
  try {
    createSecureContext({ cert: pair.cert, key: pair.key });
  } catch (error) {
    throw new Error(`certificate and key do not fit: ${placeOfOwn(pair) ?? reasonOf(error)}`);
  }
  if (pair.clients !== undefined) issuersIn(pair.clients);
  const { validFromDate, validToDate } = new X509Certificate(pair.cert);
  return { ...pair, validFrom: validFromDate.getTime(), validUntil: validToDate.getTime() };
};

/** Files of several certificates are put together in the wrong order now and then. */
const placeOfOwn = ({ cert, key }: CertificatePair): string | undefined => {
  try {
    const own = createPrivateKey(key);
    const place = blocksOf(cert).findIndex((block) => new X509Certificate(block).checkPrivateKey(own));
    return place > 0 ? `that of the key is number ${place + 1} in its file, and has to be the first` : undefined;
  } catch {
    return undefined;
  }
};

/** Throws when there is none, or one that issues nothing: what nobody could show would be asked for. */
const issuersIn = (pem: string): void => {
  const blocks = blocksOf(pem);
  if (blocks.length === 0) throw new Error('the authorities of clients are no certificate in PEM format');
  for (const block of blocks) {
    const { ca, subject } = new X509Certificate(block);
    if (!ca) throw new Error(`among the authorities of clients is ${subject}, which is no authority`);
  }
};
