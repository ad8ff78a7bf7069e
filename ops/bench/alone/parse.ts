/** Reads the records of the log in the folder of the argument with SQLite and parses them, and does nothing else. Prints one line of JSON. */
import { openDatabase } from '../../../src/adapters/embedded-log/database.ts';

const page = 1000;
const database = openDatabase(process.argv[2] ?? '', { readOnly: true });
const began = performance.now();
const next = database.prepare('SELECT position, record FROM event WHERE position > ? ORDER BY position LIMIT ?');
let [events, after] = [0, 0];
for (;;) {
  const rows = next.all(after, page) as unknown as readonly { readonly position: number; readonly record: string }[];
  for (const { record } of rows) JSON.parse(record);
  events += rows.length;
  after = rows.at(-1)?.position ?? after;
  if (rows.length < page) break;
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(`${JSON.stringify({ events, seconds, rss: process.memoryUsage().rss })}\n`);
