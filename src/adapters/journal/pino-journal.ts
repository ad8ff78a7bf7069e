import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Journal, JournalEntry } from '../../ports/journal.ts';

/** Entries that are remembered, and their bytes. */
const mostEntries = 2000;
const mostBytes = 2 ** 20;

/** A logger that writes a line of JSON each to `output`, and remembers the last of them. Whoever runs the daemon keeps the rest. */
export const pinoJournal = (
  level: string,
  output: DestinationStream = destination({ dest: 1, sync: true }),
): Journal & { readonly logger: Logger } => {
  const lines: string[] = [];
  let bytes = 0;
  const write = (line: string): void => {
    output.write(line);
    lines.push(line);
    bytes += line.length;
    while (lines.length > mostEntries || bytes > mostBytes) bytes -= lines.shift()?.length ?? 0;
  };
  return {
    logger: pino({ level }, { write }),
    last: (count) => (count <= 0 ? [] : lines.slice(-count).map(entryOf)),
  };
};

const entryOf = (line: string): JournalEntry => {
  const { time, level, msg, pid, hostname, ...details } = JSON.parse(line) as Record<string, unknown>;
  return { at: Number(time), level: pino.levels.labels[Number(level)] ?? String(level), message: String(msg), details };
};
