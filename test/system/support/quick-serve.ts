import { join } from 'node:path';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { pinoJournal } from '../../../src/adapters/journal/pino-journal.ts';
import { serve } from '../../../src/main.ts';
import { settingsFrom } from '../../../src/settings.ts';
import { quickParts } from './quick-daemon.ts';

/** The whole daemon as its environment says, in a process of its own; its builds take no time. Ends in order at SIGTERM. */
const settings = settingsFrom(process.env);
const log = await openEmbeddedLog(join(settings.home, 'log'));
const daemon = await serve(settings, log, pinoJournal('fatal'), quickParts(join(settings.home, '..', 'builds')));
process.once('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));
