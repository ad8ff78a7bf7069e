import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode } from '../../domain/codec.ts';
import { StreamName } from '../../domain/ids.ts';
import { causeOf } from '../../domain/reason.ts';
import { Refusal, sentence } from '../../domain/refusal.ts';
import { CommandIndex } from './command-index.ts';
import type { Call } from './command-program.ts';

const Progress = t.strict({ line: t.string, ended: t.boolean, succeeded: t.boolean });
export type Progress = t.TypeOf<typeof Progress>;

/** The instance said no: one sentence a broken rule. */
export class Refused extends Error {
  readonly sentences: readonly string[];
  /** Asked wrongly, rather than forbidden. */
  readonly isUsage: boolean;
  constructor(refusals: readonly Refusal[]) {
    super('refused');
    this.sentences = refusals.map((refusal) => `E: ${sentence(refusal)}`);
    this.isUsage = refusals.some(({ rule }) => usage.has(rule));
  }
}

const usage: ReadonlySet<string> = new Set([
  'unknown-command',
  'unknown-argument',
  'bad-argument',
  'needs-confirmation',
]);

/** Nothing was said that we understand. */
export class ConnectionFault extends Error {}

export type Instance = {
  readonly index: () => Promise<CommandIndex>;
  /** `authorization` is the header's value. */
  readonly run: (call: Call, authorization: string | undefined) => Promise<Answer>;
  /** How far something is that was begun. */
  readonly progress: (stream: string) => Promise<Progress>;
  /** What takes it longer than a moment just now, a line each. */
  readonly underWay: () => Promise<readonly string[]>;
};

/** What a command answered, in the form that was asked for, and what it began. */
export type Answer = { readonly json: unknown; readonly plain: string; readonly follow: readonly string[] };

/** An instance at `base` (`http://HOST:PORT`). Calls reject with `Refused` or `ConnectionFault`. */
export const instance = (fetcher: typeof fetch, base: string): Instance => {
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    const answer = await fetcher(`${base}${path}`, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    }).catch((error: unknown) => {
      throw new ConnectionFault(`E: ${base} does not answer: ${causeOf(error)}`);
    });
    if (!answer.ok) throw await complaint(base, answer);
    return answer;
  };
  return {
    index: async () => {
      const index = decode(CommandIndex, await jsonOf(base, await request('/mini_buildd/api?output=json', {})));
      if (isLeft(index)) throw new ConnectionFault(`E: ${base} is no mini-buildd that we know: ${index.left[0]}`);
      return index.right;
    },
    run: async ({ command, given, confirm, json }, authorization) => {
      const output = json ? 'json' : 'plain';
      const answer = await request(`/mini_buildd/api/${encodeURIComponent(command.name)}?output=${output}`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'X-Mini-Buildd': '1',
          ...(authorization === undefined ? {} : { Authorization: authorization }),
        },
        body: JSON.stringify({ ...given, ...(confirm === undefined ? {} : { confirm }) }),
      });
      const follow = followed(answer);
      return json
        ? { json: await jsonOf(base, answer), plain: '', follow }
        : { json: null, plain: await answer.text(), follow };
    },
    progress: async (stream) => {
      const path = `/mini_buildd/api/progress?stream=${encodeURIComponent(stream)}&output=json`;
      const found = decode(Progress, await jsonOf(base, await request(path, {})));
      if (isLeft(found)) throw new ConnectionFault(`E: ${base} does not tell progress as we know it: ${found.left[0]}`);
      return found.right;
    },
    underWay: async () => {
      const found = decode(UnderWay, await jsonOf(base, await request('/mini_buildd/api/status?output=json', {})));
      return isLeft(found) ? [] : found.right.underWay.map(({ line }) => line);
    },
  };
};

const UnderWay = t.type({ underWay: t.readonlyArray(t.type({ line: t.string })) });

/** Streams of what was begun. What is none is not ours to follow. */
const followed = (answer: Response): readonly string[] =>
  (answer.headers.get('X-Mini-Buildd-Follow') ?? '').split(' ').filter((word) => StreamName.is(word));

/** Milliseconds until an answer has to be here. */
const patience = 120_000;

const jsonOf = async (base: string, answer: Response): Promise<unknown> => {
  try {
    return await answer.json();
  } catch (error) {
    throw new ConnectionFault(`E: ${base} does not answer as a mini-buildd does: ${causeOf(error)}`);
  }
};

const Problem = t.strict({ refusals: t.readonlyArray(Refusal) });

const complaint = async (base: string, answer: Response): Promise<Refused | ConnectionFault> => {
  const problem = decode(Problem, await answer.json().catch(() => undefined));
  if (isLeft(problem) || problem.right.refusals.length === 0) {
    return new ConnectionFault(
      `E: ${base} answers ${answer.status} ${answer.statusText}, and not as a mini-buildd does`,
    );
  }
  return new Refused(problem.right.refusals);
};
