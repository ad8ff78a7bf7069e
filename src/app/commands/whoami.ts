import { right } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../domain/account/events.ts';
import type { People } from '../../ports/people.ts';
import type { World } from '../../projections/world.ts';
import { type Command, command } from './command.ts';

/** `whoami`: who one is here, and what one may do. */
export const whoami = ({ accounts }: World, people: People): Command =>
  command({
    name: 'whoami',
    summary: 'Shows who you are here, and what you may do',
    arguments: {},
    privilege: 'none',
    run: async (_, actor, { privilege, shown }) => {
      const account = actor.kind === 'account' ? (actor.name as AccountId) : undefined;
      const person = account && (await people.byAccount(account));
      const json = {
        login: person?.login ?? null,
        fullName: person?.fullName ?? null,
        email: person?.email ?? null,
        account: account ?? null,
        role: (account && accounts.get(account)?.role) ?? null,
        privilege,
        shown,
      };
      const plain =
        account === undefined
          ? 'anonymous, with no privilege\n'
          : `${json.login} (${json.role}, account ${account}), by ${shown} with the privilege "${privilege}"\n`;
      return right({ json, plain });
    },
  });
