import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account } from '../../domain/account/account.ts';
import { type Caller, denied } from '../../domain/account/caller.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import {
  type Api,
  type CommandDescription,
  changesSomething,
  dryRun,
  isRehearsed,
  saidBeyond,
  type Topic,
  topics,
} from '../../ports/api.ts';
import type { ReadLog } from '../../ports/build-logs.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { HostMachine } from '../../ports/host.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { Journal } from '../../ports/journal.ts';
import type { KeyReader, Keyring } from '../../ports/keyring.ts';
import type { Neighbours } from '../../ports/neighbours.ts';
import type { People } from '../../ports/people.ts';
import type { Remotes } from '../../ports/remotes.ts';
import type { Voice } from '../../ports/tell.ts';
import type { ReleaseVerifier, Upstream } from '../../ports/upstream.ts';
import type { Wake } from '../../ports/waker.ts';
import type { World } from '../../projections/world.ts';
import { doers } from '../accounts/doers.ts';
import { keysOfConcern } from '../accounts/uploader-keys.ts';
import type { Preparations } from '../preparations.ts';
import type { Carrier } from '../repository/carry-out.ts';
import { lookedOnce } from '../repository/looked-once.ts';
import type { Examiner } from '../repository/uninstallable.ts';
import type { HeldThen } from '../snapshots/past-states.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';
import type { Undisturbed } from '../undisturbed.ts';
import { archivekey } from './archivekey.ts';
import { asAgreed, planSum } from './as-agreed.ts';
import { autosetup } from './autosetup.ts';
import { binnmu } from './binnmu.ts';
import { cancel, priority } from './builds.ts';
import { chroot } from './chroot.ts';
import type { Command } from './command.ts';
import { compare } from './compare.ts';
import { apply, exportConfiguration } from './configuration.ts';
import { declared } from './declared.ts';
import { distributions } from './distributions.ts';
import { withMeanings } from './distributions-meant.ts';
import { start, stop } from './engine.ts';
import { event } from './event.ts';
import { keyringpackages, testpackages } from './generated-packages.ts';
import { history } from './history.ts';
import { introduce } from './introduce.ts';
import { knownValues } from './known-values.ts';
import { listBuilds } from './list-builds.ts';
import { listMachines } from './list-machines.ts';
import { log } from './log.ts';
import { logcat } from './logcat.ts';
import { builders, notifications } from './looked-after.ts';
import { node } from './node.ts';
import { list } from './packages.ts';
import { packagesOfDistribution } from './packages-of-distribution.ts';
import { peerstatus } from './peerstatus.ts';
import { port } from './port.ts';
import { type PortextParts, portext } from './portext.ts';
import { portupdates } from './portupdates.ts';
import { printuploaders } from './printuploaders.ts';
import { progress } from './progress.ts';
import { remote } from './remote.ts';
import { removeRepository, repositories } from './repositories.ts';
import { migrate, plan, remove, restore } from './repository.ts';
import { retention } from './retention.ts';
import { retry } from './retry.ts';
import { search } from './search.ts';
import { setuserkey } from './setuserkey.ts';
import { show } from './show.ts';
import { showRepository } from './show-repository.ts';
import { snapshot } from './snapshot.ts';
import { getdputconf, getkey, getsourceslist } from './snippets.ts';
import { source } from './source.ts';
import { sources } from './sources.ts';
import { statistics } from './statistics.ts';
import { type Health, status } from './status.ts';
import { subscription } from './subscription.ts';
import { token } from './token.ts';
import { undeclare } from './undeclare.ts';
import { uploader } from './uploader.ts';
import { uploads } from './uploads.ts';
import { user } from './user.ts';
import { type WebhookParts, webhook } from './webhook.ts';
import { whoami } from './whoami.ts';
import { why } from './why.ts';
import { withdraw } from './withdraw.ts';

/** Everything that some command works with. */
export type CommandParts = Carrier &
  Voice &
  Examiner & {
    readonly health: Health;
    readonly people: People;
    /** What an account's stream says. */
    readonly read: (account: AccountId) => Promise<Account>;
    readonly keys: KeyReader & Pick<Keyring, 'newArchiveKey' | 'archiveKeys' | 'prolong' | 'verify'>;
    readonly files: FileStore;
    readonly now: () => number;
    readonly log: Pick<EventLog, 'query' | 'readStream'>;
    readonly journal: Journal;
    readonly preparing: Pick<Preparations, 'lines'>;
    readonly host: HostMachine;
    readonly remotes: Remotes;
    readonly wake: Wake | undefined;
    /** What we say of ourselves to other instances, signed. */
    readonly statement: () => Promise<string>;
    readonly webhooks: WebhookParts;
    readonly fetcher: PortextParts['fetcher'];
    readonly verify: PortextParts['verify'];
    readonly upstream: Upstream & ReleaseVerifier;
    readonly past: PastStatesByTime;
    readonly peers: Neighbours;
    readonly readLog: ReadLog;
    readonly heldThen: HeldThen;
    /** In which those who change accounts decide. */
    readonly accountsInTurn: InTurn;
    readonly undisturbed: () => Promise<Undisturbed>;
  };

