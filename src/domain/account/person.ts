import type * as t from 'io-ts';
import { text } from '../codec.ts';
import type { AccountId } from './events.ts';

/** What one logs in with. No two names that a person would read as one: lower case only. */
export const LoginName = text(
  'LoginName',
  /^[a-z][a-z0-9_.-]{0,31}$/,
  'at most 32 lower case letters, digits, "_", "." and "-", beginning with a letter',
);
export type LoginName = t.TypeOf<typeof LoginName>;

/** One mailbox without display name (RFC 5321 §4.1.2), without quotes and comments, or nothing. */
export const EmailAddress = text(
  'EmailAddress',
  /^(?:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?)?$/,
  'an address such as oscar@example.org',
);
export type EmailAddress = t.TypeOf<typeof EmailAddress>;

/** How a person is called; nothing that could begin another line of a mail. */
export const FullName = text(
  'FullName',
  /^[^\0-\x1f\x7f-\x9f\u2028\u2029<>"]{0,100}$/,
  'at most 100 characters on one line',
);
export type FullName = t.TypeOf<typeof FullName>;

/** Long enough to be no word, short enough to be hashed. */
export const Password = text('Password', /^[^\0-\x1f\x7f]{10,200}$/u, '10 to 200 characters, on one line');
export type Password = t.TypeOf<typeof Password>;

/** Who stands behind an account. Never part of an event. */
export type Person = {
  readonly account: AccountId;
  readonly login: LoginName;
  readonly fullName: FullName;
  readonly email: EmailAddress;
};

/** Of what somebody else says of a person; a name or an address that could not be one is left out. */
export const personFrom = (
  account: AccountId,
  login: LoginName,
  { fullName, email }: Readonly<Record<'fullName' | 'email', string>>,
): Person => ({
  account,
  login,
  fullName: FullName.is(fullName) ? fullName : ('' as FullName),
  email: EmailAddress.is(email) ? email : ('' as EmailAddress),
});
