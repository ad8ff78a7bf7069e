import type { Observable } from 'rxjs';
import type { AccountMail, MailId } from '../domain/account/account-mail.ts';
import type { Mail } from '../domain/mail/mail.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { type Mailer, MailFailed } from '../ports/mailer.ts';
import { type Fault, onceEach } from './once-each.ts';

export type MailDuty<Owed> = {
  readonly mailer: Mailer;
  /** The mail as it is sent; `undefined` for one that nobody gets. */
  readonly write: (owed: Owed) => Mail | undefined;
  /** It is owed no more. */
  readonly done: (id: MailId) => Promise<void>;
  readonly inTurn: InTurn;
};

/**
 * Sends every mail about an account, one after the other. After a crash between sending and `done` it goes out once more, as the same
 * mail. What the server will never take is given up; what is too late is not sent.
 */
export const sendAccountMails = <Owed extends Pick<AccountMail, 'id' | 'expires'>>(
  owed$: Observable<ReadonlyMap<MailId, Owed>>,
  clock: Clock,
  { mailer, write, done, inTurn }: MailDuty<Owed>,
): Observable<Fault> =>
  onceEach(owed$, clock, {
    name: 'send-account-mails',
    owed: (owed) => [...owed.values()],
    key: ({ id }) => id,
    work: (owed) =>
      inTurn(async () => {
        const mail = owed.expires <= clock.now() ? undefined : write(owed);
        try {
          if (mail !== undefined) await mailer.send(mail);
        } catch (error) {
          if (error instanceof MailFailed && error.kind === 'permanent') await done(owed.id);
          throw error;
        }
        await done(owed.id);
      }),
  });
