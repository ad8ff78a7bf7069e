import { X509Certificate } from 'node:crypto';
import { connect, getCACertificates, type PeerCertificate } from 'node:tls';
import type { Anchors } from '../../ports/anchors.ts';

const patienceMs = 10_000;

/**
 * What answers at the address is asked, since it may be a proxy in front of us, and counts if this machine believes it: by its system's authorities, Node's, or
 * because it is our own certificate (`own`). Where it does not answer, for example because a router does not lead back in, our own is what is there.
 */
export const anchors =
  (own: () => string | undefined, authorities: () => readonly string[] = known): Anchors =>
  async (url) => {
    if (!url.startsWith('https:')) return '';
    const mine = own();
    const believed = [...authorities(), ...blocksOf(mine ?? '')];
    const chain = (await presented(new URL(url), believed).catch(() => undefined)) ?? blocksOf(mine ?? '');
    return [...new Set([...chain, ...rootOf(chain, believed)])].join('');
  };

const known = (): readonly string[] => [
  ...new Set([...getCACertificates('default'), ...getCACertificates('system')].map(asBlock)),
];

const presented = ({ hostname, port }: URL, ca: readonly string[]): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const options = {
      host: hostname,
      port: port === '' ? 443 : Number(port),
      servername: /^[\d.]+$/.test(hostname) ? '' : hostname,
      ca: [...ca],
      allowPartialTrustChain: true,
      timeout: patienceMs,
    };
    const socket = connect(options, () => {
      resolve(chainOf(socket.getPeerCertificate(true)));
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error('it does not answer')));
    socket.on('error', reject);
  });

/** The last one names itself as its issuer. */
const chainOf = (first: PeerCertificate & { readonly issuerCertificate?: PeerCertificate }): readonly string[] => {
  const found: string[] = [];
  for (let each: typeof first | undefined = first; each?.raw !== undefined; each = each.issuerCertificate) {
    const block = new X509Certificate(each.raw).toString();
    if (found.includes(block)) break;
    found.push(block);
  }
  return found;
};

/** Who issued the last of a chain, where that is known here and not sent along. */
const rootOf = (chain: readonly string[], among: readonly string[]): readonly string[] => {
  const last = chain.at(-1);
  if (last === undefined) return [];
  const issued = new X509Certificate(last);
  if (issued.checkIssued(issued)) return [];
  return among.filter((each) => issued.checkIssued(new X509Certificate(each))).slice(0, 4);
};

const blocksOf = (pem: string): readonly string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)].map(([block]) => asBlock(block));

const asBlock = (pem: string): string => `${pem.trim()}\n`;
