import type { Either } from 'fp-ts/lib/Either.js';
import type { Role } from '../domain/account/privilege.ts';
import type { Refusal } from '../domain/refusal.ts';

/** What a browser keeps between leaving for the identity provider and coming back: secrets that nobody else is to have. */
export type Attempt = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** Who somebody is, as the identity provider vouches for it. Only issuer and subject together are theirs for ever. */
export type Identity = {
  readonly issuer: string;
  readonly subject: string;
  /** What they are called there, as it was written. */
  readonly login: string;
  readonly fullName: string;
  readonly email: string;
  /** The widest that their groups give them here; `undefined` where none of them gives any. */
  readonly role: Role | undefined;
  /** Whether anything was said of groups at all: some providers leave that out where there are none, others by mistake. */
  readonly hasGroups: boolean;
};

/** Sign-on by an identity provider. Nothing it says is believed but what it signed for us, for this attempt, and now. */
export interface SignOn {
  /** How people call it. */
  readonly name: string;
  /** As it stands in `Identity`, but for a slash at its end. */
  readonly issuer: string;
  /** Where a browser is sent. */
  readonly begin: () => Promise<Either<Refusal, { readonly address: string; readonly attempt: Attempt }>>;
  /** `query` is what the browser came back with, without its question mark. */
  readonly finish: (query: string, attempt: Attempt) => Promise<Either<Refusal, Identity>>;
  /** Where a browser logs out there as well; `undefined` where one cannot, or nobody answers. */
  readonly leave: () => Promise<string | undefined>;
}
