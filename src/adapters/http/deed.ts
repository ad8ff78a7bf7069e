import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Refusal } from '../../domain/refusal.ts';
import {
  type Answer,
  type Api,
  type CommandDescription,
  changesSomething,
  dryRun,
  planChanged,
  saidBeyond,
} from '../../ports/api.ts';

/** What a page asks for: `confirmed` names the plan that its reader saw and said yes to. */
export type AskedDeed = {
  readonly command: CommandDescription;
  readonly given: Readonly<Record<string, string>>;
  readonly confirmed: string | undefined;
};

export type Deed =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  /** Nothing was done. `isStale`: it was another plan that was seen. */
  | { readonly kind: 'planned'; readonly plan: Answer; readonly isStale: boolean }
  | { readonly kind: 'done'; readonly answer: Answer };

/**
 * Does what a page asks for when its reader saw what it comes to, and else says that. Where the state of things, or what was asked, has
 * become another one since, the plan is shown anew and not carried out. What only looks is answered at once.
 */
export const deed = async (api: Api, { command, given, confirmed }: AskedDeed, caller: Caller): Promise<Deed> => {
  if (!changesSomething(command, given)) return outcome(await api.run(command.name, given, caller));
  const asked = saidBeyond(command, given);
  const faults = api.faults(command.name, asked);
  if (faults.length > 0) return { kind: 'refused', refusals: faults.map(({ because }) => because) };
  if (confirmed !== undefined) {
    const done = await api.run(command.name, asked, caller, confirmed);
    if (!isLeft(done) || done.left[0]?.rule !== planChanged) return outcome(done);
  }
  const planned = await api.run(command.name, { ...asked, [dryRun]: 'true' }, caller);
  return isLeft(planned)
    ? { kind: 'refused', refusals: planned.left }
    : { kind: 'planned', plan: planned.right, isStale: confirmed !== undefined };
};

const outcome = (answer: Awaited<ReturnType<Api['run']>>): Deed =>
  isLeft(answer) ? { kind: 'refused', refusals: answer.left } : { kind: 'done', answer: answer.right };
