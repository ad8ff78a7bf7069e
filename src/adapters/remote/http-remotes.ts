import { once } from 'node:events';
import { type IncomingMessage, get as openPlainly } from 'node:http';
import { get as openSecurely } from 'node:https';
import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { causeOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Remotes } from '../../ports/remotes.ts';
import { deliverByFtp } from './ftp-delivery.ts';

const patienceMs = 10_000;
const mostBytes = 1_048_576;
const keepAliveMs = 60_000;

/** `patience`: how long an answer may take to begin. Milliseconds. */
export const httpRemotes = (patience = patienceMs): Remotes => ({
  ask: (url, command) => answerOf(url, `/mini_buildd/api/${command}?output=json`, {}),
  introduce: (url, introduction) =>
    answerOf(url, '/mini_buildd/api/introduce?output=json', {
      method: 'POST',
      body: JSON.stringify(introduction),
    }),
  deliver: deliverByFtp,
  followLog: async (url, build, end) => {
    try {
      const answer = await followed(new URL(`/mini_buildd/builds/${build}/log`, url), end, patience);
      if (answer.statusCode === 200) return right(answer);
      answer.destroy();
      return no(url, `it answers ${answer.statusCode} ${answer.statusMessage}`);
    } catch (error) {
      return no(url, causeOf(error).slice(0, 200));
    }
  },
});

/** Between two lines of a log may lie an hour, which `fetch` does not wait for. A machine that is gone is noticed by TCP. */
const followed = async (url: URL, end: AbortSignal, patience: number): Promise<IncomingMessage> => {
  const open = url.protocol === 'https:' ? openSecurely : openPlainly;
  const asked = open(url, { signal: end, headers: { accept: 'text/plain' } });
  asked.setTimeout(patience, () => asked.destroy(new Error(`no answer within ${patience / 1000} s`)));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  asked.setTimeout(0);
  // The answer has the same error for whoever reads it; what nobody listens to ends the daemon.
  asked.on('error', () => undefined);
  answer.socket.setKeepAlive(true, keepAliveMs);
  return answer;
};

const answerOf = async (url: string, path: string, how: RequestInit): Promise<Either<Refusal, unknown>> => {
  try {
    const answer = await fetch(new URL(path, url), {
      ...how,
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    });
    if (answer.ok) return await json(answer, url);
    await answer.body?.cancel();
    return no(url, `it answers ${answer.status} ${answer.statusText}`);
  } catch (error) {
    return no(url, causeOf(error).slice(0, 200));
  }
};

const json = async (answer: Response, url: string): Promise<Either<Refusal, unknown>> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) return no(url, `its answer is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return right(JSON.parse(Buffer.concat(chunks).toString('utf8')));
};

const no = (url: string, fact: string): Either<Refusal, never> =>
  left(
    refusal('unreachable-remote', `${url}: ${fact}`, 'see that the other instance runs and can be reached from here'),
  );
