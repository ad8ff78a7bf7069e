import { denied } from '../../domain/account/caller.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { type Api, type ArgumentFault, type CommandDescription, saidBeyond } from '../../ports/api.ts';
import { formTokenField } from './form-token.ts';
import type { Filled } from './views/command-form.ts';
import { formPage } from './views/deed-pages.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor } from './visitor.ts';

/** A command's form as `visitor` gets it, filled with what was said so far. */
export const filledForm = async (
  api: Api,
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
  { caller, session }: Visitor,
  faults: readonly ArgumentFault[] = [],
): Promise<Filled> => {
  const offered = command.arguments.map(
    async (argument) => [argument.name, await api.known({ argument, typed: '', given, caller })] as const,
  );
  return {
    command,
    given: saidBeyond(command, given),
    faults,
    known: new Map(await Promise.all(offered)),
    token: formTokenField(session),
    standing: denied(command, caller) === undefined ? 'may' : caller.privilege === 'none' ? 'stranger' : 'may not',
  };
};

/** The same as a page that says why what was sent with it was not done. */
export const refusedForm = async (
  api: Api,
  instance: Instance,
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
  visitor: Visitor,
  refusals: readonly Refusal[],
): Promise<string> =>
  formPage(instance, await filledForm(api, command, given, visitor, api.faults(command.name, given)), refusals);
