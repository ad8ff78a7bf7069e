import type { Logger } from 'pino';
import { waitingRoom } from './adapters/http/waiting-room.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Certificate } from './ports/certificate.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Settings } from './settings.ts';

type Progress = EngineParts['progress'];

type Heard = {
  readonly journal: Pick<Logger, 'info'>;
  /** Hears now and then how far it is, on one line. */
  readonly starts?: ((how: string) => void) | undefined;
};

/** Milliseconds: each word to who started us is a process. */
const startsEvery = 2000;

/**
 * Reads a log from its beginning, which may take a minute: our port says meanwhile how far that is, and so does what started us. `read` is given who
 * hears of it, and of all long work later: the journal.
 */
export const whileRead = async <A>(
  log: EventLog,
  { log: where, http }: Pick<Settings, 'log' | 'http'>,
  certificate: Certificate | undefined,
  { journal, starts }: Heard,
  read: (progress: Progress) => Promise<A>,
): Promise<A> => {
  let told = Number.NEGATIVE_INFINITY;
  let line = '';
  const howFar = (): string => `its log is read${line === '' ? '' : `: ${line}${ofAll(log, where)}`}`;
  const room = await waitingRoom(http, certificate, () => {
    const state = log.state();
    return state.status === 'unreachable' ? state.reason : howFar();
  });
  const listened: Progress = (about, said) => {
    journal.info({ about }, said);
    if (about !== 'log') return;
    line = said;
    if (Date.now() - told < startsEvery) return;
    told = Date.now();
    starts?.(howFar());
  };
  starts?.(howFar());
  try {
    return await read(listened);
  } finally {
    await room.close();
  }
};

/** Positions of an embedded log count its events; those of an event store do not. */
const ofAll = (log: EventLog, where: string): string => {
  const { head } = log.state();
  return where === 'embedded:' && head !== undefined ? `, of ${Number(head)}` : '';
};
