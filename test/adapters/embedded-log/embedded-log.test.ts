import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { removeFolder } from '../../support/remove-folder.ts';

eventLogContract('the embedded log', async () => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-log-'));
  const folder = join(home, 'log');
  let log = await openEmbeddedLog(folder);
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await openEmbeddedLog(folder);
      return log;
    },
    dispose: async () => {
      await log.close();
      await removeFolder(home);
    },
  };
});
