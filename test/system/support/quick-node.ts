import { join } from 'node:path';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { pinoJournal } from '../../../src/adapters/journal/pino-journal.ts';
import { serve } from '../../../src/main.ts';
import { settingsFrom } from '../../../src/settings.ts';
import { quickParts } from './quick-daemon.ts';

/** One of several daemons on one event store, as its environment says; its builds take no time. Ends in order at SIGTERM. */
const settings = settingsFrom(process.env);
const log = await openEventStoreLog(settings.log);
const daemon = await serve(settings, log, pinoJournal('fatal'), quickParts(join(settings.home, '..', 'builds')));
process.once('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));
