import { memoryMailer } from '../support/memory-mailer.ts';
import { mailerContract } from './mailer.ts';

mailerContract('in memory', async () => {
  const mailer = memoryMailer();
  let read = 0;
  return {
    mailer,
    count: () => mailer.taken.length,
    arrived: async () => {
      const mail = mailer.taken[read];
      if (mail === undefined) throw new Error('nothing arrived');
      read += 1;
      return {
        subject: mail.subject,
        text: mail.text,
        messageId: mail.messageId,
        from: `${mail.from.name} <${mail.from.address}>`,
        to: `${mail.to.name} <${mail.to.address}>`,
        field: (name) => mail.headers[name],
      };
    },
  };
});
