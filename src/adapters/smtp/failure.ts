import type { NodemailerError } from 'nodemailer';
import { MailFailed } from '../../ports/mailer.ts';

/**
 * What the port calls it. Only a server that looked at this mail can say that it will never take it: a refused login or a
 * closed door says nothing about the mail. Of the answer we keep the codes alone, since servers like to repeat addresses.
 */
export const failureOf = (error: unknown): MailFailed => {
  const { code, permanent, response, command, originalCode } = error as NodemailerError;
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const kind = isAboutMail && permanent !== false ? 'permanent' : 'temporary';
  const [answer] = /^[2-5]\d\d(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response ?? '') ?? [];
  if (answer !== undefined) return new MailFailed(kind, `the mail server answered ${answer} to ${command}`);
  return new MailFailed(kind, `the mail server did not take it (${originalCode ?? code ?? 'no reason given'})`);
};
