/** Our FTP door on the folder of the argument, in a process of its own. Prints its port. */
import { pino } from 'pino';
import { ftpIncoming } from '../../../src/adapters/ftp/ftp-incoming.ts';
import { usualLimits } from '../../../src/adapters/ftp/limits.ts';
import { incomingDoor } from '../../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../../src/adapters/incoming/limits.ts';

const log = pino({ level: 'silent' });
const { port } = await ftpIncoming({
  host: '127.0.0.1',
  port: 0,
  passivePorts: { from: 0, to: 0 },
  limits: usualLimits,
  incoming: await incomingDoor({
    folder: process.argv[2] ?? '',
    limits: usualIncomingLimits,
    receive: async () => undefined,
    log,
  }),
  log,
});
process.stdout.write(`${port}\n`);
