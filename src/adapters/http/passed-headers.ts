import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Headers as they came, by name and value in turn. */
type RawHeaders = readonly string[];

/**
 * What is said from one hop to the next only (RFC 9110 §7.6.1), and how a message is framed, which each hop says anew. `Expect` was answered
 * by our own server, and nobody behind us speaks another protocol than HTTP.
 */
const ofThisHop: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authenticate', 'proxy-authorization', 'proxy-authentication-info'],
  ...['expect', 'http2-settings', 'content-length', 'host'],
]);

/** What only a proxy that is trusted may say: we say it ourselves. */
const ofProxies: ReadonlySet<string> = new Set(['forwarded', 'x-real-ip']);
const isOfProxies = (name: string): boolean => ofProxies.has(name) || name.startsWith('x-forwarded-');

/** What of a request goes further: for whom it is asked, by which scheme, and on which way (`mark`, for who meets his own). */
export const passedRequest = (
  req: Pick<IncomingMessage, 'rawHeaders' | 'headers' | 'httpVersion'>,
  { client, scheme, mark, host }: { client: string; scheme: string; mark: string; host: string },
): string[] => {
  const { headers, rawHeaders, httpVersion } = req;
  return [
    ...['Host', headers.host ?? host],
    ...endToEnd(rawHeaders, headers, (name) => !isOfProxies(name) && name !== 'via'),
    ...framing(headers),
    ...['X-Forwarded-For', client, 'X-Forwarded-Proto', scheme],
    ...['Via', [headers.via, `${httpVersion} ${mark}`].filter((each) => each !== undefined).join(', ')],
  ];
};

/** What of an answer goes back. */
export const passedAnswer = ({ rawHeaders, headers }: Pick<IncomingMessage, 'rawHeaders' | 'headers'>): string[] => [
  ...endToEnd(rawHeaders, headers, () => true),
  ...(headers['transfer-encoding'] === undefined && headers['content-length'] !== undefined
    ? ['Content-Length', headers['content-length']]
    : []),
];

/** Whether it came this way before. */
export const isRound = ({ via }: IncomingHttpHeaders, mark: string): boolean => via?.includes(mark) === true;

/** Our parser refuses who says both; so one of them says where the body ends for everybody. */
const framing = (headers: IncomingHttpHeaders): readonly string[] => {
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
  const length = headers['content-length'];
  return length === undefined ? [] : ['Content-Length', length];
};

const endToEnd = (
  raw: RawHeaders,
  { connection = '' }: IncomingHttpHeaders,
  isWanted: (name: string) => boolean,
): readonly string[] => {
  const named = new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
  return pairs(raw).flatMap(([name, value]) => {
    const key = name.toLowerCase();
    return ofThisHop.has(key) || named.has(key) || !isWanted(key) ? [] : [name, value];
  });
};

const pairs = (raw: RawHeaders): readonly (readonly [string, string])[] =>
  Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? ''] as const);
