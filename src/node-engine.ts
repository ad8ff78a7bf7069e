import { isLeft } from 'fp-ts/lib/Either.js';
import { filter, firstValueFrom, map, merge, type Observable } from 'rxjs';
import { buildOrders } from './app/builds/build-orders.ts';
import { checkOrders } from './app/checks/check-orders.ts';
import { reportsOf } from './app/nodes/reports-of.ts';
import { type Projector, startProjector } from './app/projector.ts';
import { teller } from './app/tell.ts';
import { instanceUrl } from './domain/configuration/instance-address.ts';
import type { Architecture } from './domain/debian/names.ts';
import type { NodeName } from './domain/node/events.ts';
import { unknownNode } from './domain/node/node.ts';
import { sentence } from './domain/refusal.ts';
import type { EngineParts } from './engine-parts.ts';
import { homeDisk } from './home-disk.ts';
import { giveBackBuilds, giveBackChecks, missTemplates } from './leftovers.ts';
import type { ArchiveLink } from './ports/archive-link.ts';
import { duty } from './ports/tell.ts';
import { running } from './projections/build-queue.ts';
import { runningChecks } from './projections/checks.ts';
import { asSeenFrom } from './projections/seen-from.ts';
import type { World } from './projections/world.ts';
import { callRoll } from './reactors/call-roll.ts';
import { narrateBuilds } from './reactors/narrate-builds.ts';
import type { Fault } from './reactors/once-each.ts';
import { forBuilds, forChecks, madeAt, type Purpose, prepareChroots } from './reactors/prepare-chroots.ts';
import { removeChroots } from './reactors/remove-chroots.ts';
import { reportRoom } from './reactors/report-room.ts';
import { runBuilds } from './reactors/run-builds.ts';
import { runChecks } from './reactors/run-checks.ts';
import { sweepFetched } from './reactors/sweep-fetched.ts';

export type NodeParts = Pick<
  EngineParts,
  | 'anchors'
  | 'log'
  | 'homeRoom'
  | 'builder'
  | 'chroots'
  | 'checker'
  | 'checkChroots'
  | 'clock'
  | 'timeouts'
  | 'progress'
> & {
  readonly node: NodeName;
  /** `HOST:PORT` where logs of builds are read while they grow. */
  readonly address: string;
  /** How many builds at once. */
  readonly room: number;
  /** Those that this machine builds for. */
  readonly architectures: readonly Architecture[];
  readonly archive: ArchiveLink;
};

/** A builder on the log of an instance whose archive is elsewhere. */
export type NodeEngine = {
  readonly world: World;
  readonly duties$: Observable<Fault>;
  /** Gives back what an earlier life left running, and looks whether templates are where they were. Needs a listener on `duties$`. */
  readonly recover: () => Promise<void>;
  /** Resolves with the reason when this process may not work as its node any more; with nothing when the log was closed before. */
  readonly lost: Promise<string | undefined>;
  /** Says that the node stopped, and ends builds, so that they are given back. */
  readonly stop: () => Promise<void>;
};

const tickMs = 5_000;
const narrationMs = 15_000;
const longestFarewellMs = 30_000;

