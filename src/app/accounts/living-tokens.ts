import type { TokenId } from '../../domain/account/events.ts';
import type { IssuedToken } from '../../projections/accounts.ts';

/**
 * Of the tokens that the log tells of those that still open something. A password that is renewed on the host takes the secrets away and says nothing to
 * the log, which the daemon may be writing.
 */
export const livingTokens = (
  told: ReadonlyMap<TokenId, IssuedToken> | undefined,
  held: ReadonlySet<TokenId>,
): ReadonlyMap<TokenId, IssuedToken> => new Map([...(told ?? [])].filter(([token]) => held.has(token)));
