import { Command, CommanderError, Option } from 'commander';
import { wantsConfirmation } from '../../ports/api.ts';
import { authorization, type Secrets } from './authorization.ts';
import { type Call, callOf } from './command-program.ts';
import { EndedBadly, followToTheEnd } from './follow.ts';
import { ConnectionFault, instance, Refused } from './instance.ts';
import { forgetPolicy, keepPassword } from './keep-password.ts';
import { printable } from './printable.ts';
import { targetOf } from './target.ts';
import { type ReadText, textsFromFiles } from './texts-from-files.ts';
import { whileWaiting } from './while-waiting.ts';

/** What the tool touches of the world. */
export type Surroundings = {
  readonly fetch: typeof fetch;
  /** Files of dput's configuration that may name hosts; the later ones win. */
  readonly dputConfigurations: readonly string[];
  readonly secrets: Secrets;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** `undefined` where nobody sits in front. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly readText: ReadText;
  readonly columns: number | undefined;
  /** A line of the terminal for what changes while one waits: the next replaces it, an empty one leaves nothing. */
  readonly line: ((text: string) => void) | undefined;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/**
 * `mini-buildd-tool [options] [USER@]HOST[:PORT] COMMAND …`. The commands come from the instance itself, so the tool fits
 * whatever it talks to. Gives the exit code: 0 done, 1 refused or failed, 2 usage or connection.
 */
export const tool = async (argv: readonly string[], world: Surroundings): Promise<number> => {
  try {
    await run(argv, world);
    return 0;
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
    if (fault instanceof Refused) {
      for (const sentence of fault.sentences) world.err(`${sentence}\n`);
      return fault.isUsage ? 2 : 1;
    }
    if (fault instanceof EndedBadly) return 1;
    if (fault instanceof ConnectionFault) {
      world.err(`${fault.message}\n`);
      return 2;
    }
    throw fault;
  }
};

const run = async (argv: readonly string[], world: Surroundings): Promise<void> => {
  const { options, host, rest } = globals(argv, world);
  const target = await targetOf(host, world.dputConfigurations);
  const there = instance(world.fetch, `${target.protocol ?? options.protocol}://${target.address}`);
  const index = await there.index();
  if (options.resetSavePolicy) await forgetPolicy(world.secrets.keyring);
  const identity = await authorization(target, world.secrets);
  if (target.user !== undefined && identity === undefined) world.err(withoutPassword(target.user, world.secrets));
  const call = await textsFromFiles(
    callOf(index, rest, (program) => voiced(program, world)),
    world.readText,
  );
  const json = options.json || call.json;
  const agreed = await confirmed(call, world);
  const answer = await whileWaiting(there.run({ ...agreed, json }, identity?.header), there, world);
  if (identity !== undefined) await keepPassword(identity, world.secrets.keyring, world.ask, world.err);
  world.out(json ? `${JSON.stringify(answer.json, null, 2)}\n` : printable(answer.plain));
  if (options.wait || call.wait) await followToTheEnd(there, answer.follow, world);
};

const withoutPassword = (user: string, { netrc }: Secrets): string =>
  `W: no password for "${user}" in MINI_BUILDD_PASSWORD, the desktop's keyring or ${netrc}; going on without\n`;

type Globals = {
  readonly protocol: 'http' | 'https';
  readonly json: boolean;
  readonly wait: boolean;
  readonly resetSavePolicy: boolean;
};

const globals = (
  argv: readonly string[],
  world: Surroundings,
): { readonly options: Globals; readonly host: string; readonly rest: readonly string[] } => {
  const program = voiced(new Command('mini-buildd-tool'), world)
    .description(
      'Talks to an instance of mini-buildd. Which commands there are, the instance says: mini-buildd-tool HOST --help',
    )
    .argument('<host>', '[USER@]HOST[:PORT], or the name of a dput target (with or without "mini-buildd-")')
    .argument('[command...]', 'what to do, with its arguments; HOST COMMAND --help explains it')
    .addOption(new Option('-P, --protocol <protocol>', 'how to speak').choices(['http', 'https']).default('http'))
    .option('--json', 'print the answer as JSON', false)
    .option('--wait', 'follow what the command began to its end, with its progress on standard error', false)
    .option('-R, --reset-save-policy', 'ask again whether to keep passwords in the keyring', false)
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nWho you are: USER@ with the password in MINI_BUILDD_PASSWORD, the desktop keyring or ~/.netrc, else it is asked for; or a token in MINI_BUILDD_TOKEN.',
    )
    .addHelpText(
      'after',
      '\nCompletion of words: mini-buildd-tool --completion bash (or zsh) prints what the shell needs.',
    )
    .addHelpText('after', '\nExit codes: 0 done, 1 refused or failed, 2 usage or connection.')
    .parse(argv, { from: 'user' });
  const [host = '', ...rest] = program.args;
  return { options: program.opts<Globals>(), host, rest };
};

/** Nothing prints or exits behind our back. */
const voiced = (program: Command, { out, err, columns }: Surroundings): Command =>
  program.exitOverride().configureOutput({
    writeOut: out,
    writeErr: err,
    getOutHelpWidth: () => columns ?? 80,
    getErrHelpWidth: () => columns ?? 80,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });

const confirmed = async (call: Call, { ask, err }: Surroundings): Promise<Call> => {
  if (!wantsConfirmation(call.command, call.given) || call.confirm !== undefined || ask === undefined) return call;
  err(`"${call.command.name}" cannot be undone: ${call.command.summary}\n`);
  return { ...call, confirm: await ask(`Type "${call.command.name}" to go on: `) };
};