/** Begins to work as the node. Rejects when it is none. */
export const nodeEngine = async (parts: NodeParts): Promise<NodeEngine> => {
  const { log, clock, node, archive } = parts;
  const projector = await startProjector(log, (events) => parts.progress('log', `${events} events replayed`));
  const { world, world$ } = projector;
  const leftovers = running(world.builds, node);
  const leftoverChecks = runningChecks(world.checks, node);
  const token = await begin(parts);
  const tell = reportsOf(
    teller(log, ({ position }) => projector.folded(position), clock.now),
    { node, token },
  );
  const stopping = new AbortController();
  return {
    world,
    duties$: duties(parts, projector, token, tell, stopping.signal),
    recover: async () => {
      await projector.until(({ nodes }) => nodes.get(node)?.process?.token === token);
      await giveBackBuilds(leftovers, tell);
      await giveBackChecks(leftoverChecks, tell);
      await missTemplates(forBuilds, asSeenFrom(world, node), parts.chroots, tell);
      await missTemplates(forChecks, asSeenFrom(world, node), parts.checkChroots, tell);
    },
    lost: firstValueFrom(
      world$.pipe(
        map(({ nodes }) => nodes.get(node)),
        filter((story) => story !== undefined),
        filter(({ key, process }) => key === undefined || (process !== undefined && process.token > token)),
        map(({ key }) =>
          key === undefined ? `${node} is no node any more` : `another process works as ${node} by now`,
        ),
      ),
      { defaultValue: undefined },
    ),
    stop: async () => {
      const tooLate = firstValueFrom(clock.after(longestFarewellMs), { defaultValue: undefined });
      // Said first: what is given back while this node seems to work may be given to it again.
      const said = tell({ command: 'StopNode', node, token }, duty('work-as-node', node));
      await Promise.race([Promise.allSettled([said]), tooLate]);
      stopping.abort();
      const done = projector.until(
        (now) => running(now.builds, node).length === 0 && runningChecks(now.checks, node).length === 0,
      );
      await Promise.race([done, tooLate]);
      archive.close();
      await said;
    },
  };
};

/** Says that this process works as the node; the revision of that is its token. */
const begin = async ({ log, clock, node, address, room, architectures }: NodeParts): Promise<number> => {
  const started = { type: 'NodeStarted', node, address, room, architectures } as const;
  const tell = teller(log, async () => undefined, clock.now);
  const told = await tell({ command: 'StartNode', started }, duty('work-as-node', node));
  if (isLeft(told)) throw new Error(sentence(told.left));
  const token = told.right.at(-1)?.revision;
  if (token === undefined) throw new Error(sentence(unknownNode(node)));
  return token;
};

const duties = (
  parts: NodeParts,
  { world, world$, recorded$ }: Projector,
  token: number,
  tell: ReturnType<typeof reportsOf>,
  stop: AbortSignal,
): Observable<Fault> => {
  const { clock, node, room, archive, timeouts, homeRoom = () => undefined } = parts;
  const now$ = merge(world$, clock.every(tickMs).pipe(map(() => world)));
  const seen$ = now$.pipe(map((now) => asSeenFrom(now, node)));
  const place = { builder: node, room, tags: [], architectures: parts.architectures };
  const published = (): string => instanceUrl(world.configuration);
  /** The address is the archive's: this machine believes it, as it does when it fetches files from there. */
  const certified = async <Order extends object>(
    order: Order,
  ): Promise<Order & { readonly aptCertificates: string }> => ({
    ...order,
    aptCertificates: await parts.anchors(published()),
  });
  const onlooker = { begin: () => undefined, print: parts.progress, end: () => undefined };
  const prepare = (purpose: Purpose, chroots: NodeParts['chroots']) =>
    merge(
      prepareChroots(madeAt(purpose, place), seen$, clock, world, chroots, undefined, onlooker, tell),
      removeChroots(purpose, seen$, clock, chroots, tell),
    );
  return merge(
    callRoll(clock, archive, parts.log, node, token),
    reportRoom(now$, clock, { node, token }, homeRoom, tell),
    runBuilds(
      seen$,
      clock,
      node,
      { ...parts.builder, build: async (order, end) => parts.builder.build(await certified(order), end) },
      (build, attempt) => buildOrders(world, published(), timeouts)(build, attempt),
      stop,
      homeDisk(homeRoom, true),
      tell,
    ),
    runChecks(
      seen$,
      clock,
      place,
      { check: async (order, end) => parts.checker.check(await certified(order), end) },
      (check, attempt) => checkOrders(world, published(), timeouts)(check, attempt),
      stop,
      tell,
    ),
    narrateBuilds(
      recorded$,
      clock.every(narrationMs).pipe(map(() => world)),
      world,
      node,
      parts.builder.liveLog,
      clock.now,
      parts.progress,
    ),
    prepare(forBuilds, parts.chroots),
    prepare(forChecks, parts.checkChroots),
    sweepFetched(clock, world, node, archive),
  );
};
