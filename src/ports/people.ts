import type { AccountMail, MailId } from '../domain/account/account-mail.ts';
import type { AccountId, TokenId } from '../domain/account/events.ts';
import type { EmailAddress, LoginName, Password, Person } from '../domain/account/person.ts';
import type { Sha256 } from '../domain/debian/names.ts';

/** Times in milliseconds since 1970. */
export type Kept = {
  readonly hasPassword: boolean;
  /** `ISSUER SUBJECT` of who signs on elsewhere. */
  readonly identities: readonly string[];
  /** The tokens that have a secret, or whose secret is the key of a certificate: no other opens anything, whatever the log tells. */
  readonly tokens: ReadonlySet<TokenId>;
  /** The tokens whose secret is the key of a certificate, and how such a certificate calls its owner. */
  readonly certificates: ReadonlyMap<TokenId, string>;
  readonly sessions: readonly { readonly opened: number; readonly expires: number }[];
  readonly mails: readonly Pick<AccountMail, 'kind' | 'expires'>[];
};

export type NewMail = Omit<AccountMail, 'id'>;

/** `secret` is that of its link, when it has one. */
export type OwedMail = AccountMail & { readonly secret: string | undefined };

/**
 * Everything personal, and every secret that opens something; kept beside the log so that it can be forgotten. What resolved is
 * durable. Secrets are kept as hashes: who reads the store can open nothing. What an account may do stands in the log;
 * here it only says who one is.
 */
export interface People {
  /** A person without a password. The same account again is written anew. */
  readonly add: (person: Person) => Promise<'added' | 'login-taken'>;
  readonly byLogin: (login: LoginName) => Promise<Person | undefined>;
  readonly byAccount: (account: AccountId) => Promise<Person | undefined>;
  /** Everybody with that address; capital letters make no difference. */
  readonly byEmail: (email: EmailAddress) => Promise<readonly Person[]>;
  /** Whose account it is that somebody has who signs on by an identity provider. */
  readonly byIdentity: (issuer: string, subject: string) => Promise<AccountId | undefined>;
  /** A person whose account it is from now on by that identity, all or nothing. One identity has one account. */
  readonly addByIdentity: (person: Person, issuer: string, subject: string) => Promise<'added' | 'login-taken'>;
  /** It is that account's from now on by that identity, too. Somebody else's is left to them. */
  readonly addIdentity: (account: AccountId, issuer: string, subject: string) => Promise<'added' | 'identity-taken'>;
  /** The account is known by no identity any more that it was not made for. */
  readonly dropLinked: (account: AccountId) => Promise<void>;
  /** The account is known by no identity any more. */
  readonly dropIdentities: (account: AccountId) => Promise<void>;
  /** Ends every session of the account, and every link that would do the same, all or nothing. */
  readonly setPassword: (account: AccountId, password: Password) => Promise<void>;
  /** Whose password it is. Takes as long whether there is such a login or not. */
  readonly checkPassword: (login: string, password: string) => Promise<AccountId | undefined>;
  /** Says which password that is, and nothing about it: another mark after every `setPassword`, also of the same password. */
  readonly passwordMark: (login: string) => Promise<string | undefined>;
  /** Gives the secret of a new session. It lives as long as it is used, but not for ever. */
  readonly openSession: (account: AccountId) => Promise<string>;
  readonly bySession: (secret: string) => Promise<AccountId | undefined>;
  readonly closeSession: (secret: string) => Promise<void>;
  readonly closeSessions: (account: AccountId) => Promise<void>;
  /** Gives the secret of a new token. How long it counts, and for what, stands in the log. */
  readonly addToken: (account: AccountId, token: TokenId) => Promise<string>;
  readonly byToken: (secret: string) => Promise<{ readonly account: AccountId; readonly token: TokenId } | undefined>;
  /** A token whose secret is the private key of a certificate: `key` is the SHA-256 of the public one. One key is one token, and goes to a later one of the same account. */
  readonly addCertificate: (
    account: AccountId,
    token: TokenId,
    certificate: { readonly key: Sha256; readonly subject: string },
  ) => Promise<'added' | 'certificate-taken'>;
  readonly byCertificate: (
    key: Sha256,
  ) => Promise<{ readonly account: AccountId; readonly token: TokenId } | undefined>;
  readonly dropToken: (token: TokenId) => Promise<void>;
  readonly dropTokens: (account: AccountId) => Promise<void>;
  /** Every one that has a secret here, or a certificate. */
  readonly tokens: () => Promise<readonly TokenId[]>;
  /** Puts a mail down that is to be sent. The secret of its link is kept until it is. */
  readonly oweMail: (mail: NewMail) => Promise<OwedMail>;
  /** Those that are not sent and not too late, oldest first. */
  readonly owedMails: () => Promise<readonly OwedMail[]>;
  /** It is sent, or given up: from now on nothing here tells its secret. */
  readonly mailSent: (id: MailId) => Promise<void>;
  /** The mail whose link has this secret, until it is too late or the account has a password since. */
  readonly byLink: (secret: string) => Promise<AccountMail | undefined>;
  /** What is kept of an account beside the person, without any secret. */
  readonly kept: (account: AccountId) => Promise<Kept>;
  /** Nothing of the person is left, no secret of theirs opens anything. Nobody there is no fault. */
  readonly erase: (account: AccountId) => Promise<void>;
}
