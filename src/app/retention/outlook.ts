import type { Instant } from '../../domain/codec.ts';
import { instant } from '../../domain/codec.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { type Departed, departedVersions, type Policy } from '../../projections/due-files.ts';
import { filesOf } from '../../projections/needed-files.ts';
import type { World } from '../../projections/world.ts';
import type { HeldThen } from '../snapshots/past-states.ts';

/** A version that stands nowhere any more, what its files take, and until when they stay. */
export type OutlookRow = {
  readonly source: string;
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  readonly leftAt: Instant;
  /** From when on its files may go; `null` while something other than its age keeps them. */
  readonly dueAt: Instant | null;
  /** Names of past states that hold it, in whose favour it stays. */
  readonly names: readonly string[];
};

export type Outlook = {
  /** To be let go at the next look of the duty. */
  readonly due: readonly OutlookRow[];
  /** What stays, that which goes first at the head. */
  readonly kept: readonly OutlookRow[];
};

/** What the duty that lets files go would do by a policy, now and later. */
export const outlookOf = async (world: World, heldThen: HeldThen, policy: Policy, now: number): Promise<Outlook> => {
  const named = await namesOfVersions(policy.repository, world, heldThen);
  const rows = [...departedVersions(world, policy)].map((each) => rowOf(each, named));
  const isDue = ({ dueAt }: OutlookRow): boolean => dueAt !== null && Date.parse(dueAt) <= now;
  return {
    due: rows.filter(isDue),
    kept: rows.filter((row) => !isDue(row)).sort((one, other) => whenOf(one) - whenOf(other)),
  };
};

const whenOf = ({ dueAt }: OutlookRow): number => (dueAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(dueAt));

const rowOf = ({ held, left, dueAt }: Departed, named: ReadonlyMap<string, readonly string[]>): OutlookRow => {
  const names = named.get(`${held.source} ${held.version}`) ?? [];
  const files = filesOf(held);
  return {
    source: held.source,
    version: held.version,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    leftAt: left,
    dueAt: dueAt === undefined || names.length > 0 ? null : instant(dueAt),
    names,
  };
};

/** By `SOURCE VERSION`. */
const namesOfVersions = async (
  repository: RepositoryId,
  { retention: { named } }: World,
  heldThen: HeldThen,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const found = new Map<string, readonly string[]>();
  for (const [name, { publication }] of named.get(repository) ?? [])
    for (const held of await heldThen(repository, publication)) found.set(held, [...(found.get(held) ?? []), name]);
  return found;
};
