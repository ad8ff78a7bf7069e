import { activeAdmins } from '../projections/accounts.ts';
import type { World } from '../projections/world.ts';

/** `doneAt`: the page where it is done, as a path of ours. */
export type ToBeginWith = { readonly fact: string; readonly remedy: string; readonly doneAt?: string };

/** What an instance still lacks before anybody can do anything with it. */
export const toBeginWith = ({ accounts, configuration }: World): readonly ToBeginWith[] => [
  ...(activeAdmins(accounts).length === 0
    ? [
        {
          fact: 'nobody administers this instance yet',
          remedy: 'end the daemon, and on its host run: mini-buildd user add LOGIN --role admin',
        },
      ]
    : []),
  ...(configuration.repositories.size === 0
    ? [
        {
          fact: 'there is no repository yet',
          remedy: 'an administrator sets one up, step by step',
          doneAt: '/mini_buildd/administration/welcome',
        },
      ]
    : []),
];
