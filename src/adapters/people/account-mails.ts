import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMail, MailId } from '../../domain/account/account-mail.ts';
import type { OwedMail, People } from '../../ports/people.ts';

/**
 * Mails that are owed, with the secrets of their links until they are sent: then only a hash is left. What is too late is
 * deleted as others come.
 */
export const accountMails = (
  db: DatabaseSync,
  now: () => number,
): Pick<People, 'oweMail' | 'owedMails' | 'mailSent' | 'byLink'> => {
  const say = statements(db);
  return {
    oweMail: async (mail) => {
      const id = randomBytes(8).toString('hex') as MailId;
      const secret = hasLink(mail) ? randomBytes(32).toString('base64url') : undefined;
      const { kind, account, login, fullName, email, expires } = mail;
      say.dropLate.run(now());
      say.owe.run(
        id,
        kind,
        account,
        login,
        fullName,
        email,
        expires,
        secret ?? null,
        secret === undefined ? null : hashed(secret),
      );
      return { ...mail, id, secret };
    },
    owedMails: async () =>
      (say.owed.all(now()) as Row[]).map(({ secret, ...mail }) => ({ ...mail, secret: secret ?? undefined })),
    mailSent: async (id) => {
      say.forgetSecret.run(id);
      say.dropWithoutLink.run(id);
    },
    byLink: async (secret) => {
      const mail = say.byLink.get(hashed(secret), now());
      return mail === undefined ? undefined : { ...(mail as AccountMail) };
    },
  };
};

type Row = AccountMail & { readonly secret: string | null } & Pick<OwedMail, 'id'>;

const hasLink = ({ kind }: Pick<AccountMail, 'kind'>): boolean => kind === 'registration' || kind === 'reset';

const hashed = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const columns = 'id, kind, account, login, full_name AS fullName, email, expires';

const statements = (db: DatabaseSync) => ({
  owe: db.prepare(
    `INSERT INTO mails (id, kind, account, login, full_name, email, expires, secret, link, sent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  ),
  dropLate: db.prepare('DELETE FROM mails WHERE expires <= ?'),
  owed: db.prepare(`SELECT ${columns}, secret FROM mails WHERE sent = 0 AND expires > ? ORDER BY rowid`),
  forgetSecret: db.prepare('UPDATE mails SET secret = NULL, sent = 1 WHERE id = ?'),
  dropWithoutLink: db.prepare('DELETE FROM mails WHERE id = ? AND link IS NULL'),
  byLink: db.prepare(`SELECT ${columns} FROM mails WHERE link = ? AND expires > ?`),
});
