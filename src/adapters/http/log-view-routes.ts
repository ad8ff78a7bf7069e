import { setTimeout as pause } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { anonymous, type Caller } from '../../domain/account/caller.ts';
import { architectureOfBuild, BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import { goneLog, noLog } from './build-log-routes.ts';
import { sendPage } from './form-body.ts';
import { type Found, findInLog, isError, type Sought, textSought } from './logs/find-in-log.ts';
import { type LogBroadcast, logBroadcast } from './logs/log-broadcast.ts';
import { type LogWindow, logWindow } from './logs/log-window.ts';
import type { OpenLog, OpenLogs } from './logs/open-logs.ts';
import { withoutSequences } from './logs/terminal-text.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import { serverSent } from './server-sent.ts';
import { logPage } from './views/build-log.ts';
import type { BuildModel } from './views/build-model.ts';
import type { Instance } from './views/instance.ts';
import { logLines } from './views/log-lines.ts';

/** What is built, and for what; `undefined` when it never was. */
type NamedBuilds = (
  build: BuildId,
  caller: Caller,
) => Promise<Pick<BuildModel, 'source' | 'version' | 'architecture'> | undefined>;

/** Lines of one window. */
export const linesShown = 300;

/** What is sought in a log is no longer than this. Characters. */
const longestSought = 200;

/**
 * A log as people read it, below `/mini_buildd/builds/ID/log`: `lines`, a page of it (`from=LINE`, `find=TEXT`, `error=first`; with
 * `output=json` as markup for the viewer), `find`, where something is, and `live`, its new lines as server-sent events whose id
 * is the number of the last of them.
 */
export const logViewRoutes = (instance: Instance, logs: OpenLogs, open: OpenStreams, named: NamedBuilds): Router => {
  const router = Router();
  const broadcasts = new WeakMap<OpenLog, LogBroadcast>();
  const broadcastOf = (log: OpenLog): LogBroadcast => {
    const known = broadcasts.get(log) ?? logBroadcast(log, said);
    broadcasts.set(log, known);
    return known;
  };
  const opened = async (req: Request, res: Response): Promise<{ build: BuildId; log: OpenLog } | undefined> => {
    const { build } = req.params;
    const log = BuildId.is(build) ? await logs(build) : undefined;
    if (!BuildId.is(build) || log === undefined) return void noLog(req, res);
    if ('gone' in log) return void goneLog(req, res, log.gone);
    return { build, log };
  };
  /** Whose log it is, for its heading. */
  const of = async (build: BuildId) =>
    (await named(build, anonymous)) ?? { source: 'build', version: build, architecture: architectureOfBuild(build) };
  router.get('/mini_buildd/builds/:build/log/lines', async (req, res) => {
    const found = await opened(req, res);
    if (found === undefined) return;
    const { build, log } = found;
    const from = lineOf(req.query.from);
    const isWanted = soughtBy(req);
    if (isWanted === undefined || req.query.output === 'json') {
      const window = await windowAt(log, from);
      if (req.query.output === 'json') return void res.set('Cache-Control', 'no-store').json(asMarkup(window));
      return sendPage(
        res,
        logPage(instance, {
          build,
          of: await of(build),
          window: pageOf(window, from),
          sought: '',
          asked: { from },
          found: undefined,
        }),
      );
    }
    const { line, next } = await findInLog(log.text, log.index, from ?? 1, isWanted);
    const window = pageOf(await windowAt(log, Math.max(1, (line ?? next ?? from ?? 1) - 10)), from ?? 1);
    const sought = typeof req.query.find === 'string' ? req.query.find : '';
    const asked = sought === '' ? { from, error: 'true' } : { from, find: sought.slice(0, longestSought) };
    sendPage(res, logPage(instance, { build, of: await of(build), window, sought, asked, found: { line, next } }));
  });
  router.get('/mini_buildd/builds/:build/log/find', async (req, res) => {
    const isWanted = soughtBy(req);
    if (isWanted === undefined) return sendProblem(req, res, 400, [nothingSought]);
    const found = await opened(req, res);
    if (found === undefined) return;
    const { text, index } = found.log;
    const { line, next } = await findInLog(text, index, lineOf(req.query.from) ?? 1, isWanted);
    res.set('Cache-Control', 'no-store').json({ line: line ?? null, next: next ?? null });
  });
  router.get('/mini_buildd/builds/:build/log/live', async (req, res) => {
    const found = await opened(req, res);
    if (found === undefined) return;
    const stream = open(req, res, 'text/event-stream');
    if (stream === undefined) return;
    const after = lineOf(req.headers['last-event-id'] ?? req.query.after) ?? 0;
    const line = found.log.isOver() ? after : await follow(broadcastOf(found.log), stream, after);
    await sendRest(logs, found.build, line, stream);
    if (!stream.over.aborted) await stream.send(serverSent(String(line), null, 'end'));
    stream.end();
  });
  return router;
};

/** The last line that was sent. */
const follow = async (log: LogBroadcast, stream: OpenStream, after: number): Promise<number> => {
  for (let line = after; ; ) {
    const batch = await log.beyond(line, stream.over);
    if (batch === undefined || batch === 'ended' || !(await stream.send(batch.said))) return line;
    line = batch.last;
  }
};

/** What was written after the last look at a growing log stands in the one that is kept, a moment later, if any is. */
const sendRest = async (logs: OpenLogs, build: BuildId, line: number, stream: OpenStream): Promise<void> => {
  for (let looks = 0; looks < mostLooks && !stream.over.aborted; looks += 1) {
    const log = await logs(build).catch(() => undefined);
    if (log !== undefined && !('gone' in log) && log.isOver()) {
      const window = await windowAt(log, undefined);
      const last = window.first + window.lines.length - 1;
      if (last > line) await stream.send(said(window, last));
      return;
    }
    await pause(untilKept, undefined, { signal: stream.over }).catch(() => undefined);
  }
};

const mostLooks = 20;
/** Milliseconds between looks. */
const untilKept = 250;

/** From a line, or the last lines without one. */
const windowAt = async ({ text, index }: OpenLog, from: number | undefined): Promise<LogWindow> =>
  logWindow(text, index, from ?? (await index.lines()) - linesShown + 1, linesShown);

/** As many of its lines as a page has room for: the first of them, or the last ones where nobody asked for a line. */
const pageOf = (window: LogWindow, from: number | undefined): LogWindow =>
  from === undefined ? endOf(window, charactersOfPage) : beginningOf(window, charactersOfPage);

/** Of markup. */
const charactersOfPage = 45_000;
const markupOf = (line: string): number => logLines(999_999, [line]).toString().length;

const beginningOf = (window: LogWindow, characters: number): LogWindow => {
  let room = characters;
  const most = window.lines.findIndex((line, index) => {
    room -= markupOf(line);
    return room < 0 && index > 0;
  });
  return most === -1 ? window : { ...window, lines: window.lines.slice(0, most) };
};

const endOf = (window: LogWindow, characters: number): LogWindow => {
  let room = characters;
  const from = window.lines.findLastIndex((line) => {
    room -= markupOf(line);
    return room < 0;
  });
  return { ...window, first: window.first + from + 1, lines: window.lines.slice(from + 1) };
};

/** The last lines of a log, as few as a page that is about more has room for. */
export const lastLines = async ({ text, index }: OpenLog): Promise<LogWindow> => {
  const window = await logWindow(text, index, (await index.lines()) - mostBeside + 1, mostBeside);
  return endOf(window, charactersBeside);
};

/** As many lines with the first that reads like an error among the last of them, for a list that is shown at its end; else the end of the log. */
export const aroundFirstError = async (
  log: OpenLog,
): Promise<LogWindow & { readonly firstError?: { readonly line: number; readonly says: string } }> => {
  const line = await firstErrors.of(log);
  if (line === undefined) return lastLines(log);
  const from = Math.max(1, line + linesAfter - mostBeside + 1);
  const window = await logWindow(log.text, log.index, from, Math.max(1, line + linesAfter - from + 1));
  const says = window.lines[line - window.first];
  if (says === undefined) return lastLines(log);
  const shown = endOf(window, charactersBeside);
  const after = { ...window, first: line, lines: window.lines.slice(line - window.first) };
  // What comes after it may be too long to be shown with it.
  const withIt = shown.first > line ? beginningOf(after, charactersBeside) : shown;
  return { ...withIt, firstError: { line, says: withoutSequences(says) } };
};

/** What comes after an error explains it less than what comes before. */
const linesAfter = 8;

/** Nobody writes to the log of a build that failed: it is looked through once. Many of them are asked for again and again. */
const firstErrors = {
  known: new WeakMap<OpenLog['index'], Promise<Found>>(),
  of: async ({ text, index }: OpenLog): Promise<number | undefined> => {
    const found = firstErrors.known.get(index) ?? findInLog(text, index, 1, isError);
    firstErrors.known.set(index, found);
    found.catch(() => firstErrors.known.delete(index));
    return (await found).line;
  },
};

const mostBeside = 60;
/** Of markup. */
const charactersBeside = 15_000;

const asMarkup = ({ first, lines, of, isGrowing }: LogWindow) => ({
  first,
  last: first + lines.length - 1,
  of,
  isGrowing,
  html: logLines(first, lines).toString(),
});

const said = (window: LogWindow, last: number): string => serverSent(String(last), asMarkup(window));

const lineOf = (text: unknown): number | undefined =>
  typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : undefined;

const soughtBy = ({ query: { find, error } }: Request): Sought | undefined => {
  if (error !== undefined) return isError;
  return typeof find === 'string' && find !== '' ? textSought(find.slice(0, longestSought)) : undefined;
};

const nothingSought = refusal('bad-argument', 'nothing is sought', 'give find=TEXT, or error=first');
