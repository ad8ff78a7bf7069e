import { createHash } from 'node:crypto';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { type Answer, type Api, type CommandDescription, changesSomething } from '../../ports/api.ts';

/** What a page asks for: `confirmed` names the plan that its reader saw and said yes to. */
export type AskedDeed = {
  readonly command: CommandDescription;
  readonly given: Readonly<Record<string, string>>;
  readonly confirmed: string | undefined;
};

export type Deed =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  /** Nothing was done. `plan` is what would be, where the command can tell; `isStale`: it was another one that was seen. */
  | { readonly kind: 'planned'; readonly plan: Answer | undefined; readonly digest: string; readonly isStale: boolean }
  | { readonly kind: 'done'; readonly answer: Answer };

/**
 * Does what a page asks for when its reader saw what it comes to, and else says that. A plan is known by its digest: where the state of
 * things, or what was asked, has become another one since, it is shown anew and not carried out. What only looks is answered at once.
 */
export const deed = async (api: Api, { command, given, confirmed }: AskedDeed, caller: Caller): Promise<Deed> => {
  if (!changesSomething(command, given)) return outcome(await api.run(command.name, given, caller));
  const asked = said(command, given);
  const faults = api.faults(command.name, asked);
  if (faults.length > 0) return { kind: 'refused', refusals: faults.map(({ because }) => because) };
  const planned = canPlan(command) ? await api.run(command.name, { ...asked, [dryRun]: 'true' }, caller) : undefined;
  if (planned !== undefined && isLeft(planned)) return { kind: 'refused', refusals: planned.left };
  const digest = digestOf(command.name, asked, planned && basisOf(planned.right));
  return confirmed === digest
    ? outcome(await api.run(command.name, asked, caller))
    : { kind: 'planned', plan: planned?.right, digest, isStale: confirmed !== undefined };
};

const dryRun = 'dry-run';

const canPlan = (command: CommandDescription): boolean => command.arguments.some(({ name }) => name === dryRun);

/** What was said beyond what goes without saying. Pages plan always: they have no use for the option. */
export const said = (
  { arguments: known }: CommandDescription,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => name !== dryRun && !known.some((each) => each.name === name && each.fallback === value),
    ),
  );

const outcome = (answer: Awaited<ReturnType<Api['run']>>): Deed =>
  isLeft(answer) ? { kind: 'refused', refusals: answer.left } : { kind: 'done', answer: answer.right };

/** What depends on it comes and goes on a busy instance: who agrees to what goes need not agree anew for each build that begins to wait. */
const basisOf = ({ basis, json, ends }: Answer): unknown => basis ?? [json, ends?.goes];

/** Names what was asked, and what it would come to. */
const digestOf = (command: string, given: Readonly<Record<string, string>>, plan: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([command, Object.entries(given).sort(byName), plan ?? null]))
    .digest('base64url');

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : 1);
