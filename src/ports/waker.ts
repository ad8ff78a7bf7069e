import type { Either } from 'fp-ts/lib/Either.js';
import type { RemoteId } from '../domain/configuration/events.ts';
import type { Refusal } from '../domain/refusal.ts';

/**
 * Wakes the machine of another instance, in the way that the administrator of this host knows; `left` says why that did not go. It is on its way then, not
 * there. Again is no harm. Never rejects.
 */
export type Wake = (remote: RemoteId) => Promise<Either<Refusal, undefined>>;