/** Every command there is: HTTP API, tool and forms are made from this table. */
export const commandTable = (parts: CommandParts): Api => {
  const { world, people, undisturbed } = parts;
  const byName = tableOf(parts);
  const run = async (
    table: Table,
    name: string,
    given: Readonly<Record<string, string>>,
    caller: Caller,
  ): ReturnType<Api['run']> => {
    const wanted = table.get(name);
    if (wanted === undefined) return left([unknown(name, table)]);
    const refused = needsDaemon(wanted, world, caller);
    if (refused !== undefined) return left([refused]);
    const meant = withMeanings(wanted.description, given, world.configuration);
    if (isLeft(meant)) return left([meant.left]);
    const answer = await wanted.run(meant.right, caller);
    const isPlan = wanted.description.changes && isRehearsed(given);
    return isLeft(answer) || !isPlan
      ? answer
      : right({ ...answer.right, sum: planSum(name, saidBeyond(wanted.description, given), answer.right) });
  };
  return {
    commands: [...byName.values()].map(({ description }) => description),
    run: (name, given, caller, agreed) => {
      const description = byName.get(name)?.description;
      const isDeed = description !== undefined && changesSomething(description, given) && !isRehearsed(given);
      if (!isDeed || agreed === undefined) return run(byName, name, given, caller);
      const once = { ...parts, looks: lookedOnce() };
      return asAgreed(
        agreed,
        () => run(tableOf(once), name, { ...given, [dryRun]: 'true' }, caller),
        (voice) => run(tableOf({ ...once, ...voice }), name, given, caller),
        undisturbed,
      );
    },
    faults: (name, given) => {
      const wanted = byName.get(name);
      if (wanted === undefined) return [];
      const meant = withMeanings(wanted.description, given, world.configuration);
      return wanted.faults(isLeft(meant) ? given : meant.right);
    },
    present: async (name, given, caller) => (await byName.get(name)?.present(given, caller)) ?? {},
    known: knownValues(world, people),
  };
};

/** Each command by its name, with what it is about. */
type Table = ReadonlyMap<string, Omit<Command, 'description'> & { readonly description: CommandDescription }>;

const tableOf = (parts: CommandParts): Table => {
  const { world, health, people, read, keys, files, now, journal, host, remotes, wake } = parts;
  const { place, confinement, mail: sendsMail } = health;
  const known = doers(world.accounts, people);
  const machines = {
    world,
    people,
    place,
    peers: parts.peers,
    confinement,
    sendsMail,
    silentNodes: health.silentNodes,
  };
  const shelves: Readonly<Record<Topic, readonly Command[]>> = {
    'What is here': [
      status(world, health, () => keysOfConcern(world.accounts, { people, keys, files, now })),
      repositories(world),
      distributions(world),
      show(world),
      list(world),
      search(world),
      showRepository(world),
      packagesOfDistribution(parts),
      statistics(world, now),
    ],
    'Uploads and builds': [
      uploads(world, health.place, parts.log),
      listBuilds(world, health.place, now),
      listMachines(world, health.place, parts.peers, health.silentNodes),
      why({ world, log: parts.log, health, doers: known }),
      progress(world, () => health.works(false), parts.preparing.lines, health.stage, now),
      log(parts.readLog),
      retry(parts),
      cancel(world, parts),
      priority(world, parts),
    ],
    Packages: [
      plan(parts),
      migrate(parts),
      remove(parts),
      restore(parts),
      port(parts),
      portext(parts),
      portupdates(world),
      binnmu(parts),
    ],
    'For apt and dput': [getsourceslist(world), getkey(world), getdputconf(world)],
    'Your account': [
      whoami({ accounts: world.accounts, people, keys, files, now, configuration: () => world.configuration }),
      token(world, people, parts, now),
      subscription(world, people, parts),
      setuserkey(world, keys, files, parts),
    ],
    'The past': [
      history(world, parts.log, known),
      event(world, parts.log, known),
      compare(parts),
      snapshot(parts, parts),
      retention(parts, parts, parts.heldThen),
      withdraw(parts),
    ],
    Configuration: [
      apply(world, people, parts),
      exportConfiguration(world, people),
      autosetup(world, host, parts),
      sources(world),
      source(parts),
      declared(parts),
      undeclare(world, parts),
      removeRepository(world, parts),
      archivekey(parts),
      keyringpackages(parts),
      testpackages(parts),
    ],
    Chroots: [chroot(parts)],
    'People and other machines': [
      user({ world, people, keys, files, read, accountsInTurn: parts.accountsInTurn }, parts),
      uploader({ world, people, keys, files, now }, parts),
      printuploaders({ world, people, keys, files, now }),
      builders(machines),
      node(world, health.place, parts),
      remote({ world, remotes, wake, keys, files }, parts),
      peerstatus(parts.statement),
      introduce(parts),
      webhook(world, parts.webhooks, parts),
      notifications(machines),
    ],
    'The daemon': [start(world, parts), stop(world, parts), logcat(journal)],
  };
  const commands = topics.flatMap((about) =>
    shelves[about].map(({ description, ...rest }) => ({ ...rest, description: { ...description, about } })),
  );
  return new Map(commands.map((each) => [each.description.name, each]));
};

const unknown = (name: string, commands: ReadonlyMap<string, unknown>) =>
  refusal('unknown-command', `there is no command "${name}"`, `commands are ${[...commands.keys()].join(', ')}`);

/** What a stopped engine does not do. Who may not run the command is told that first. */
const needsDaemon = (
  { description }: Pick<Command, 'description'>,
  { engine }: World,
  caller: Caller,
): Refusal | undefined =>
  description.needsEngine && engine === 'stopped' && denied(description, caller) === undefined
    ? refusal(
        'needs-engine',
        `Needs running daemon: the engine is stopped, and "${description.name}" needs it`,
        'start it: start',
      )
    : undefined;
