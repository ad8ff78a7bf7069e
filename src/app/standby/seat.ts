import { randomUUID } from 'node:crypto';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import type { NodeName } from '../../domain/node/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type KeptThings,
  StandbyAway,
  type StandbyOrder,
  type StandbyReport,
  type StandbySeat,
  type StandbyTask,
} from '../../ports/standby.ts';

/** Whether nothing is acknowledged without the standby, or only as long as there is one. */
export type StandbyNeed = 'required' | 'preferred';

export type SeatParts = {
  readonly need: StandbyNeed;
  readonly clock: Clock;
  /** What is kept beside log and files, as it is now; `turn` grows whenever it was looked at anew. */
  readonly kept: () => Promise<KeptThings & { readonly turn: number }>;
};

/** How the standby stands, for who looks after it. */
export type Standing = {
  readonly need: StandbyNeed;
  /** Whose seat it is, as long as it is heard of. */
  readonly node: NodeName | undefined;
  readonly missing: number;
  /** How it catches up, as far as it says. */
  readonly copying?: StandbyReport['copying'] | undefined;
  /** What it could not take, and why; the last of it. */
  readonly failed: string | undefined;
};

export type Seat = StandbySeat & {
  /** Resolves when the standby has done it durably, or need not. Rejects with `StandbyAway`. */
  readonly ask: (task: StandbyTask) => Promise<void>;
  /** Lets it know of something that nobody waits for. */
  readonly mention: (task: StandbyTask) => void;
  /** Resolves when it has what is kept beside the log as it is now, or need not. Rejects with `StandbyAway`. */
  readonly hasKept: () => Promise<void>;
  readonly standing: () => Standing;
  /** `hear` is told whenever somebody sits down who was not there right before: what he has is not known. */
  readonly onSeated: (hear: () => void) => void;
};

/** So long a standby that is not heard of counts as there; so long one waits for orders, and so often whoever waits for it looks. Milliseconds. */
const silenceMs = 10_000;
const patienceMs = 2_000;
const lookMs = 500;
/** So long it may take over keys, people and hooks. Milliseconds. */
const keptMs = 60_000;

/** Under way at a time. */
const mostOrders = 64;
/** Of what nobody waits for, so many are remembered. */
const mostMentions = 10_000;
/** Of which it is known when they were looked at. */
const mostTags = 100;

type Outcome = 'done' | { readonly fact: string };
type Waiting = { readonly order: StandbyOrder; outcome: Outcome | undefined };

