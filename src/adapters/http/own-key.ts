import { createHash } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Caller } from '../../domain/account/caller.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import { type Api, dryRun, planChanged } from '../../ports/api.ts';
import type { OwnKeyPlan } from './views/administration/own-key-page.ts';

type Parts = { readonly api: Api; readonly nameOf: Access['nameOf'] };

type Given = Readonly<Record<string, string>>;
type Asked = { readonly key: string; readonly repository: string };

/** What came of it: nothing was done unless it is `done`. */
export type OwnKey =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'planned'; readonly plan: OwnKeyPlan; readonly isStale: boolean }
  | { readonly kind: 'done' };

/**
 * Hands in a key and approves it for a repository, when who asks saw what that comes to (`confirmed` names it), and else says that. Who
 * does both is an administrator, and the key is their own. Asked twice, it does nothing the second time.
 */
export const ownKey = async (
  parts: Parts,
  asked: Asked,
  confirmed: string | undefined,
  caller: Caller,
): Promise<OwnKey> => {
  const planned = await planOf(parts, asked, caller);
  if (isLeft(planned)) return { kind: 'refused', refusals: planned.left };
  const plan = planned.right;
  if (plan.digest !== confirmed) return { kind: 'planned', plan, isStale: confirmed !== undefined };
  for (const { command, given, sum } of plan.commands) {
    const answer = await parts.api.run(command, given, caller, sum ?? (await sumOf(parts.api, command, given, caller)));
    if (!isLeft(answer)) continue;
    if (answer.left[0]?.rule !== planChanged) return { kind: 'refused', refusals: answer.left };
    const again = await planOf(parts, asked, caller);
    return isLeft(again)
      ? { kind: 'refused', refusals: again.left }
      : { kind: 'planned', plan: again.right, isStale: true };
  }
  return { kind: 'done' };
};

/** Of what only came to be possible by what was done before it: all that it does stands in what is asked. */
const sumOf = async ({ run }: Api, command: string, given: Given, caller: Caller): Promise<string | undefined> => {
  const planned = await run(command, { ...given, [dryRun]: 'true' }, caller);
  return isLeft(planned) ? undefined : planned.right.sum;
};

const KeySet = t.type({ fingerprint: t.string, changed: t.boolean });
const Approved = t.type({ changed: t.boolean });

const planOf = async (
  { api, nameOf }: Parts,
  { key, repository }: Asked,
  caller: Caller,
): Promise<Either<readonly Refusal[], OwnKeyPlan>> => {
  const login = await nameOf(caller);
  if (login === undefined) return left([nobody]);
  const set = await api.run('setuserkey', { key, 'dry-run': 'true' }, caller);
  if (isLeft(set)) return set;
  if (!KeySet.is(set.right.json)) throw new Error('setuserkey does not tell the key that it was given');
  const { fingerprint, changed: isNew } = set.right.json;
  const approval = { action: 'approve', login, repository, fingerprint };
  const approve = await api.run('uploader', { ...approval, 'dry-run': 'true' }, caller);
  // Before the key is handed in there is another one, or none: whatever else is in the way will be then.
  const others = isLeft(approve) ? approve.left.filter(({ rule }) => !(isNew && rule === 'other-key')) : [];
  if (others.length > 0) return left(others);
  const isApproved = !isLeft(approve) && Approved.is(approve.right.json) && !approve.right.json.changed;
  const commands = [
    ...(isNew ? [{ command: 'setuserkey', given: { key }, sum: set.right.sum }] : []),
    ...(isApproved
      ? []
      : [{ command: 'uploader', given: approval, sum: isLeft(approve) ? undefined : approve.right.sum }]),
  ];
  const ends = isNew ? set.right.ends : undefined;
  const digest = createHash('sha256')
    .update(JSON.stringify([login, repository, set.right.json, ends?.goes, commands.length]))
    .digest('base64url');
  return right({ login, repository, fingerprint, key, isNew, isApproved, ends, commands, digest });
};

const nobody = refusal('no-account', 'who asks has no account that a key could belong to', 'log in with an account');
