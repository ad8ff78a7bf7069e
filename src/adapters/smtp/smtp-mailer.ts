import { createTransport } from 'nodemailer';
import { isSendable, type Mail } from '../../domain/mail/mail.ts';
import { type Mailer, MailFailed } from '../../ports/mailer.ts';
import { failureOf } from './failure.ts';

/** Where mail is handed in. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314); otherwise STARTTLS where the server has it. */
  readonly isTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
};

/** Milliseconds for one mail, however slowly the server talks. */
const longest = 60_000;

/** Sends each mail over a connection of its own; `name` is how we greet. */
export const smtpMailer = (server: SmtpServer, name: string, bound = longest): Mailer => {
  const transport = createTransport({ ...said(server), name, socketTimeout: bound / 2, greetingTimeout: bound / 2 });
  return {
    send: async (mail) => {
      if (!isSendable(mail)) throw new MailFailed('permanent', 'a field of the mail is no field of a mail');
      await transport.sendMail({ ...message(mail), signal: AbortSignal.timeout(bound) }).catch((error: unknown) => {
        throw failureOf(error);
      });
    },
  };
};

const isLoopback = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);

/**
 * A password goes only to a server that proves its name, or to this very machine, whose certificate is nobody's. Without
 * one we encrypt as servers do among themselves: if we can, whoever it is (RFC 7435).
 */
const said = ({ host, port, isTls, login }: SmtpServer) => ({
  host,
  port,
  secure: isTls,
  ignoreTLS: isLoopback(host),
  requireTLS: login !== undefined && !isLoopback(host),
  opportunisticTLS: login === undefined,
  tls: { rejectUnauthorized: isTls || login !== undefined },
  ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
  dnsTimeout: 10_000,
  connectionTimeout: 10_000,
  maxResponseSize: 64 * 1024,
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** The envelope is said apart, so that no field decides who receives; the coding of the text keeps every line short. */
const message = ({ from, to, subject, text, messageId, headers }: Mail) => ({
  envelope: { from: from.address, to: [to.address] },
  from: { name: from.name, address: from.address },
  to: { name: to.name, address: to.address },
  subject,
  text,
  textEncoding: 'quoted-printable' as const,
  messageId: `<${messageId}>`,
  headers: { ...headers },
  xMailer: false as const,
});
