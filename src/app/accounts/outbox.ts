import { concat, defer, map, type Observable, of, Subject } from 'rxjs';
import type { MailId } from '../../domain/account/account-mail.ts';
import type { NewMail, OwedMail, People } from '../../ports/people.ts';

/** Mails about accounts that are owed. The store of people holds them; here is known which. */
export type Outbox = {
  /** Durable when it resolves. */
  readonly post: (mail: NewMail) => Promise<void>;
  /** As the store has it now: `undefined` when it is too late, or its reader was erased or has a password meanwhile. */
  readonly read: (id: MailId) => Promise<OwedMail | undefined>;
  /** Sent, or not to be sent any more: of a mail with a link only the hash of its secret is kept. */
  readonly done: (id: MailId) => Promise<void>;
  /** Finds what an earlier life left owed. */
  readonly load: () => Promise<void>;
  readonly owed$: Observable<ReadonlySet<MailId>>;
};

export const outbox = (people: People): Outbox => {
  const owed = new Set<MailId>();
  const changes = new Subject<void>();
  return {
    post: async (mail) => {
      owed.add((await people.oweMail(mail)).id);
      changes.next();
    },
    read: async (id) => (await people.owedMails()).find((mail) => mail.id === id),
    done: async (id) => {
      await people.mailSent(id);
      owed.delete(id);
    },
    load: async () => {
      for (const { id } of await people.owedMails()) owed.add(id);
      changes.next();
    },
    owed$: defer(() => concat(of(undefined), changes).pipe(map(() => owed))),
  };
};
