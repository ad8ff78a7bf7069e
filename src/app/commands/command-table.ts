import { left } from 'fp-ts/lib/Either.js';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import type { Tell } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import type { Command } from './command.ts';
import { distributions } from './distributions.ts';
import { list, show } from './packages.ts';
import { migrate, remove, restore } from './repository.ts';
import { getdputconf, getkey, getsourceslist } from './snippets.ts';
import { type Health, status } from './status.ts';
import { uploads } from './uploads.ts';

/** Every command there is: HTTP API, tool and forms are made from this table. */
export const commandTable = (world: World, health: Health, tell: Tell): Api => {
  const commands: readonly Command[] = [
    status(world, health),
    show(world),
    list(world),
    uploads(world),
    distributions(world),
    migrate(world, tell),
    remove(world, tell),
    restore(world, tell),
    getkey(world),
    getdputconf(world),
    getsourceslist(world),
  ];
  const byName = new Map(commands.map((each) => [each.description.name, each]));
  return {
    commands: commands.map(({ description }) => description),
    run: async (name, given, caller) =>
      byName.get(name)?.run(given, caller) ??
      left([
        refusal('unknown-command', `there is no command "${name}"`, `commands are ${[...byName.keys()].join(', ')}`),
      ]),
  };
};
