import type { TokenId } from '../../domain/account/events.ts';
import type { Ending } from '../../ports/api.ts';
import type { IssuedToken } from '../../projections/accounts.ts';
import { counted, ifAny } from './words.ts';

/** What revoking one of the tokens of an account puts an end to. */
export const endingOfToken = (name: TokenId, { scope, issuedAt }: IssuedToken, others: number): Ending => ({
  goes: [`The token ${name} (${scope}, issued ${issuedAt}).`],
  depends: ['Programs that show it are turned away from then on.'],
  stays: ['Password and sessions.', ...ifAny(others, `${counted(others, 'other token')}.`)],
});
