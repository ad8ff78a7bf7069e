import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { refusal } from '../../domain/refusal.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import { type EventQuery, eventPage, eventQuery, PositionText } from './event-query.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { serverSent } from './server-sent.ts';

/** `/mini_buildd/events`: the log as JSON, or live for who accepts `text/event-stream`. */
export const eventRoutes = (log: EventLog, changes: Pulse, open: OpenStreams, heartbeat: number): Router => {
  const router = Router();
  router.get('/mini_buildd/events', async (req, res) => {
    const query = eventQuery(req.query);
    if (isLeft(query)) return sendProblem(req, res, 400, refusals(query.left));
    if (!isLive(req)) return sendPage(res, await eventPage(log, query.right));
    const stream =
      req.method === 'HEAD' ? void res.type('text/event-stream').end() : open(req, res, 'text/event-stream');
    if (stream !== undefined)
      await sendLive(stream, log, { ...query.right, after: start(req, query.right, log) }, changes, heartbeat);
  });
  return router;
};

const refusals = ([first, ...others]: readonly ReturnType<typeof refusal>[]) =>
  [first ?? refusal('bad-argument', 'the question could not be read', 'see /mini_buildd/api'), ...others] as const;

const isLive = (req: Request): boolean => req.headers.accept?.includes('text/event-stream') === true;

const sendPage = (res: Response, events: readonly RecordedEvent[]): void => {
  res.set('Cache-Control', 'no-store');
  res.json({ events: events.map(shown), next: events.at(-1)?.position ?? null });
};

/** `Last-Event-ID` (a client that comes back) wins over `after`; without either the stream begins now. */
const start = (req: Request, { after }: EventQuery, log: EventLog): EventQuery['after'] => {
  const last = req.headers['last-event-id'];
  if (PositionText.is(last)) return last as unknown as Position;
  return after ?? log.state().head ?? 'beginning';
};

/**
 * The client pulls: a page is read when the one before is taken, so a slow client costs a page and no more. At the end it
 * waits for the next change; a page that is missed by any wake-up is found at the next heartbeat.
 */
const sendLive = async (
  stream: OpenStream,
  log: EventLog,
  asked: EventQuery,
  changes: Pulse,
  heartbeat: number,
): Promise<void> => {
  let after = asked.after;
  while (!stream.over.aborted) {
    const seen = changes.count();
    const events = await eventPage(log, { ...asked, after, before: undefined }).catch(() => undefined);
    if (events === undefined) return stream.end();
    for (const event of events) {
      if (!(await stream.send(serverSent(event.position, shown(event))))) return;
      after = event.position;
    }
    if (events.length === 0) await changes.beyond(seen, heartbeat, stream.over);
  }
};

/** An event as the world sees it. Neither persons nor addresses are in it: events never hold them. */
const shown = ({
  id,
  position,
  stream,
  revision,
  recordedAt,
  actor,
  causedBy,
  correlation,
  subject,
  body,
}: RecordedEvent) => ({
  id,
  position,
  stream,
  revision,
  recordedAt,
  type: body.type,
  actor: { kind: actor.kind, name: actor.name },
  causedBy: causedBy ?? null,
  correlation,
  subject,
  body,
});