/** The seat of the one standby that keeps a copy. All it knows is of this life. */
export const standbySeat = ({ need, clock, kept }: SeatParts): Seat => {
  const life = randomUUID();
  const waiting = new Map<string, Waiting>();
  const turns = new Map<string, number>();
  let holder: { readonly node: NodeName; at: number; report: StandbyReport } | undefined;
  let failed: string | undefined;
  /** Since when it has not keys, people and hooks as they are here. */
  let behindSince: number | undefined;
  let count = 0;
  const listeners: (() => void)[] = [];
  let woken = Promise.withResolvers<void>();

  const isThere = (): boolean => holder !== undefined && clock.awake() - holder.at < silenceMs;
  const after = (milliseconds: number): Promise<void> =>
    firstValueFrom(clock.after(milliseconds), { defaultValue: undefined });

  const enter = (task: StandbyTask): Waiting => {
    // Nobody waits for what only removes; said again after this it would undo it.
    for (const [id, { order }] of waiting) if (removes(order) && aboutOf(order) === aboutOf(task)) waiting.delete(id);
    count += 1;
    const order = { ...task, id: `${life}-${count}` };
    const entry = { order, outcome: undefined };
    waiting.set(order.id, entry);
    woken.resolve();
    woken = Promise.withResolvers();
    return entry;
  };

  /** The last that was said about the same file, unless the standby is done with it. */
  const lastAbout = (task: StandbyTask): Waiting | undefined =>
    [...waiting.values()].findLast(({ order }) => aboutOf(order) === aboutOf(task));

  const alone = (why: string): void => {
    if (need === 'required') throw new StandbyAway(why);
  };

  const whenDone = async (isDone: () => Outcome | undefined): Promise<void> => {
    for (;;) {
      const outcome = isDone();
      if (outcome === 'done') return;
      if (outcome !== undefined) return alone(`the standby could not take it: ${outcome.fact}`);
      if (!isThere()) return alone(away);
      await Promise.race([woken.promise, after(lookMs)]);
    }
  };

  const orders = (busy: readonly string[]): readonly StandbyOrder[] =>
    [...waiting.values()]
      .flatMap(({ order }) => (busy.includes(order.id) ? [] : [order]))
      .slice(0, Math.max(0, mostOrders - busy.filter((id) => waiting.has(id)).length));

  const sit = (node: NodeName, report: StandbyReport): Refusal | undefined => {
    if (isThere() && holder?.node !== node) return seatTaken(holder?.node);
    if (holder?.node !== node) [failed, behindSince] = [undefined, undefined];
    const sitsDown = !isThere();
    holder = { node, at: clock.awake(), report };
    if (sitsDown) for (const hear of listeners) hear();
    woken.resolve();
    woken = Promise.withResolvers();
    return undefined;
  };

  const tagOf = async (): Promise<{ readonly tag: string; readonly turn: number }> => {
    const { tag, turn } = await kept();
    turns.delete(tag);
    turns.set(tag, turn);
    const [oldest] = turns.keys();
    if (turns.size > mostTags && oldest !== undefined) turns.delete(oldest);
    return { tag, turn };
  };

  return {
    hear: async (node, report): Promise<Either<Refusal, { orders: readonly StandbyOrder[]; kept: string }>> => {
      const refused = sit(node, report);
      if (refused !== undefined) return left(refused);
      const { tag } = await tagOf();
      behindSince = tag === report.kept ? undefined : (behindSince ?? clock.awake());
      const until = clock.awake() + patienceMs;
      while (orders(report.busy).length === 0 && tag === report.kept && clock.awake() < until)
        await Promise.race([woken.promise, after(until - clock.awake())]);
      return right({ orders: orders(report.busy), kept: tag });
    },
    heardDone: (node, { done, failed: those }) => {
      if (holder?.node !== node) return;
      const end = (id: string, outcome: Outcome): void => {
        const entry = waiting.get(id);
        if (entry !== undefined) entry.outcome = outcome;
        waiting.delete(id);
      };
      for (const id of done) end(id, 'done');
      for (const { id, fact } of those) end(id, { fact });
      failed = those.at(-1)?.fact ?? (done.length > 0 ? undefined : failed);
      woken.resolve();
      woken = Promise.withResolvers();
    },
    kept,
    ask: async (task) => {
      if (!isThere()) return alone(away);
      const last = lastAbout(task);
      const entry = last !== undefined && last.order.task === task.task ? last : enter(task);
      // Others may have asked for the same: the first who gives up takes it away.
      const isGone = (): boolean => !waiting.has(entry.order.id);
      await whenDone(() => entry.outcome ?? (isGone() ? { fact: away } : undefined)).finally(() =>
        waiting.delete(entry.order.id),
      );
    },
    mention: (task) => {
      if (!isThere() || waiting.size > mostMentions) return;
      enter(task);
    },
    hasKept: async () => {
      if (!isThere()) return alone(away);
      const { turn } = await tagOf();
      const until = clock.awake() + keptMs;
      await whenDone(() => {
        if ((turns.get(holder?.report.kept ?? '') ?? 0) >= turn) return 'done';
        return clock.awake() < until ? undefined : { fact: untaken };
      });
    },
    onSeated: (hear) => listeners.push(hear),
    standing: () => ({
      need,
      node: isThere() ? holder?.node : undefined,
      missing: holder?.report.missing ?? 0,
      copying: holder?.report.copying,
      failed: failed ?? (behindSince !== undefined && clock.awake() - behindSince >= keptMs ? untaken : undefined),
    }),
  };
};

const removes = ({ task }: StandbyTask): boolean => task === 'remove-file' || task === 'drop-incoming';

const untaken = `it has not taken keys, people and hooks within ${keptMs / 1000} s`;

const away = 'the standby is not there';

const aboutOf = (task: StandbyTask): string =>
  'name' in task ? `incoming ${task.sha256} ${task.name}` : `file ${task.sha256}`;

const seatTaken = (node: NodeName | undefined): Refusal =>
  refusal('standby-taken', `${node} is the standby already`, 'this node takes its place when that one ends');
