import { isSendable, type Mail } from '../../src/domain/mail/mail.ts';
import { type Mailer, MailFailed } from '../../src/ports/mailer.ts';

export type MemoryMailer = Mailer & {
  readonly taken: readonly Mail[];
  /** From now on nothing is taken; without a kind, everything again. */
  readonly fail: (kind?: MailFailed['kind']) => void;
};

/** A server that keeps what it takes. Refuses as the server of the contract does, by the recipient's local part, or as told. */
export const memoryMailer = (): MemoryMailer => {
  const taken: Mail[] = [];
  let failing: MailFailed['kind'] | undefined;
  return {
    taken,
    fail: (kind) => {
      failing = kind;
    },
    send: async (mail) => {
      if (!isSendable(mail)) throw new MailFailed('permanent', 'a field of the mail is no field of a mail');
      if (failing !== undefined) throw new MailFailed(failing, `the mail server answered nothing good (${failing})`);
      const [, answer] = /^(?:data-)?(451|550|554)@/.exec(mail.to.address) ?? [];
      if (answer !== undefined) {
        throw new MailFailed(answer.startsWith('4') ? 'temporary' : 'permanent', `the mail server answered ${answer}`);
      }
      taken.push(mail);
    },
  };
};
