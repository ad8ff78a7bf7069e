import type { CommandIndex, DescribedCommand } from './command-index.ts';
import { longOf } from './command-program.ts';
import { type Instance, instance } from './instance.ts';
import { dputTargets, targetOf } from './target.ts';

type Surroundings = {
  readonly fetch: typeof fetch;
  readonly dputConfigurations: readonly string[];
  /** Who sits here, as the system calls them. */
  readonly login: string;
};

/** Options that stand before the host; those of `withValue` take the word after them. */
const globals = ['--protocol', '--json', '--wait', '--reset-save-policy', '--help', '--completion'];
const withValue: ReadonlySet<string> = new Set(['-P', '--protocol']);
const everyCommand = ['--json', '--wait', '--help'];

/**
 * Words that may stand at place `cursor` of `words` (from 1; `words` without the program itself), as far as they fit what is typed there. An
 * instance that does not answer, or is none, completes nothing.
 */
export const complete = async (
  cursor: number,
  words: readonly string[],
  world: Surroundings,
): Promise<readonly string[]> => {
  const typed = words[cursor - 1] ?? '';
  const found = await candidates(words.slice(0, Math.max(0, cursor - 1)), typed, world).catch(() => []);
  return [...new Set(found)].filter((word) => word.startsWith(typed) && /^[\x21-\x7e]+$/.test(word)).sort();
};

const candidates = async (
  before: readonly string[],
  typed: string,
  world: Surroundings,
): Promise<readonly string[]> => {
  const { protocol, rest } = withoutGlobals(before);
  if (rest === undefined) return ['http', 'https'];
  const [host, name, ...said] = rest;
  if (host === undefined) return typed.startsWith('-') ? globals : hosts(world);
  const target = await targetOf(host, world.dputConfigurations);
  const there = instance(quick(world.fetch), `${target.protocol ?? protocol}://${target.address}`);
  const index = await there.index();
  if (name === undefined) return index.commands.map((command) => command.name);
  const command = index.commands.find((each) => each.name === name);
  return command === undefined ? [] : ofCommand(command, said, typed, there, index);
};

/** `rest` is undefined where a global option waits for its value. */
const withoutGlobals = (
  before: readonly string[],
): { readonly protocol: string; readonly rest: readonly string[] | undefined } => {
  let protocol = 'http';
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at] ?? '';
    if (!word.startsWith('-')) return { protocol, rest: before.slice(at) };
    if (!withValue.has(word)) continue;
    if (at + 1 === before.length) return { protocol, rest: undefined };
    protocol = before[++at] ?? protocol;
  }
  return { protocol, rest: [] };
};

/** Each host of dput's configuration, as oneself and as those its section names. */
const hosts = async ({ dputConfigurations, login }: Surroundings): Promise<readonly string[]> => {
  const targets = await dputTargets(dputConfigurations);
  return targets.flatMap(({ name, host, users }) =>
    [host, name].flatMap((each) => [each, ...['admin', login, ...users].map((user) => `${user}@${each}`)]),
  );
};

const ofCommand = async (
  command: DescribedCommand,
  said: readonly string[],
  typed: string,
  there: Instance,
  index: CommandIndex,
): Promise<readonly string[]> => {
  const options = command.arguments.filter(({ positional }) => !positional);
  const waiting = options.find(({ name, short }) => said.at(-1) === longOf(name) || said.at(-1) === `-${short}`);
  if (waiting !== undefined && !isFlag(waiting)) return valuesOf(waiting, there, index);
  if (typed.startsWith('-')) {
    return [
      ...options.map(({ name, fallback }) => (fallback === 'true' ? `--no-${name}` : longOf(name))),
      ...everyCommand,
      ...(command.needsConfirmation ? ['--confirm'] : []),
    ];
  }
  if (said.at(-1) === '--confirm') return [command.name];
  const place = said.filter((word, at) => !word.startsWith('-') && !takesNext(options, said[at - 1])).length;
  const argument = command.arguments.filter(({ positional }) => positional)[place];
  return argument === undefined ? [] : valuesOf(argument, there, index);
};

type DescribedArgument = DescribedCommand['arguments'][number];

const isFlag = ({ fallback }: DescribedArgument): boolean => fallback === 'false' || fallback === 'true';

const takesNext = (options: readonly DescribedArgument[], word: string | undefined): boolean =>
  word === '--confirm' ||
  options.some((option) => !isFlag(option) && (word === longOf(option.name) || word === `-${option.short}`));

/** Few words are told by the table; which distributions there are, the instance is asked. */
const valuesOf = async (
  { words, type }: DescribedArgument,
  there: Instance,
  index: CommandIndex,
): Promise<readonly string[]> => {
  if (words !== null) return words;
  const listing = index.commands.find(({ name }) => name === 'distributions');
  if (type !== 'DistributionName' || listing === undefined) return [];
  const { json } = await there.run(
    { command: listing, given: {}, confirm: undefined, json: true, wait: false },
    undefined,
  );
  return Array.isArray(json) ? json.map((row) => String(row?.distribution)) : [];
};

/** Nobody waits longer than this (milliseconds) for a word to complete itself. */
const patience = 2000;

const quick =
  (fetcher: typeof fetch): typeof fetch =>
  (input, init) =>
    fetcher(input, { ...init, signal: AbortSignal.timeout(patience) });
