import { smtpMailer } from '../../../src/adapters/smtp/smtp-mailer.ts';
import type { Mailer } from '../../../src/ports/mailer.ts';
import { startSmtpServer, type TakenMail } from '../../support/smtp-server/smtp-server.ts';

/** A mail server of Debian's, and who looks into what it took. */
export type Mailbox = {
  readonly mailer: Mailer;
  /** Waits for a mail to `address` that came after the ones already looked at, and follows the link in it: what it opens, below our own address. */
  readonly linkTo: (address: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

export const openMailbox = async (): Promise<Mailbox> => {
  const server = await startSmtpServer();
  const lookedAt = new Set<TakenMail>();
  const next = (address: string): TakenMail | undefined =>
    server.taken.find((mail) => mail.recipients.includes(address) && !lookedAt.has(mail));
  return {
    mailer: smtpMailer({ host: '127.0.0.1', port: server.port, isTls: false, login: undefined }, 'buildd.example.org'),
    linkTo: async (address) => {
      for (let waited = 0; waited < patience; waited += moment) {
        const mail = next(address);
        const [link] = /\bhttp:\S+/.exec(mail?.text ?? '') ?? [];
        if (mail !== undefined && link !== undefined) {
          lookedAt.add(mail);
          const { pathname, search } = new URL(link);
          return pathname + search;
        }
        await new Promise((resolve) => setTimeout(resolve, moment));
      }
      throw new Error(`no mail with a link came to ${address}`);
    },
    close: server.close,
  };
};

/** How long a mail may take, and how often one looks. Milliseconds. */
const patience = 60_000;
const moment = 50;
