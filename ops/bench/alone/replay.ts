/** Replays the log in the folder of the argument into a world, as the daemon does when it starts. Prints one line of JSON. */
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { startProjector } from '../../../src/app/projector.ts';

const folder = process.argv[2] ?? '';
const began = performance.now();
const log = await openEmbeddedLog(folder, { verify: 'as-read' });
const { world } = await startProjector(log, () => {});
const seconds = (performance.now() - began) / 1000;
const { rss, heapUsed } = process.memoryUsage();
process.stdout.write(`${JSON.stringify({ events: world.events, seconds, rss, heapUsed })}\n`);
await log.close();
