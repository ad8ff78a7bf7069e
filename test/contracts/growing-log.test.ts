import { growingLog } from '../support/growing-log.ts';
import { liveLogContract } from './live-log.ts';

liveLogContract('in memory', async () => {
  const log = growingLog();
  return { live: log.live, write: async (text) => log.add(text), close: async () => log.close() };
});
