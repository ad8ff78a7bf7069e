import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { fetchAsHost } from '../adapters/tls/host-authorities.ts';
import { reasonOf } from '../domain/reason.ts';

/** How a check came out, in the words and exit codes of the Monitoring Plugins guidelines. */
const exitCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
type State = keyof typeof exitCodes;

export type CheckOptions = {
  /** Where the daemon is reached, such as `https://buildd.example.org`. Throws where that cannot be said. */
  readonly url: () => string;
  /** A build that waits longer for a builder is a warning. */
  readonly waitingHours: number;
  readonly timeoutSeconds: number;
};

/** What is read of the answer of `status`. */
const Answer = t.type({
  load: t.number,
  concerns: t.readonlyArray(
    t.type({ severity: t.union([t.literal('critical'), t.literal('warning')]), fact: t.string, remedy: t.string }),
  ),
  building: t.readonlyArray(t.unknown),
  waiting: t.readonlyArray(
    t.type({
      source: t.string,
      version: t.string,
      architecture: t.string,
      position: t.union([t.number, t.null]),
      since: t.string,
      because: t.string,
    }),
  ),
});
type Answer = t.TypeOf<typeof Answer>;

/** Asks a daemon how it is. Prints one line for the eye with figures for the graph, then one for each thing to see to; gives the exit code. */
export const checkDaemon = async (
  options: CheckOptions,
  out: (text: string) => void,
  now: () => number = Date.now,
): Promise<number> => {
  const { state, lines, figures } = await ask(options).then(
    (answer) => judge(answer, options, now()),
    (error: unknown) => nothingHeard(error),
  );
  const [first = '', ...more] = lines.map(printable);
  out([`${headed(state, first)}${figures === '' ? '' : ` | ${figures}`}`, ...more, ''].join('\n'));
  return exitCodes[state];
};

/** What is said of options that are wrong: monitors show what stands on standard output, and nothing else. */
export const wronglyAsked = (error: string): string =>
  `${headed(
    'UNKNOWN',
    printable(
      error
        .trim()
        .replace(/^error: /, '')
        .replace(/\s+/g, ' '),
    ),
  )}\n`;

const headed = (state: State, line: string): string => `MINI-BUILDD ${state}: ${line}`;

type Verdict = { readonly state: State; readonly lines: readonly string[]; readonly figures: string };

/** No daemon was asked, or who answers does not do so as a mini-buildd does: that says nothing of one. */
class NothingKnown extends Error {}

const ask = async ({ url, timeoutSeconds }: CheckOptions): Promise<Answer> => {
  const address = addressOf(url);
  const answer = await fetchAsHost(address, { signal: AbortSignal.timeout(timeoutSeconds * 1000) });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}${await because(answer)}`);
  const read = Answer.decode(await answer.json().catch(() => undefined));
  if (isLeft(read)) throw new NothingKnown(`${address} does not answer as mini-buildd does: look at the address`);
  return read.right;
};

const addressOf = (url: () => string): string => {
  try {
    const where = url();
    const { protocol } = URL.parse(where) ?? {};
    if (protocol !== 'http:' && protocol !== 'https:')
      throw new Error(`"${where}" is no address: give one such as https://buildd.example.org`);
    return `${where.replace(/\/+$/, '')}/mini_buildd/api/status?output=json`;
  } catch (error) {
    throw new NothingKnown(reasonOf(error), { cause: error });
  }
};

/** A daemon that starts says how far it is, and one that refuses why (RFC 9457). */
const because = async (answer: Response): Promise<string> => {
  const read = t.type({ detail: t.string }).decode(await answer.json().catch(() => undefined));
  return isLeft(read) ? '' : `: ${read.right.detail}`;
};

const nothingHeard = (error: unknown): Verdict => ({
  state: error instanceof NothingKnown ? 'UNKNOWN' : 'CRITICAL',
  lines: [error instanceof NothingKnown ? error.message : `the daemon cannot be asked: ${deepest(error)}`],
  figures: '',
});

/** `fetch failed` says less than what it was caused by. */
const deepest = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? deepest(error.cause) : reasonOf(error);

const judge = ({ load, concerns, building, waiting }: Answer, { waitingHours }: CheckOptions, now: number): Verdict => {
  // What has no position waits for dependencies, which may be right for weeks.
  const ages = waiting.map((build) => (build.position === null ? 0 : (now - Date.parse(build.since)) / 1000));
  const longest = waitingHours * 3600;
  const late = waiting.filter((_, index) => (ages[index] ?? 0) > longest);
  const found = [
    ...concerns,
    ...late.slice(0, mostNamed).map(({ source, version, architecture, because }) => ({
      severity: 'warning' as const,
      fact: `${source} ${version} waits for more than ${waitingHours} h to be built on ${architecture}: ${because}`,
      remedy: 'see the queue on the home page',
    })),
  ];
  const state = found.some(({ severity }) => severity === 'critical')
    ? 'CRITICAL'
    : found.length > 0
      ? 'WARNING'
      : 'OK';
  const queue = `${building.length} building, ${waiting.length} waiting`;
  const oldest = Math.round(Math.max(0, ...ages));
  return {
    state,
    lines: [
      found.length === 0 ? queue : `${found[0]?.fact}${found.length === 1 ? '' : ` (and ${found.length - 1} more)`}`,
      ...found.map(({ severity, fact, remedy }) => `${severity}: ${fact} (${remedy})`),
    ],
    figures: `building=${building.length} waiting=${waiting.length} oldest=${oldest}s;${longest} load=${load}`,
  };
};

const mostNamed = 5;

/** One line, without what parts text from figures. */
const printable = (text: string): string =>
  text
    .replace(/[^\x20-\x7E\u00A0-\uFFFD]/g, '?')
    .replaceAll('|', '/')
    .slice(0, 1000);
