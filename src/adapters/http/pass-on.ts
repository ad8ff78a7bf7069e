import { randomBytes } from 'node:crypto';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { causeOf } from '../../domain/reason.ts';
import { refusal } from '../../domain/refusal.ts';
import { addressOf } from './client-address.ts';
import { defaultLimits } from './limits.ts';
import { isRound, passedAnswer, passedRequest } from './passed-headers.ts';
import { sendProblem } from './problem.ts';

export type PassOnParts = {
  /** Where the archive answers now: `http://HOST:PORT`. Rejects, with a sentence, while nobody knows. */
  readonly where: () => Promise<string>;
  /** Milliseconds to reach it; and how long nothing may move on a connection, unless a stream goes over it. */
  readonly reach?: number;
  readonly idle?: number;
};

export type PassOn = {
  /** Answers as the archive does. Bodies stream both ways, as fast as the slower one takes them, and are never kept. */
  readonly pass: (req: IncomingMessage, res: ServerResponse) => void;
  /** Ends connections that are kept for later. */
  readonly close: () => void;
};

/**
 * Hands requests to the archive. Both ends are read by the parser of Node, which refuses what could be understood in two ways, and what goes
 * out is framed anew. What cannot be repeated goes by a connection of its own, so that nothing is lost on one that was about to be closed.
 */
export const passOn = ({ where, reach = 5_000, idle = 150_000 }: PassOnParts): PassOn => {
  const mark = `mini-buildd-${randomBytes(8).toString('hex')}`;
  const kept = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  const ask = (req: IncomingMessage, to: URL): ClientRequest => {
    const isTls = to.protocol === 'https:';
    return (isTls ? httpsRequest : httpRequest)({
      protocol: to.protocol,
      hostname: to.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: to.port,
      method: req.method ?? 'GET',
      path: req.url ?? '/',
      headers: [
        ...passedRequest(req, { client: addressOf(req), scheme: schemeOf(req), mark, host: to.host }),
        ...(isRepeatable(req) ? [] : ['Connection', 'close']),
      ],
      setDefaultHeaders: false,
      agent: isRepeatable(req) ? kept[isTls ? 'https' : 'http'] : false,
    });
  };

  const attempt = (req: IncomingMessage, res: ServerResponse, to: URL, isFirst: boolean): void => {
    const out = ask(req, to);
    let stage: 'reaching' | 'asking' | 'answered' = 'reaching';
    const stop = (): void => void out.destroy();
    res.once('close', stop);
    bound(out, { reach, idle }, () => {
      stage = 'asking';
    });
    out.once('response', (answer) => {
      stage = 'answered';
      if (isStream(answer)) letBeQuiet(out, req);
      giveBack(req, res, answer);
    });
    out.on('error', (error) => {
      res.off('close', stop);
      if (stage === 'answered' || res.closed) return;
      if (isFirst && isStale(out, error) && isRepeatable(req)) attempt(req, res, to, false);
      else refuse(req, res, error, stage === 'asking' && !isRepeatable(req));
    });
    // Not a pipeline: an archive that answers before all has come, and reads no more, ends the way there and not the way back.
    if (hasBody(req)) req.pipe(out);
    else out.end();
  };

  return {
    pass: (req, res) => {
      res.on('error', () => undefined);
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      if (isRound(req.headers, mark)) return sendProblem(req, res, 508, [round]);
      if (!isPlain(req)) return sendProblem(req, res, 400, [odd]);
      where()
        .then((to) => attempt(req, res, new URL(to), true))
        .catch((error: unknown) => refuse(req, res, error, false));
    },
    close: () => {
      kept.http.destroy();
      kept.https.destroy();
    },
  };
};

/** The archive closed a kept connection while we began to ask by it. */
const isStale = ({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException): boolean =>
  reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');

/** As the browser sees it: by us, or by a proxy in front of us that says so. */
const schemeOf = (req: IncomingMessage): string =>
  req.socket instanceof TLSSocket || req.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const isRepeatable = (req: IncomingMessage): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && !hasBody(req);

/** A path of ours, asked of one host: not `*`, nor a whole address, which another one might take for himself. */
const isPlain = ({ method, url = '', rawHeaders }: IncomingMessage): boolean =>
  url.startsWith('/') &&
  method !== 'CONNECT' &&
  method !== 'TRACE' &&
  rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length <= 1;

const bound = (
  out: ClientRequest,
  { reach, idle }: { readonly reach: number; readonly idle: number },
  reached: () => void,
): void => {
  const late = setTimeout(() => void out.destroy(new Error(`it did not answer within ${reach / 1000} s`)), reach);
  const arrived = (): void => {
    clearTimeout(late);
    reached();
  };
  out.once('close', () => clearTimeout(late));
  out.once('socket', (socket) => {
    if (!socket.connecting) arrived();
    else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', arrived);
  });
  out.setTimeout(idle, () => void out.destroy(new Error(`nothing came for ${idle / 1000} s`)));
};

/** A log or events under way, whose end nobody knows yet. */
const isStream = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] === undefined && /^text\/(?:plain|event-stream)\b/.test(headers['content-type'] ?? '');

/** Quiet is no fault of a stream: that an end of it is gone is what the probes of TCP find out. */
const letBeQuiet = (out: ClientRequest, { socket }: IncomingMessage): void => {
  out.setTimeout(0);
  for (const end of [out.socket, socket]) {
    end?.setTimeout(0);
    end?.setKeepAlive(true, defaultLimits.heartbeat);
  }
};

const giveBack = (req: IncomingMessage, res: ServerResponse, answer: IncomingMessage): void => {
  if (res.headersSent || res.closed) {
    answer.destroy();
    return;
  }
  try {
    // What is left of a body that nobody reads must not be taken for the next request.
    if (!req.complete) res.shouldKeepAlive = false;
    res.writeHead(answer.statusCode ?? 502, answer.statusMessage, passedAnswer(answer));
  } catch (error) {
    answer.destroy();
    refuse(req, res, error, true);
    return;
  }
  // An answer that breaks off breaks off for who asked, too: he sees that it is not whole.
  pipeline(answer, res, () => undefined);
};

/** `isDoubtful`: it may have been done. */
const refuse = (req: IncomingMessage, res: ServerResponse, error: unknown, isDoubtful: boolean): void => {
  if (res.headersSent || res.closed) {
    res.destroy();
    return;
  }
  if (!req.complete) res.shouldKeepAlive = false;
  const fact = `this is a replica, which only reads, and the archive cannot be reached: ${causeOf(error)}`;
  if (!isDoubtful) res.setHeader('Retry-After', '10');
  const because = isDoubtful
    ? refusal('archive-unanswered', fact, 'look whether it was done before you ask again')
    : refusal('archive-unreachable', fact, 'try again later; pages can be read meanwhile');
  sendProblem(req, res, isDoubtful ? 502 : 503, [because]);
};

const round = refusal(
  'archive-is-replica',
  'the request came back to the replica that passed it on',
  'let MINI_BUILDD_ARCHIVE name the archive itself, not what is in front of its replicas',
);

const odd = refusal(
  'unreadable-request',
  'the request names no path here, or more than one host',
  'ask for a path, of one host',
);
