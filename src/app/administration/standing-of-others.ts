import type { Fingerprint } from '../../domain/debian/names.ts';
import { lackOfRoom } from '../../domain/disk-room.ts';
import type { AccountStory } from '../../projections/accounts.ts';
import type { SilentNodes } from '../../projections/node-leases.ts';
import type { NodeStory } from '../../projections/nodes.ts';
import type { Delay } from '../../projections/notices.ts';
import type { RemoteStory } from '../../projections/remotes.ts';
import type { Standing } from './standing.ts';

/** What another instance says of itself, as far as it says anything. */
type Heard = { readonly running: boolean; readonly trusts: readonly Fingerprint[] } | undefined;

/** How another instance does, as a builder of ours. */
export const standingOfRemote = (
  { active, state, lost, since, repositories }: RemoteStory,
  heard: Heard,
  ownKeys: readonly Fingerprint[],
): Standing => {
  if (state === 'lost') return { state: 'lost', look: 'bad', reason: lost?.fact ?? 'it does not answer', since };
  if (!active) return { state: 'not active', look: 'idle', reason: 'nothing it signs counts', since };
  if (state === 'unknown') return { state: 'asked', look: 'busy', reason: 'it has not answered yet' };
  if (heard !== undefined && !heard.trusts.some((each) => ownKeys.includes(each)))
    return { state: 'one-sided', look: 'warn', reason: 'it has not activated us', since };
  if (heard?.running === false) return { state: 'stopped', look: 'warn', reason: 'its engine is stopped', since };
  const of = repositories.length === 0 ? '' : ` of ${repositories.join(', ')} only`;
  return { state: 'active', look: 'good', reason: `builds${of} may go there`, since };
};

export const standingOfNode = ({ node, process, addedAt }: NodeStory, silent: SilentNodes): Standing => {
  if (process === undefined)
    return { state: 'does not work', look: 'warn', reason: 'no process of it runs', since: addedAt };
  const how = silent.get(node);
  if (how !== undefined)
    return { state: 'silent', look: 'bad', reason: `it ${how}: its builds go elsewhere`, since: process.since };
  return process.full === undefined
    ? { state: 'works', look: 'good', reason: 'it calls the roll', since: process.since }
    : { state: 'full', look: 'bad', reason: `${lackOfRoom(process.full, 'its disk')}: its builds go elsewhere` };
};

export const standingOfWebhook = (delay: Delay | undefined): Standing =>
  delay === undefined
    ? { state: 'called', look: 'good', reason: 'what it is to be told it takes' }
    : { state: 'failing', look: 'bad', reason: delay.fact, since: delay.since };

/** How who subscribed is told: of accounts that are not active nobody is. */
export const standingOfSubscriptions = (status: AccountStory['status'], sendsMail: boolean): Standing => {
  if (status !== 'active') return { state: 'not told', look: 'idle', reason: `the account is ${status}` };
  return sendsMail
    ? { state: 'told', look: 'good', reason: 'by mail, to the address of the account' }
    : { state: 'not told', look: 'warn', reason: 'this instance sends no mail' };
};
