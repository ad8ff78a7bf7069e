import { right } from 'fp-ts/lib/Either.js';
import { type MachineParts, machinesPage, notificationsPage } from '../administration/machines.ts';
import { machinesHolding, notificationsHolding } from '../administration/narrowed.ts';
import { type Command, command } from './command.ts';
import { holding } from './holding.ts';

/** `builders`: what builds, as its page in administration has it. */
export const builders = (parts: MachineParts): Command =>
  command({
    name: 'builders',
    summary: 'Shows what builds: this builder and what its builds are given, nodes, remotes, and who asks to be known',
    arguments: { holding: holding('Only nodes and remotes with this in their name, address or tags') },
    privilege: 'admin',
    run: ({ holding: part = '' }) => {
      const machines = machinesHolding(machinesPage(parts), part);
      const { builder, running, room, confinement, nodes, remotes, introductions } = machines;
      return right({
        json: machines,
        plain: [
          `${builder}: ${running} of ${room} builds`,
          ...confinement.map(({ what, state }) => `  ${what}: ${state === true ? 'given' : state}`),
          ...nodes.map((each) => `node ${each.node}: ${each.standing.state}: ${each.standing.reason}`),
          ...remotes.map((each) => `remote ${each.remote}: ${each.standing.state}: ${each.standing.reason}`),
          ...introductions.map(({ remote, fingerprint }) => `${remote} asks to be known, with ${fingerprint}`),
          '',
        ].join('\n'),
      });
    },
  });

/** `notifications`: who is told of what, as its page in administration has it. */
export const notifications = (parts: MachineParts): Command =>
  command({
    name: 'notifications',
    summary: 'Shows who is told of what, by mail and by webhooks, and what is still to be told',
    arguments: { holding: holding('Only who or what has this in login, package, distribution or host') },
    privilege: 'admin',
    run: async ({ holding: part = '' }) => {
      const found = notificationsHolding(await notificationsPage(parts), part);
      const { mailFrom, delay, owed, moreOwed, always, subscriptions, webhooks } = found;
      return right({
        json: found,
        plain: [
          mailFrom === undefined ? 'no mail is sent' : `mail is sent as ${mailFrom}`,
          ...(delay === undefined ? [] : [`it is late since ${delay.since}: ${delay.fact}`]),
          ...owed.map((each) => `owed since ${each.at}: ${each.kind} ${each.source} ${each.version} to ${each.open}`),
          ...(moreOwed > 0 ? [`and ${moreOwed} more`] : []),
          ...always.map(({ of, logins }) => `told of all of ${of}: ${logins.join(', ')}`),
          ...subscriptions.map(({ login, wanted }) => `${login}: ${wanted}`),
          ...webhooks.map(({ webhook, host, wanted }) => `webhook ${webhook}: ${host} is told of ${wanted}`),
          '',
        ].join('\n'),
      });
    },
  });
