import * as t from 'io-ts';
import { text } from '../codec.ts';

/** One mailbox without display name (RFC 5321 §4.1.2), without quotes and comments. */
export const MailAddress = text(
  'MailAddress',
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$/,
  'an address such as oscar@example.org',
);
export type MailAddress = t.TypeOf<typeof MailAddress>;

/** What a field of a mail may hold: nothing that could begin another line, and room to be folded (RFC 5322 §2.1.1). */
const Line = text('Line', /^[^\0-\x1f\x7f-\x9f\u2028\u2029]{0,900}$/, 'at most 900 characters on one line');

/** What it takes to be one field: what names sender, recipient and form of a mail is not among them. */
const FieldName = text(
  'FieldName',
  /^(?:In-Reply-To|References|Auto-Submitted|Precedence|List-[A-Za-z]{1,40}|X-[A-Za-z][A-Za-z-]{0,60})$/,
  'In-Reply-To, References, Auto-Submitted, Precedence, List-… or X-…',
);

/** `id-left@id-right` of RFC 5322 §3.6.4, without brackets. */
const MessageId = text('MessageId', /^[A-Za-z0-9.%~_+-]{1,500}@[A-Za-z0-9.-]{1,200}$/, 'name@host');

/** Who sends or receives. `name` may be empty. */
export type Mailbox = { readonly name: string; readonly address: string };

/** One mail of plain text to one person, as it is written down. The same `messageId` is the same mail. */
export type Mail = {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
};

const Box = t.strict({ name: Line, address: MailAddress });
const Parts = t.strict({ from: Box, to: Box, subject: Line, text: t.string, messageId: MessageId });
const Fields = t.array(t.tuple([FieldName, Line]));

/** Whether each field is one line and says what it may: only such a mail is sent. */
export const isSendable = (mail: Mail): boolean => Parts.is(mail) && Fields.is(Object.entries(mail.headers));
