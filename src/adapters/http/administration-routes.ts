import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { refusal } from '../../domain/refusal.ts';
import type { Administration } from './administration.ts';
import { administratorsOnly, type Doors } from './administrators-only.ts';
import { checkRoutes } from './check-routes.ts';
import { field, lastOf, sendPage } from './form-body.ts';
import { formTokenField } from './form-token.ts';
import type { LivePages } from './live-pages.ts';
import { sendProblem } from './problem.ts';
import { agreedBy, sentBy, sentDocumentIn } from './sent-form.ts';
import { documentPage, openedDocumentPage } from './views/administration/document-page.ts';
import { formPage } from './views/administration/form-page.ts';
import { objectUrl, placeUrl } from './views/administration/frame.ts';
import { askedOfLists } from './views/administration/lists.ts';
import { objectPage, objectParts } from './views/administration/object-page.ts';
import { overviewPage, overviewParts, sectionPage, sectionParts } from './views/administration/overview-page.ts';
import { removalPage } from './views/administration/removal-page.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor, visitors } from './visitor.ts';

type Parts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly administration: Administration;
  readonly live: LivePages;
};

/** What a preparation prints is looked at so often. Milliseconds. */
const often = 1000;
/** How objects do is told by events; some of it by time. */
const seldom = 15_000;

/** Pages for administrators. Nothing is applied before its sender agreed to what it comes to. */
export const administrationRoutes = (parts: Parts): Router => {
  const { instance, administration } = parts;
  const router = Router();
  const doors = administratorsOnly(router, parts);
  const { read } = doors;
  read('', (_req, res) => sendPage(res, overviewPage(instance, administration.overview())));
  read('/live', (req, res, visitor) =>
    parts.live(req, res, {
      visitor,
      key: req.path,
      parts: async () => overviewParts(administration.overview()),
      often: seldom,
    }),
  );
  documentRoutes(parts, doors);
  checkRoutes(instance, administration, doors, notThere);
  formRoutes(parts, doors);
  read('/:section', (req, res) => {
    const asked = askedOfLists(req.query);
    const model = administration.section(part(req, 'section'), asked.name);
    return model === undefined ? notThere(req, res) : sendPage(res, sectionPage(instance, model, asked));
  });
  read('/:section/live', async (req, res, visitor) => {
    const now = async () => {
      const asked = askedOfLists(req.query);
      const model = administration.section(part(req, 'section'), asked.name);
      return model && sectionParts(model, asked);
    };
    if ((await now()) === undefined) return notThere(req, res);
    await parts.live(req, res, { visitor, key: req.originalUrl, parts: now, often: seldom });
  });
  objectRoutes(parts, doors);
  return router;
};

const objectRoutes = ({ instance, administration, live }: Parts, { read }: Doors): void => {
  const modelOf = async (req: Request, { caller }: Visitor) => {
    const [section, name] = [part(req, 'section'), part(req, 'name')];
    const model = await administration.object(section, name, caller);
    return (
      model && { ...model, preparation: section === 'chroots' ? await administration.preparation(name) : undefined }
    );
  };
  read('/:section/:name', async (req, res, visitor) => {
    const model = await modelOf(req, visitor);
    if (model === undefined) return notThere(req, res);
    const { section, name } = model;
    const outlook = section === 'retention' ? await administration.outlook(name) : undefined;
    const archiveKeys = section === 'instance' ? await administration.archiveKeys() : undefined;
    sendPage(res, objectPage(instance, { ...model, outlook, archiveKeys }));
  });
  read('/:section/:name/live', async (req, res, visitor) => {
    if ((await modelOf(req, visitor)) === undefined) return notThere(req, res);
    const parts = async (who: Visitor) => {
      const model = await modelOf(req, who);
      return model && objectParts(model);
    };
    await live(req, res, { visitor, key: req.path, parts, often });
  });
  read('/chroots/:name/log', async (req, res) => {
    const printed = await administration.preparation(part(req, 'name'));
    if (printed === undefined) return notThere(req, res);
    res
      .set('Cache-Control', 'no-store')
      .type('text/plain')
      .send(printed.lines.map((line) => `${line}\n`).join(''));
  });
};

