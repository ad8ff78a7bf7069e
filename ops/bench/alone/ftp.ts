/** Our FTP door on the folder of the argument, in a process of its own. Prints its port. */
import { pino } from 'pino';
import { ftpIncoming } from '../../../src/adapters/ftp/ftp-incoming.ts';
import { usualLimits } from '../../../src/adapters/ftp/limits.ts';

const { port } = await ftpIncoming({
  host: '127.0.0.1',
  port: 0,
  passivePorts: { from: 0, to: 0 },
  folder: process.argv[2] ?? '',
  limits: usualLimits,
  receive: async () => undefined,
  log: pino({ level: 'silent' }),
});
process.stdout.write(`${port}\n`);
