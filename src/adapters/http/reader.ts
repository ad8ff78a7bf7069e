import { denied } from '../../domain/account/caller.ts';
import type { Api } from '../../ports/api.ts';
import { formTokenField } from './form-token.ts';
import type { Reader } from './views/deed-button.ts';
import type { Visitor } from './visitor.ts';

/** What somebody who looks at a page may do from there. */
export const readerOf = ({ commands }: Pick<Api, 'commands'>, { caller, session }: Visitor): Reader => ({
  may: (name) => {
    const command = commands.find((each) => each.name === name);
    return command !== undefined && denied(command, caller) === undefined;
  },
  isStranger: caller.privilege === 'none',
  token: formTokenField(session),
});
