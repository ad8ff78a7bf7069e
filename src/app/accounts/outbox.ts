import { concat, defer, map, type Observable, of, Subject } from 'rxjs';
import type { MailId } from '../../domain/account/account-mail.ts';
import type { NewMail, OwedMail, People } from '../../ports/people.ts';

/** Mails about accounts that are owed and not sent. The store of people holds them; this is what is known of it here. */
export type Owed = ReadonlyMap<MailId, OwedMail>;

export type Outbox = {
  /** Durable when it resolves. */
  readonly post: (mail: NewMail) => Promise<void>;
  /** Sent, or not to be sent any more: of a mail with a link only the hash of its secret is kept. */
  readonly done: (id: MailId) => Promise<void>;
  /** Reads what an earlier life left owed. */
  readonly load: () => Promise<void>;
  readonly owed$: Observable<Owed>;
};

export const outbox = (people: People): Outbox => {
  const owed = new Map<MailId, OwedMail>();
  const changes = new Subject<void>();
  return {
    post: async (mail) => {
      const posted = await people.oweMail(mail);
      owed.set(posted.id, posted);
      changes.next();
    },
    done: async (id) => {
      await people.mailSent(id);
      owed.delete(id);
    },
    load: async () => {
      for (const mail of await people.owedMails()) owed.set(mail.id, mail);
      changes.next();
    },
    owed$: defer(() => concat(of(undefined), changes).pipe(map(() => owed))),
  };
};
