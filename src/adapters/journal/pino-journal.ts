import { fstatSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Journal, JournalEntry } from '../../ports/journal.ts';

/** Entries that are remembered, and their bytes. */
const mostEntries = 2000;
const mostBytes = 2 ** 20;

/** Standard output. systemd's journal, where it leads there (JOURNAL_STREAM, systemd.exec(5)), takes the priority of a line out of its beginning. */
const standardOutput = (env: NodeJS.ProcessEnv): DestinationStream => {
  const output = destination({ dest: 1, sync: true });
  const { dev, ino } = fstatSync(1);
  return env.JOURNAL_STREAM === `${dev}:${ino}` ? withPriority(output) : output;
};

/** As sd-daemon(3) has it. */
export const withPriority = (output: DestinationStream): DestinationStream => ({
  write: (line) => output.write(`<${priorityOf(line)}>${line}`),
});

const priorityOf = (line: string): number => {
  const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 30);
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
};

/** A logger that writes a line of JSON each to `output`, and remembers the last of them. Whoever runs the daemon keeps the rest. */
export const pinoJournal = (
  level: string,
  output: DestinationStream = standardOutput(process.env),
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