const documentRoutes = ({ instance, administration }: Parts, { read, change }: Doors): void => {
  read('/configuration', async (_req, res, { session }) =>
    sendPage(res, openedDocumentPage(instance, await administration.document(), formTokenField(session))),
  );
  read('/configuration.yaml', async (_req, res) => {
    res.set({ 'Content-Disposition': `attachment; filename="${instance.name}.yaml"`, 'Cache-Control': 'no-store' });
    res.type('application/yaml').send(await administration.yaml());
  });
  change('/configuration', async (req, res, { caller, session }) => {
    const { text, shown } = sentDocumentIn(req);
    if (field(req, '_step') !== 'apply')
      return sendPage(
        res,
        documentPage(instance, await administration.sentDocument(text, shown), formTokenField(session)),
      );
    const done = await administration.applyDocument(text, shown, agreedBy(req), caller);
    if (isLeft(done)) return sendPage(res.status(409), documentPage(instance, done.left, formTokenField(session)));
    res.redirect(303, placeUrl(''));
  });
};

const formRoutes = ({ instance, administration }: Parts, { read, change }: Doors): void => {
  const open = async (
    req: Request,
    res: Response,
    { session }: Visitor,
    name: string | undefined,
    like: string | undefined,
  ): Promise<void> => {
    const model = await administration.openForm(part(req, 'section'), name, like);
    return model === undefined ? notThere(req, res) : sendPage(res, formPage(instance, model, formTokenField(session)));
  };
  const send = async (req: Request, res: Response, { caller, session }: Visitor): Promise<void> => {
    const sent = sentBy(req);
    if (field(req, '_step') !== 'apply') {
      const model = await administration.sentForm(sent);
      return model === undefined
        ? notThere(req, res)
        : sendPage(res, formPage(instance, { ...model, opened: openedIn(req) }, formTokenField(session)));
    }
    const done = await administration.applyForm(sent, agreedBy(req), caller);
    if (done === undefined) return notThere(req, res);
    if (isLeft(done))
      return sendPage(
        res.status(409),
        formPage(instance, { ...done.left, opened: openedIn(req) }, formTokenField(session)),
      );
    res.redirect(303, objectUrl(sent.section, sent.name));
  };
  read('/add/:section', (req, res, visitor) => open(req, res, visitor, undefined, likeOf(req)));
  change('/add/:section', send);
  read('/:section/:name/edit', (req, res, visitor) => open(req, res, visitor, part(req, 'name'), undefined));
  change('/:section/:name/edit', send);
  read('/:section/:name/remove', async (req, res, { session }) => {
    const model = await administration.removal(part(req, 'section'), part(req, 'name'));
    return model === undefined
      ? notThere(req, res)
      : sendPage(res, removalPage(instance, model, formTokenField(session)));
  });
  change('/:section/:name/remove', async (req, res, { caller, session }) => {
    const [section, name] = [part(req, 'section'), part(req, 'name')];
    if (field(req, '_step') !== 'apply') return res.redirect(303, objectUrl(section, name, 'remove'));
    const done = await administration.applyRemoval(section, name, agreedBy(req), caller);
    if (done === undefined) return notThere(req, res);
    if (!isLeft(done)) return res.redirect(303, objectUrl(section, name));
    if (done.left === undefined) return notThere(req, res);
    sendPage(res.status(409), removalPage(instance, done.left, formTokenField(session)));
  });
};

/** The one that "Change" was pressed for, else the one that is open. */
const openedIn = (req: Request): string | undefined => lastOf(req, '_open') || undefined;

const part = (req: Request, name: string): string => String(req.params[name] ?? '');

const likeOf = ({ query: { like } }: Request): string | undefined => (typeof like === 'string' ? like : undefined);

const notThere = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [
    refusal('no-such-object', 'nothing of this name is configured', 'see /mini_buildd/administration'),
  ]);
