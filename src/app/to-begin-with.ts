import { activeAdmins } from '../projections/accounts.ts';
import type { World } from '../projections/world.ts';

/** What an instance still lacks before anybody can do anything with it. */
export const toBeginWith = ({
  accounts,
  configuration,
}: World): readonly { readonly fact: string; readonly remedy: string }[] => [
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
          remedy: 'administrators set one up at /mini_buildd/administration/welcome',
        },
      ]
    : []),
];
