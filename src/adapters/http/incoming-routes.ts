import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { Sha256 } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { IncomingDoor } from '../../ports/incoming.ts';
import { type bringers, challenge } from './bringers.ts';
import { addressOf } from './client-address.ts';
import { crossSite } from './cross-site.ts';
import { sendPage } from './form-body.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { refusePut } from './refuse-put.ts';
import { serverSent } from './server-sent.ts';
import { forget, type SentFile, takeFile, takeForm } from './take-upload.ts';
import { turnAway } from './turn-away.ts';
import { isChanges, sentPage, type VerdictModel, verdict, verdictPage, verdictUrl } from './views/incoming-page.ts';
import type { Instance } from './views/instance.ts';
import { wanted } from './wanted.ts';

type IncomingParts = {
  readonly instance: Instance;
  readonly incoming: IncomingDoor;
  readonly bringer: ReturnType<typeof bringers>;
  /** Hears who, where they showed it, put which file. */
  readonly brought: (name: string, by: Caller) => void;
  readonly turnedAway: (rule: string, from: string) => void;
  /** What became of the upload whose `.changes` has these bytes; `undefined` while nothing did. */
  readonly verdict: (changes: Sha256) => VerdictModel | undefined;
  /** Uploads at once: from all, and from one address. */
  readonly most: { readonly uploads: number; readonly uploadsPerAddress: number };
  readonly changes: Pulse;
  readonly open: OpenStreams;
  readonly heartbeat: number;
};

/** Whether a request's body is as long as its files are. */
export const isUpload = ({ method, url = '' }: IncomingMessage): boolean =>
  (method === 'POST' && /^\/mini_buildd\/upload(?:\?|$)/.test(url)) ||
  (method === 'PUT' && url.startsWith('/mini_buildd/upload/'));

/** `/mini_buildd/upload`: the same incoming as by FTP, for a form, for curl, and for dput's `http`; and what became of it. */
export const incomingRoutes = (parts: IncomingParts): Router => {
  const { instance, incoming, changes, open, heartbeat } = parts;
  const router = Router();
  const atMost = crowd(parts.most);
  router.post('/mini_buildd/upload', async (req, res) => {
    const refused = crossSite(req) ?? (isForm(req) ? undefined : noForm);
    if (refused !== undefined) return turnedAway(req, res, refused === noForm ? 415 : 403, refused);
    const by = await letIn(parts, req, res);
    if (by === undefined) return;
    return atMost(req, res, async () => {
      const sent = await takeForm(req, incoming).catch(() => undefined);
      for (const file of sent ?? []) if (!('because' in file) && by.shown !== 'nothing') parts.brought(file.name, by);
      if (sent === undefined) turnedAway(req, res, 400, unreadable);
      else if (sent.length === 0) turnedAway(req, res, 400, noFiles);
      else answer(req, res, instance, sent);
    });
  });
  router.put('/mini_buildd/upload/:name', async (req, res) => {
    const by = await letIn(parts, req, res);
    if (by === undefined) return;
    return atMost(req, res, async () => {
      const sent = await takeFile(req, req.params.name, incoming);
      if ('because' in sent) return turnedAway(req, res, sent.status, sent.because);
      if (by.shown !== 'nothing') parts.brought(sent.name, by);
      res.status(201).type('text/plain').send(`${sent.name} is received, ${sent.size} bytes, SHA-256 ${sent.sha256}\n`);
    });
  });
  router.get('/mini_buildd/upload/verdict/:changes', (req, res, next) => {
    const { changes: sha256 } = req.params;
    if (!Sha256.is(sha256)) return next();
    sendPage(res, verdictPage(instance, sha256, parts.verdict(sha256)));
  });
  router.get('/mini_buildd/upload/verdict/:changes/live', async (req, res, next) => {
    const { changes: sha256 } = req.params;
    if (!Sha256.is(sha256)) return next();
    const stream = open(req, res, 'text/event-stream');
    const shown = () => verdict(parts.verdict(sha256)).toString();
    if (stream !== undefined) await keepFresh(stream, shown, changes, heartbeat);
  });
  return router;
};

