import type { Observable } from 'rxjs';
import type { MailId } from '../domain/account/account-mail.ts';
import type { Mail } from '../domain/mail/mail.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { type Mailer, MailFailed } from '../ports/mailer.ts';
import { type Fault, onceEach } from './once-each.ts';

export type MailDuty = {
  readonly mailer: Mailer;
  /** The mail as it is sent; `undefined` for one that nobody gets, or nobody gets any more. */
  readonly mailOf: (id: MailId) => Promise<Mail | undefined>;
  /** It is owed no more. */
  readonly done: (id: MailId) => Promise<void>;
  readonly inTurn: InTurn;
};

/**
 * Sends every mail about an account, one after the other. After a crash between sending and `done` it goes out once more, as the same
 * mail. What the server will never take is given up.
 */
export const sendAccountMails = (
  owed$: Observable<ReadonlySet<MailId>>,
  clock: Clock,
  { mailer, mailOf, done, inTurn }: MailDuty,
): Observable<Fault> =>
  onceEach(owed$, clock, {
    name: 'send-account-mails',
    owed: (owed) => [...owed],
    key: (id) => id,
    work: (id) =>
      inTurn(async () => {
        const mail = await mailOf(id);
        try {
          if (mail !== undefined) await mailer.send(mail);
        } catch (error) {
          if (error instanceof MailFailed && error.kind === 'permanent') await done(id);
          throw error;
        }
        await done(id);
      }),
  });
