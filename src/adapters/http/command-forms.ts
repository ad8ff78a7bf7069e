import { denied } from '../../domain/account/caller.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Api, ArgumentFault, CommandDescription } from '../../ports/api.ts';
import { said } from './deed.ts';
import { formTokenField } from './form-token.ts';
import type { Filled } from './views/command-form.ts';
import { formPage } from './views/deed-pages.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor } from './visitor.ts';

/** A command's form as `visitor` gets it, filled with what was said so far. */
export const filledForm = (
  api: Api,
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
  { caller, session }: Visitor,
  faults: readonly ArgumentFault[] = [],
): Filled => ({
  command,
  given: said(command, given),
  faults,
  known: (argument) => api.known(argument, ''),
  token: formTokenField(session),
  standing: denied(command, caller) === undefined ? 'may' : caller.privilege === 'none' ? 'stranger' : 'may not',
});

/** The same as a page that says why what was sent with it was not done. */
export const refusedForm = (
  api: Api,
  instance: Instance,
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
  visitor: Visitor,
  refusals: readonly Refusal[],
): string => formPage(instance, filledForm(api, command, given, visitor, api.faults(command.name, given)), refusals);
