import { isLeft } from 'fp-ts/lib/Either.js';
import { onlyParagraph } from '../debian/control-fields.ts';
import { fieldOf } from '../debian/deb822.ts';
import { MailAddress, type Mailbox } from './mail.ts';

/** Whom a `.changes` names, as far as they can be written to. */
export type PeopleOfChanges = {
  /** Who made it: of a package that we made from somebody's, that somebody. */
  readonly changedBy: Mailbox | undefined;
  readonly maintainer: Mailbox | undefined;
};

/** Reads the text of a `.changes` that a verifier returned (Policy §5.6.2, §5.6.4). */
export const peopleOfChanges = (signedText: string): PeopleOfChanges => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return { changedBy: undefined, maintainer: undefined };
  const named = (field: string): Mailbox | undefined => mailbox(fieldOf(paragraph.right, field));
  return {
    changedBy: named('X-Mini-Buildd-Originally-Changed-By') ?? named('Changed-By'),
    maintainer: named('Maintainer'),
  };
};

/** `Oscar Madison <oscar@example.org>`: one name, which may hold quotes, and one address. */
const mailbox = (value: string | undefined): Mailbox | undefined => {
  const [, name = '', address] = /^([^<>]{0,200})<([^<>\s]{1,260})>$/.exec(value?.trim() ?? '') ?? [];
  return MailAddress.is(address) ? { name: name.trim().replace(/^"(.*)"$/, '$1'), address } : undefined;
};
