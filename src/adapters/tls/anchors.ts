import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls';
import type { Anchors } from '../../ports/anchors.ts';
import { blocksOf, hostAuthorities } from './host-authorities.ts';

const patienceMs = 10_000;
/** How long an answer counts, and one that nobody gave. */
const keptMs = { answer: 600_000, silence: 60_000 };

/** Whom this machine believes. Hundreds of certificates take a tenth of a second to read: once. */
type Believed = {
  readonly mine: string;
  readonly context: SecureContext;
  readonly roots: readonly { readonly block: string; readonly certificate: X509Certificate }[];
};
type Kept = {
  readonly url: string;
  readonly mine: string;
  readonly given: Promise<string>;
  until: number;
};

/**
 * What answers at the address is asked, since it may be a proxy in front of us, and counts if this machine believes it: by its system's authorities, Node's, or
 * because it is our own certificate (`own`). Where it does not answer, for example because a router does not lead back in, our own is what is there.
 * All who ask within some minutes get one answer, unless our own certificate has changed.
 */
export const anchors = (
  own: () => string | undefined,
  authorities: () => readonly string[] = hostAuthorities,
  awake: () => number = () => performance.now(),
): Anchors => {
  let believed: Believed | undefined;
  const believedWith = (mine: string): Believed => {
    if (believed?.mine !== mine) believed = believe(mine, authorities());
    return believed;
  };
  const look = async (url: string, mine: string) => {
    const all = believedWith(mine);
    const shown = await presented(new URL(url), all.context).catch(() => undefined);
    const chain = shown ?? blocksOf(mine);
    return { given: [...new Set([...chain, ...rootOf(chain, all)])].join(''), isAnswer: shown !== undefined };
  };
  let kept: Kept | undefined;
  const ask = (url: string, mine: string): Kept => {
    const given = look(url, mine).then((found) => {
      asked.until = awake() + (found.isAnswer ? keptMs.answer : keptMs.silence);
      return found.given;
    });
    const asked: Kept = { url, mine, given, until: Number.POSITIVE_INFINITY };
    given.catch(() => {
      asked.until = Number.NEGATIVE_INFINITY;
    });
    return asked;
  };
  return async (url) => {
    if (!url.startsWith('https:')) return '';
    const mine = own() ?? '';
    if (kept === undefined || kept.url !== url || kept.mine !== mine || awake() >= kept.until) kept = ask(url, mine);
    return kept.given;
  };
};

const believe = (mine: string, authorities: readonly string[]): Believed => {
  const blocks = [...authorities, ...blocksOf(mine)];
  return {
    mine,
    context: createSecureContext({ ca: blocks, allowPartialTrustChain: true }),
    roots: blocks.map((block) => ({ block, certificate: new X509Certificate(block) })),
  };
};

const presented = ({ hostname, port }: URL, secureContext: SecureContext): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    // IPv6 stands in brackets in an address, and nowhere else.
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const options = {
      host,
      port: port === '' ? 443 : Number(port),
      servername: isIP(host) === 0 ? host : '',
      secureContext,
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
const rootOf = (chain: readonly string[], { roots }: Believed): readonly string[] => {
  const last = chain.at(-1);
  if (last === undefined) return [];
  const issued = new X509Certificate(last);
  if (issued.checkIssued(issued)) return [];
  return roots
    .filter(({ certificate }) => issued.checkIssued(certificate))
    .slice(0, 4)
    .map(({ block }) => block);
};
