import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { shownTo, type Viewer } from '../../domain/account/viewer.ts';
import { refusal } from '../../domain/refusal.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import { askedTogether } from './asked-together.ts';
import { eventJson } from './event-json.ts';
import { type EventQuery, eventPage, eventQuery, type LogQuery, PositionText } from './event-query.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { serverSent } from './server-sent.ts';
import { stillLetIn } from './still-let-in.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

export type EventParts = {
  readonly log: EventLog;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  /** What they may see of the log now: asked again for every page of a live stream. */
  readonly viewer: (caller: Caller) => Viewer;
  /** What the log calls whom `word` means, by login or as it stands there; `undefined` where that is not for the viewer to ask. */
  readonly names: (word: string, viewer: Viewer) => Promise<readonly string[] | undefined>;
  readonly changes: Pulse;
  readonly open: OpenStreams;
  readonly heartbeat: number;
};

/** `/mini_buildd/events`: the log as JSON, or live for who accepts `text/event-stream`. */
export const eventRoutes = (parts: EventParts): Router => {
  const { log, open } = parts;
  const router = Router();
  const pages = askedTogether<readonly RecordedEvent[]>();
  router.get('/mini_buildd/events', async (req, res) => {
    const visitor = await parts.visitor(req);
    if (isLeft(visitor)) return turnAway(req, res, parts.instance, visitor.left, req.originalUrl);
    const viewer = (): Viewer => parts.viewer(visitor.right.caller);
    const query = eventQuery(req.query);
    if (isLeft(query)) return sendProblem(req, res, 400, refusals(query.left));
    const { actor, ...others } = query.right;
    const actors = actor === undefined ? undefined : await parts.names(actor, viewer());
    if (actor !== undefined && actors === undefined) return sendProblem(req, res, 403, [notTheirs]);
    const meant = { ...others, actors };
    if (!isLive(req)) return sendPage(res, await eventPage(log, meant), viewer());
    const stream =
      req.method === 'HEAD' ? void res.type('text/event-stream').end() : open(req, res, 'text/event-stream');
    if (stream === undefined) return;
    const asked = { ...meant, after: start(req, query.right, log) };
    const isStill = visitor.right.caller.shown === 'nothing' ? undefined : stillLetIn(visitor.right, req, parts);
    await sendLive(stream, asked, { viewer, isStill: isStill ?? (async () => true) }, { ...parts, pages });
  });
  return router;
};

const notTheirs = refusal(
  'needs-privilege',
  'what somebody did is for themselves and for staff to see',
  'log in, or ask without "actor"',
);

const refusals = ([first, ...others]: readonly ReturnType<typeof refusal>[]) =>
  [first ?? refusal('bad-argument', 'the question could not be read', 'see /mini_buildd/api'), ...others] as const;

const isLive = (req: Request): boolean => req.headers.accept?.includes('text/event-stream') === true;

/** `next` goes on behind the last event that was looked at, shown or not. */
const sendPage = (res: Response, events: readonly RecordedEvent[], viewer: Viewer): void => {
  res.set('Cache-Control', 'no-store');
  res.json({
    events: events.flatMap((event) => shownTo(viewer, event) ?? []).map(eventJson),
    next: events.at(-1)?.position ?? null,
  });
};

/** `Last-Event-ID` (a client that comes back) wins over `after`; without either the stream begins now. */
const start = (req: Request, { after }: EventQuery, log: EventLog): EventQuery['after'] => {
  const last = req.headers['last-event-id'];
  if (PositionText.is(last)) return last as unknown as Position;
  return after ?? log.state().head ?? 'beginning';
};

/** Of those who wait for the same, one asks the log. */
type Shared = { readonly pages: ReturnType<typeof askedTogether<readonly RecordedEvent[]>> };

/**
 * The client pulls: a page is read when the one before is taken, so a slow client costs a page and no more. At the end it
 * waits for the next change; a page that is missed by any wake-up is found at the next heartbeat. After every change, in the middle of a
 * page too, it is asked whether who looks is let in still: a token that is revoked is one.
 */
const sendLive = async (
  stream: OpenStream,
  asked: LogQuery,
  { viewer, isStill }: { readonly viewer: () => Viewer; readonly isStill: () => Promise<boolean> },
  { log, changes, heartbeat, pages }: EventParts & Shared,
): Promise<void> => {
  let after = asked.after;
  let lookedAt: number | undefined;
  const isOver = async (): Promise<boolean> => {
    if (lookedAt === changes.count()) return false;
    lookedAt = changes.count();
    return !(await isStill());
  };
  while (!stream.over.aborted) {
    const seen = changes.count();
    lookedAt = undefined;
    const next = { ...asked, after, before: undefined };
    // Who has seen less than has happened by now must not be told by a look that began before.
    const events = await pages(`${seen} ${JSON.stringify(next)}`, () => eventPage(log, next)).catch(() => undefined);
    if (events === undefined) return stream.end();
    if (await isOver()) return stream.end();
    for (const event of events) {
      if (await isOver()) return stream.end();
      const seen = shownTo(viewer(), event);
      if (seen !== undefined && !(await stream.send(serverSent(event.position, eventJson(seen))))) return;
      after = event.position;
    }
    if (events.length === 0) await changes.beyond(seen, heartbeat, stream.over);
  }
};
