import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { pinoJournal } from '../../../src/adapters/journal/pino-journal.ts';
import { serve } from '../../../src/main.ts';
import { settingsFrom } from '../../../src/settings.ts';
import { quickParts } from './quick-daemon.ts';

/** One of several daemons on one event store, as its environment says; its builds take no time. Ends in order at SIGTERM. */
const settings = settingsFrom(process.env);
const log = await openEventStoreLog(settings.log);
const parts = quickParts(join(settings.home, '..', 'builds'));
const stopped: typeof parts = (given, permit, copies) =>
  parts(
    given,
    async () => {
      stopBeforeSwitch();
      await permit?.();
    },
    copies,
  );
const daemon = await serve(settings, log, pinoJournal('fatal'), stopped);
process.once('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));

/** Where the test asks for it, once: stopped just before the look, with the next generation ready to be switched to. */
function stopBeforeSwitch(): void {
  const asked = join(settings.home, '..', 'stop-before-switch');
  if (!existsSync(asked) || !isReady(join(settings.home, 'repositories/test/generations'))) return;
  rmSync(asked);
  process.kill(process.pid, 'SIGSTOP');
}

function isReady(generations: string): boolean {
  const newest = Math.max(...readdirSync(generations).map(Number));
  return lstatSync(join(generations, String(newest), 'published'), { throwIfNoEntry: false }) !== undefined;
}
