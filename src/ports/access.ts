import type { Either } from 'fp-ts/lib/Either.js';
import type { Caller } from '../domain/account/caller.ts';
import type { AccountId } from '../domain/account/events.ts';
import type { Password } from '../domain/account/person.ts';
import type { Refusal } from '../domain/refusal.ts';

/** Why somebody was not let in. With `retryAfter` (seconds) it was not even looked at who they are. */
export type TurnedAway = { readonly because: Refusal; readonly retryAfter: number | undefined };

/**
 * Tells who somebody is by what they show, and what they may do at that moment: an account that is disabled may do nothing from then on.
 * `from` is the address they come from: whoever tries too often, for one account or from one network, is made to wait.
 */
export interface Access {
  readonly byToken: (secret: string) => Promise<Caller | undefined>;
  /** By a certificate (DER) of which whoever showed it holds the private key, and which an authority of ours vouches for. */
  readonly byCertificate: (shown: Buffer) => Promise<Caller | undefined>;
  readonly bySession: (secret: string) => Promise<Caller | undefined>;
  readonly byPassword: (login: string, password: string, from: string) => Promise<Either<TurnedAway, Caller>>;
  /** Another one after every change of the password. Costs as good as nothing, and counts as no try. */
  readonly passwordMark: (login: string) => Promise<string | undefined>;
  /** Gives the secret of a new session. */
  readonly logIn: (login: string, password: string, from: string) => Promise<Either<TurnedAway, string>>;
  readonly logOut: (session: string) => Promise<void>;
  /** Whether who holds a session knows its password as well: as with `changePassword`. */
  readonly confirm: (session: string, present: string) => Promise<Either<TurnedAway, AccountId>>;
  /** For the owner of a session who knows the present password, however many strangers guess at it. Ends all sessions. */
  readonly changePassword: (session: string, present: string, next: Password) => Promise<Either<TurnedAway, undefined>>;
  /** Why who runs commands has to wait, who came too often; anonymous ones are counted by their network. */
  readonly paced: (caller: Caller, from: string) => TurnedAway | undefined;
  /** How to call somebody to their face; `undefined` for who is no person. */
  readonly nameOf: (caller: Caller) => Promise<string | undefined>;
}
