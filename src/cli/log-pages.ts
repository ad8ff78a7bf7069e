import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { auditedPages } from '../adapters/embedded-log/audit.ts';
import type { Pages } from '../app/verification/audit-events.ts';
import type { Finding } from '../domain/finding.ts';
import type { EventLog, Position, RecordedEvent } from '../ports/event-log.ts';
import type { Settings } from '../settings.ts';

/** The log of an instance to be read from its beginning, again as often as somebody asks. Rejects when there is none. */
export type LogPages = {
  readonly pages: (report: (finding: Finding) => void) => Pages;
  readonly close: () => Promise<void>;
};

export const openLogPages = async ({ home, log, logLogin }: Settings): Promise<LogPages> => {
  const folder = join(home, 'log');
  if (log === 'embedded:') {
    if (!existsSync(folder))
      throw new Error(`there is no log in ${folder}: MINI_BUILDD_HOME names the home of an instance`);
    return { pages: (report) => auditedPages(folder, report), close: async () => undefined };
  }
  const { openEventStoreLog } = await import('../adapters/eventstore-log/open-eventstore-log.ts');
  const opened = await openEventStoreLog(log, { loginFile: logLogin });
  return { pages: () => readPages(opened), close: opened.close };
};

const pageSize = 500;

/** Up to what stands in it when reading begins: others may go on writing. */
async function* readPages(log: Pick<EventLog, 'readAll' | 'query'>): AsyncGenerator<readonly RecordedEvent[]> {
  const [last] = await log.query({ limit: 1 });
  for (let after: Position | undefined; last !== undefined && (after === undefined || after < last.position); ) {
    const page = await log.readAll(after, pageSize);
    after = page.at(-1)?.position ?? last.position;
    yield page.filter(({ position }) => position <= last.position);
  }
}
