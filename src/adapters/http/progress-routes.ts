import { type Request, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { anonymous } from '../../domain/account/caller.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import { sendPage } from './form-body.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { readerOf } from './reader.ts';
import { serverSent } from './server-sent.ts';
import { deedButton } from './views/deed-button.ts';
import { type Html, html } from './views/html.ts';
import type { Instance } from './views/instance.ts';
import { type Progress, progressList, progressPage } from './views/progress-page.ts';
import type { visitors } from './visitor.ts';

type ProgressParts = {
  readonly api: Api;
  readonly instance: Instance;
  readonly changes: Pulse;
  readonly open: OpenStreams;
  readonly heartbeat: number;
  readonly visitor: ReturnType<typeof visitors>;
};

/** So many streams are followed at once. */
const mostStreams = 50;

/** `/mini_buildd/progress?stream=…`: how far things are that commands began, as a page and live. */
export const progressRoutes = (parts: ProgressParts): Router => {
  const router = Router();
  router.get('/mini_buildd/progress', async (req, res) => {
    const streams = streamsOf(req);
    const all = await progressOf(parts.api, streams);
    if (all.length === 0) return sendProblem(req, res, 404, [nothingBegan]);
    if (req.headers.accept !== 'text/event-stream')
      return sendPage(res, progressPage(parts.instance, streams, all, await deedsFor(req, streams, parts)));
    const stream = parts.open(req, res, 'text/event-stream');
    if (stream !== undefined) await follow(stream, streams, parts);
  });
  return router;
};

/** A binNMU that goes on can be cancelled as a whole, by who may. */
const deedsFor = async (req: Request, streams: readonly string[], { api, visitor }: ProgressParts): Promise<Html> => {
  const found = await visitor(req);
  if (isLeft(found)) return html``;
  const reader = readerOf(api, found.right);
  const buttons = streams.map(async (stream) => {
    const [, binNmu] = /^binnmu-(.+)$/.exec(stream) ?? [];
    const [how] = binNmu === undefined ? [] : await progressOf(api, [stream]);
    return (
      binNmu !== undefined &&
      how?.ended === false &&
      deedButton(reader, 'cancel', { builds: binNmu }, 'Cancel the binNMU …')
    );
  });
  return html`${await Promise.all(buttons)}`;
};

const streamsOf = ({ query: { stream = [] } }: Request): readonly string[] =>
  (Array.isArray(stream) ? stream : [stream]).filter((one) => typeof one === 'string').slice(0, mostStreams);

const Said = t.type({ line: t.string, ended: t.boolean, succeeded: t.boolean });

/** How far each is; nothing of those that nobody knows. */
export const progressOf = async (api: Api, streams: readonly string[]): Promise<readonly Progress[]> => {
  const all = await Promise.all(streams.map((stream) => api.run('progress', { stream }, anonymous)));
  return all.flatMap((answer) => (!isLeft(answer) && Said.is(answer.right.json) ? [answer.right.json] : []));
};

/** Tells what reads otherwise than before. When all has ended the stream stays, quiet: a browser would only come again. */
const follow = async (
  stream: OpenStream,
  streams: readonly string[],
  { api, changes, heartbeat }: ProgressParts,
): Promise<void> => {
  let told = '';
  while (!stream.over.aborted) {
    const seen = changes.count();
    const progress = progressList(await progressOf(api, streams)).toString();
    if (progress !== told && !(await stream.send(serverSent(String(seen), { progress })))) return;
    told = progress;
    await changes.beyond(seen, heartbeat, stream.over);
    await stream.moment();
  }
};

const nothingBegan = refusal('no-progress', 'nothing is known of what should be followed', 'look for it in history');
