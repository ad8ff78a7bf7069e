import { type Request, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { suffices } from '../../domain/account/privilege.ts';
import type { Api } from '../../ports/api.ts';
import { sendPage } from './form-body.ts';
import type { LiveParts } from './live-parts.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import type { Pulse } from './pulse.ts';
import { readerOf } from './reader.ts';
import { serverSent } from './server-sent.ts';
import { deedButton, type Reader } from './views/deed-button.ts';
import type { PartName } from './views/home-parts.ts';
import { Html, html } from './views/html.ts';
import type { Instance } from './views/instance.ts';
import { liveState } from './views/live-state.ts';
import { page } from './views/page.ts';
import { sameAs } from './views/same-as.ts';
import type { visitors } from './visitor.ts';

type HomeRouteParts = {
  readonly parts: LiveParts;
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly changes: Pulse;
  readonly open: OpenStreams;
  /** Milliseconds. */
  readonly heartbeat: number;
};

/** `/mini_buildd/` and what keeps it fresh, `/mini_buildd/live`. Without a script the page is as whole, only not live. */
export const homeRoutes = ({ parts, api, instance, visitor, changes, open, heartbeat }: HomeRouteParts): Router => {
  const router = Router();
  const told = tellOnce(parts);
  const asks = async (req: Request) => {
    const found = await visitor(req);
    return isLeft(found)
      ? { isStaff: false, reader: undefined }
      : { isStaff: suffices(found.right.caller.privilege, 'staff'), reader: readerOf(api, found.right) };
  };
  const isStaff = async (req: Request): Promise<boolean> => (await asks(req)).isStaff;
  router.get('/', (_req, res) => res.redirect(302, '/mini_buildd/'));
  router.get('/mini_buildd', async (req, res) => {
    if (req.originalUrl.split('?')[0]?.endsWith('/') !== true) return res.redirect(301, '/mini_buildd/');
    const { isStaff, reader } = await asks(req);
    sendPage(res, homePage(instance, parts.all(), parts.version(), isStaff, reader));
  });
  router.get('/mini_buildd/live', async (req, res) => {
    const last = req.headers['last-event-id'] ?? req.query.after;
    const stream =
      req.method === 'HEAD' ? void res.type('text/event-stream').end() : open(req, res, 'text/event-stream');
    if (stream !== undefined)
      await keepFresh(
        stream,
        parts,
        told,
        typeof last === 'string' ? last : undefined,
        await isStaff(req),
        () => isStaff(req),
        changes,
        heartbeat,
      );
  });
  return router;
};

/** What is new since a version, in the same bytes for all who have that one. */
type Told = (since: string | undefined, isStaff: boolean) => Buffer | undefined;

const tellOnce = (parts: LiveParts): Told => {
  const told = new Map<string, Buffer | undefined>();
  let of = '';
  return (since, isStaff) => {
    const version = parts.version();
    if (version !== of || told.size > mostVersions) told.clear();
    of = version;
    const key = `${isStaff} ${since}`;
    if (!told.has(key)) {
      const changed = parts.since(since, isStaff);
      const isNews = Object.keys(changed).length > 0;
      told.set(key, isNews ? Buffer.from(serverSent(version, changed)) : undefined);
    }
    return told.get(key);
  };
};

/** That somebody has at once: all who look have one of the last few. */
const mostVersions = 50;

const keepFresh = async (
  stream: OpenStream,
  parts: LiveParts,
  told: Told,
  last: string | undefined,
  began: boolean,
  isStaff: () => Promise<boolean>,
  changes: Pulse,
  heartbeat: number,
): Promise<void> => {
  let shown = last;
  while (!stream.over.aborted) {
    const seen = changes.count();
    // A session may end while its browser looks: who comes again is told what everybody is.
    if (began && !(await isStaff())) return stream.end();
    const said = told(shown, began);
    shown = parts.version();
    if (said !== undefined && !(await stream.send(said))) return;
    await changes.beyond(seen, Math.min(heartbeat, parts.goodFor()), stream.over);
    await stream.moment();
  }
};

const homePage = (
  instance: Instance,
  parts: Readonly<Record<PartName, string>>,
  version: string,
  isStaff: boolean,
  reader: Reader | undefined,
): string =>
  page({
    title: instance.name,
    instance,
    live: `/mini_buildd/live?after=${version}`,
    body: html`<h1 class="visually-hidden">${instance.name}</h1>
${liveState}
<div class="card"><section id="engine" aria-live="polite" aria-label="Engine">${markup(parts.engine)}</section>
${reader && engineBox(reader)}</div>
${isStaff && html`<section id="attention" class="card" aria-label="Needs attention">${markup(parts.attention)}</section>`}
<section id="building" class="card" aria-label="Building now">${markup(parts.building)}</section>
<section id="queue" class="card" aria-label="Queue">${markup(parts.queue)}</section>
<section id="packages" class="card" aria-label="Last packages">${markup(parts.packages)}</section>
<div class="columns">
<section id="repositories" class="card" aria-label="Repositories">${markup(parts.repositories)}</section>
<section id="machines" class="card" aria-label="Builders and chroots">${markup(parts.machines)}</section>
</div>
${sameAs(instance, '/mini_buildd/', { command: 'status', given: {}, positional: [] })}`,
  });

/** Which of the two is seen is said by the state of the engine as it is by now: see `.engine-deeds` in the style. */
const engineBox = (reader: Reader): Html | false =>
  reader.may('stop') &&
  html`<div class="deeds engine-deeds"><div class="to-stop">${deedButton(reader, 'stop', {}, 'Stop the engine …')}</div><div class="to-start">${deedButton(reader, 'start', {}, 'Start the engine …')}</div></div>`;

/** Parts were rendered by `html` already. */
const markup = (part: string): Html => new Html(part);
