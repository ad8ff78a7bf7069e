import type { Mail, Mailbox } from '../../domain/mail/mail.ts';
import { isReader, type Reader, recipientKey } from '../../domain/notification/events.ts';
import { letter } from '../../domain/notification/letter.ts';
import type { People } from '../../ports/people.ts';
import type { Notice } from '../../projections/notice.ts';
import type { OwedNotice } from '../../projections/notices.ts';
import type { World } from '../../projections/world.ts';
import { senderOf } from '../accounts/sender-of.ts';
import { isAllowed } from './is-allowed.ts';
import { newsOf } from './news-of.ts';
import { type RecordParts, type UploadRecord, uploadRecord } from './upload-record.ts';

/** What one recipient is sent, or why nothing. */
export type Letter = { readonly to: Reader } & ({ readonly mail: Mail } | { readonly skipped: string });

export type LetterParts = RecordParts & { readonly people: People };

/**
 * Writes the letters of a notice, to everybody who was ever to get one, so that of two with one address always the same is
 * left out. Written again they are the same.
 */
export const letters =
  (world: World, parts: LetterParts) =>
  async ({ notice, recipients }: OwedNotice): Promise<readonly Letter[]> => {
    const record = await uploadRecord(notice, parts, world.configuration);
    const sender = senderOf(world.configuration);
    const news = newsOf(notice, record, sender.url);
    const told = new Set<string>();
    const written: Letter[] = [];
    for (const to of recipients.filter(isReader)) {
      const found = await mailboxOf(to, notice, record, world, parts.people);
      if (typeof found === 'string') written.push({ to, skipped: found });
      else if (told.has(found.address.toLowerCase())) written.push({ to, skipped: 'told for another reason already' });
      else written.push({ to, mail: letter(news, to, found, sender, idsOf(notice, to)) });
      if (typeof found !== 'string') told.add(found.address.toLowerCase());
    }
    return written;
  };

/** The same letter has the same Message-ID whenever it is written; all about one version belong to one thread. */
const idsOf = ({ id, repository, source, version }: Notice, to: Reader) => ({
  id: `${id}.${recipientKey(to)}`,
  thread: source && `${repository ?? 'nowhere'}.${source}.${version?.replaceAll(':', '%')}`,
  list: repository ?? 'incoming',
});

const mailboxOf = async (
  to: Reader,
  notice: Notice,
  record: UploadRecord | undefined,
  world: World,
  people: People,
): Promise<Mailbox | string> => {
  if (!('account' in to)) return namedInChanges(to.reason, notice, record, world);
  const status = world.accounts.get(to.account)?.status;
  if (status === 'disabled' || status === 'erased') return `the account is ${status}`;
  const person = await people.byAccount(to.account);
  if (person === undefined || person.email === '') return 'the account has no address';
  return { name: person.fullName, address: person.email };
};

/** Strangers could have us write to anybody: only signed uploads may, and those of repositories that take unsigned ones. */
const namedInChanges = (
  reason: 'changed-by' | 'maintainer',
  { repository }: Notice,
  record: UploadRecord | undefined,
  { configuration }: World,
): Mailbox | string => {
  if (record === undefined) return 'nothing was uploaded for it';
  const isTrusted =
    record.received.signature.status === 'good' ||
    (repository !== undefined && configuration.repositories.get(repository)?.allowUnauthenticated === true);
  if (!isTrusted) return 'the upload is not signed by anybody known here';
  const mailbox = reason === 'changed-by' ? record.people.changedBy : record.people.maintainer;
  if (mailbox === undefined) return 'the .changes holds no such address';
  return isAllowed(mailbox.address, configuration.instance?.allowEmailsTo ?? '(?!)')
    ? mailbox
    : 'allowEmailsTo does not allow this address';
};
