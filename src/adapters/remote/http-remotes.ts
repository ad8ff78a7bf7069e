import { Readable } from 'node:stream';
import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { causeOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Remotes } from '../../ports/remotes.ts';
import { deliverByFtp } from './ftp-delivery.ts';

const patienceMs = 10_000;
const mostBytes = 1_048_576;

export const httpRemotes = (): Remotes => ({
  ask: (url, command) => answerOf(url, `/mini_buildd/api/${command}?output=json`, {}),
  introduce: (url, introduction) =>
    answerOf(url, '/mini_buildd/api/introduce?output=json', {
      method: 'POST',
      body: JSON.stringify(introduction),
    }),
  deliver: deliverByFtp,
  followLog: async (url, build, end) => {
    try {
      const answer = await fetch(new URL(`/mini_buildd/builds/${build}/log`, url), {
        redirect: 'error',
        signal: end,
        headers: { accept: 'text/plain' },
      });
      if (answer.ok && answer.body !== null) return right(Readable.fromWeb(answer.body as never));
      await answer.body?.cancel();
      return no(url, `it answers ${answer.status} ${answer.statusText}`);
    } catch (error) {
      return no(url, causeOf(error).slice(0, 200));
    }
  },
});

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
