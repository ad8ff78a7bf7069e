import type { Logger } from 'pino';
import { waitingRoom } from './adapters/http/waiting-room.ts';
import { untilAnswers } from './log-watch.ts';
import type { Certificate } from './ports/certificate.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Settings } from './settings.ts';

type Heard = {
  readonly journal: Pick<Logger, 'info'>;
  /** Hears what is waited for. */
  readonly waits?: ((reason: string) => void) | undefined;
};

/**
 * Waits for a log that does not answer; our port, the journal and what started us say so meanwhile. `enter` does it for whoever keeps the archive, and
 * takes its lease. Rejects when the log never will be read.
 */
export const untilReadable = async (
  { http }: Pick<Settings, 'http'>,
  log: EventLog,
  certificate: Certificate | undefined,
  { journal, waits }: Heard,
): Promise<void> => {
  const room = await waitingRoom(http, certificate, () => {
    const state = log.state();
    return state.status === 'writable' ? 'the log is read' : state.reason;
  });
  try {
    const state = log.state();
    if (state.status !== 'writable') {
      journal.info({ reason: state.reason }, 'waiting for the log');
      waits?.(state.reason);
    }
    await untilAnswers(log);
  } finally {
    await room.close();
  }
};
