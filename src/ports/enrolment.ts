import type { Either } from 'fp-ts/lib/Either.js';
import type { MailKind } from '../domain/account/account-mail.ts';
import type { EmailAddress, FullName, LoginName, Password } from '../domain/account/person.ts';
import type { TurnedAway } from './access.ts';

/** What who asks for an account says of themself. */
export type Applicant = { readonly login: LoginName; readonly email: EmailAddress; readonly fullName: FullName };

/**
 * How somebody gets an account, and gets back into one: by a link that comes by mail, behind which they choose a password. Answers never
 * tell whether there is such a login or address, and take as long either way; the mail tells its reader. `from` is the address they
 * ask from: who asks too often is made to wait.
 */
export interface Enrolment {
  readonly register: (applicant: Applicant, from: string) => Promise<Either<TurnedAway, undefined>>;
  /** `who` is a login or an address. */
  readonly resetPassword: (who: string, from: string) => Promise<Either<TurnedAway, undefined>>;
  /** What a link is for, while it works. */
  readonly readLink: (
    secret: string,
    from: string,
  ) => Promise<Either<TurnedAway, { readonly login: LoginName; readonly kind: MailKind }>>;
  /** Uses a link up. The account is active with that password then; whoever was logged in is not, and no token of before counts. */
  readonly useLink: (
    secret: string,
    password: Password,
    from: string,
  ) => Promise<Either<TurnedAway, { readonly login: LoginName }>>;
  /** Which of them is to be had here. */
  readonly offers: () => { readonly registration: boolean; readonly reset: boolean };
}
