import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { EventLog, LogState } from '../../ports/event-log.ts';
import { StandbyAway } from '../../ports/standby.ts';
import { sendProblem } from './problem.ts';

/** What no route answered: a body we cannot read is the client's fault, everything else is ours and goes into the journal. */
export const faults =
  (journal: Logger, log: Pick<EventLog, 'state'>): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const { status, because } = fault(error, log.state());
    if (status === 503) res.set('Retry-After', '10');
    if (status >= 500) journal.error({ err: error, method: req.method, path: req.path }, 'a request failed');
    if (status === 413) res.set('Connection', 'close');
    sendProblem(req, res, status, [because]);
  };

const fault = (error: unknown, log: LogState): { readonly status: number; readonly because: Refusal } => {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status === 413)
    return {
      status,
      because: refusal('too-large', 'the body is larger than any command needs', 'upload files with dput'),
    };
  if (status >= 400 && status < 500) {
    return {
      status,
      because: refusal('unreadable-request', 'the request cannot be read', 'send a JSON object or a form, in UTF-8'),
    };
  }
  if (error instanceof StandbyAway)
    return { status: 503, because: refusal('standby-away', error.message, 'try again when it is back') };
  if (log.status === 'unreachable') {
    const remedy = 'try again later; what was asked for may have been done nevertheless';
    return { status: 503, because: refusal('log-unreachable', log.reason, remedy) };
  }
  return {
    status: 500,
    because: refusal('internal-fault', 'the daemon failed to answer', 'try again; its journal says more'),
  };
};