/** `undefined` when an answer was sent already. */
const letIn = async (
  { instance, bringer, turnedAway: heard }: IncomingParts,
  req: Request,
  res: Response,
): Promise<Caller | undefined> => {
  const by = await bringer(req);
  if (!isLeft(by)) return by.right;
  const { because, status, retryAfter } = by.left;
  heard(because.rule, addressOf(req));
  if (req.method === 'POST' && status !== 403) {
    forget(req);
    turnAway(req, res, instance, by.left, '/mini_buildd/upload');
    return undefined;
  }
  if (status === 401) challenge(res);
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  turnedAway(req, res, status, because);
  return undefined;
};

const isForm = ({ headers }: Request): boolean => /^multipart\/form-data\s*;/i.test(headers['content-type'] ?? '');

/** Programs get what became of each file; browsers are led to the verdict, when there is one `.changes` to judge. */
const answer = (req: Request, res: Response, instance: Instance, sent: readonly SentFile[]): void => {
  const failed = sent.find((file) => 'because' in file);
  const [changes, ...others] = sent.filter(isChanges);
  const url = changes !== undefined && others.length === 0 ? verdictUrl(changes.sha256) : undefined;
  if (failed !== undefined) forget(req);
  res.status(failed?.status ?? 200);
  if (wanted(req) !== 'html') res.json({ files: sent.map(said), verdict: url ?? null });
  else if (failed === undefined && url !== undefined) res.redirect(303, url);
  else sendPage(res, sentPage(instance, sent));
};

const said = (file: SentFile) =>
  'because' in file
    ? { name: file.name, ...file.because }
    : { ...file, ...(isChanges(file) ? { verdict: verdictUrl(file.sha256) } : {}) };

const turnedAway = (req: Request, res: Response, status: number, because: Refusal): void => {
  forget(req);
  if (status === 503) res.set('Retry-After', '60');
  if (req.method === 'PUT') refusePut(req, res, status, because);
  else sendProblem(req, res, status, [because]);
};

const crowd = ({ uploads, uploadsPerAddress }: IncomingParts['most']) => {
  const perAddress = new Map<string, number>();
  let all = 0;
  return async (req: Request, res: Response, work: () => Promise<void>): Promise<void> => {
    const address = addressOf(req);
    const own = perAddress.get(address) ?? 0;
    if (all >= uploads || own >= uploadsPerAddress) return turnedAway(req, res, 503, crowded);
    all += 1;
    perAddress.set(address, own + 1);
    try {
      await work();
    } finally {
      all -= 1;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    }
  };
};

/** Many changes in a moment are one refresh. Milliseconds. */
const moment = 250;

const keepFresh = async (
  stream: OpenStream,
  verdictNow: () => string,
  changes: Pulse,
  heartbeat: number,
): Promise<void> => {
  let shown = '';
  while (!stream.over.aborted) {
    const seen = changes.count();
    const now = verdictNow();
    const id = createHash('sha256').update(now).digest('hex').slice(0, 16);
    if (now !== shown && !(await stream.send(serverSent(id, { verdict: now })))) return;
    shown = now;
    await changes.beyond(seen, heartbeat, stream.over);
    await pause(moment, undefined, { signal: stream.over }).catch(() => undefined);
  }
};

const noForm = refusal(
  'no-form',
  'the body is no form with files',
  'send multipart/form-data, or PUT each file to /mini_buildd/upload/NAME',
);

const unreadable = refusal('broken-off', 'the form ended before its end, or is none', 'upload again');

const noFiles = refusal('no-files', 'no file was sent', 'choose the .changes and everything it lists');

const crowded = refusal('too-many-uploads', 'as many uploads are under way as this server takes', 'again in a minute');
