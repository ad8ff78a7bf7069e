import { text } from '../codec.ts';
import type { Mail } from '../mail/mail.ts';
import type { Sender } from '../notification/letter.ts';
import type { AccountId } from './events.ts';
import type { LoginName, Person } from './person.ts';

export const MailId = text('MailId', /^[0-9a-f]{16}$/, '16 hexadecimal digits');
export type MailId = string & { readonly MailId: unique symbol };

/**
 * Why somebody gets a mail about an account. The first two carry a link by which its reader chooses a password; the others say why
 * there is none, to who asked, and to nobody else. `nobody` is never sent: it is what asking for an unknown account costs.
 */
export type MailKind = 'registration' | 'reset' | 'has-account' | 'login-taken' | 'nobody';

/** A mail about an account. That of a registration does not exist yet. */
export type AccountMail = Omit<Person, 'account'> & {
  readonly id: MailId;
  readonly kind: MailKind;
  readonly account: AccountId;
  /** Milliseconds since 1970: from then on its link opens nothing, and it is not sent any more. */
  readonly expires: number;
};

/**
 * The mail as it is sent; `undefined` when there is nobody to send it to. Written again it is the same mail. The name of who asked is no
 * part of it: strangers would write to strangers through us.
 */
export const accountMail = (
  { id, kind, login, email }: AccountMail,
  secret: string | undefined,
  { instance, hostname, url, address }: Sender,
): Mail | undefined => {
  if (kind === 'nobody' || email === '') return undefined;
  return {
    from: { name: `mini-buildd ${instance}`, address },
    to: { name: '', address: email },
    subject: `[mini-buildd (${instance})] ${kind === 'reset' ? 'Password Reset' : 'User Registration'}`,
    text: `${[...words(kind, login, url, secret), ...farewell(url)].join('\n')}\n`,
    messageId: `${id}.${kind}@${hostname}`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
};

const words = (
  kind: Exclude<MailKind, 'nobody'>,
  login: LoginName,
  url: string,
  secret: string | undefined,
): readonly string[] => {
  const link = ['', `  ${url}/mini_buildd/link?secret=${secret ?? ''}`, '', 'The link works once, for three days.'];
  switch (kind) {
    case 'registration':
      return [`Somebody asked for the account "${login}" with this address. To have it, choose a password:`, ...link];
    case 'reset':
      return [`Somebody asked for another password for your account "${login}". To have one, choose it:`, ...link];
    case 'has-account':
      return [
        `Somebody asked for an account with this address. You have one already: "${login}".`,
        'If you do not know its password any more, ask for another one:',
        '',
        `  ${url}/mini_buildd/reset`,
      ];
    case 'login-taken':
      return [
        `Somebody asked for the account "${login}" with this address. The name is taken: choose another one.`,
        '',
        `  ${url}/mini_buildd/register`,
      ];
  }
};

const farewell = (url: string): readonly string[] => [
  '',
  'If it was not you, do nothing: then nothing happens.',
  '',
  '-- ',
  `${url}/mini_buildd/`,
];
