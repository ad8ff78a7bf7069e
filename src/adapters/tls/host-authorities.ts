import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Authorities that this machine believes: those of its system, as curl and apt do, and those that come with Node. */
export const hostAuthorities = (): readonly string[] => [
  ...new Set([...getCACertificates('default'), ...getCACertificates('system')].map(asBlock)),
];

let believes = false;

/** From now on this program believes them too, whomever it asks. Node alone knows nothing of what `update-ca-certificates` was told. */
export const believeHost = (): void => {
  if (!believes) setDefaultCACertificates([...hostAuthorities()]);
  believes = true;
};

/** The same for programs that mostly speak plain HTTP, and should not read hundreds of certificates first. */
export const fetchAsHost: typeof fetch = (address, how) => {
  if ((address instanceof Request ? address.url : String(address)).startsWith('https:')) believeHost();
  return fetch(address, how);
};

const asBlock = (pem: string): string => `${pem.trim()}\n`;

/** The certificates in a PEM text, in its order. */
export const blocksOf = (pem: string): readonly string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)].map(([block]) => asBlock(block));
