import express, { type Request, type Response, Router } from 'express';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { type Caller, denied } from '../../domain/account/caller.ts';
import type { Typed } from '../../domain/form/typed.ts';
import { refusal } from '../../domain/refusal.ts';
import { crossSite } from './cross-site.ts';
import { field, sendPage } from './form-body.ts';
import { forged, formTokenField } from './form-token.ts';
import { sendProblem } from './problem.ts';
import { askWhoYouAre, turnAway } from './turn-away.ts';
import { documentPage } from './views/administration/document-page.ts';
import { difference, formPage, generalFaults } from './views/administration/form-page.ts';
import { objectUrl, placeUrl } from './views/administration/frame.ts';
import type {
  DocumentModel,
  FormModel,
  ObjectModel,
  OverviewModel,
  RemovalModel,
  SectionModel,
} from './views/administration/models.ts';
import { objectPage } from './views/administration/object-page.ts';
import { overviewPage, sectionPage } from './views/administration/overview-page.ts';
import { removalPage } from './views/administration/removal-page.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor, visitors } from './visitor.ts';

type Agreed = { readonly agreed: string; readonly force: boolean };

type SentForm = {
  readonly section: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly typed: Typed;
  readonly shown: string;
};

/** What administrators see and do. `undefined` is what is not there; `left` is what was not done, as it stands now. */
export type Administration = {
  readonly overview: () => OverviewModel;
  readonly section: (section: string) => SectionModel | undefined;
  readonly object: (section: string, name: string, caller: Caller) => Promise<ObjectModel | undefined>;
  readonly openForm: (
    section: string,
    name: string | undefined,
    like: string | undefined,
  ) => Promise<FormModel | undefined>;
  readonly sentForm: (sent: SentForm) => Promise<FormModel | undefined>;
  readonly applyForm: (
    sent: SentForm,
    agreed: Agreed,
    caller: Caller,
  ) => Promise<Either<FormModel, undefined> | undefined>;
  readonly removal: (section: string, name: string) => RemovalModel | undefined;
  readonly applyRemoval: (
    section: string,
    name: string,
    agreed: Agreed,
    caller: Caller,
  ) => Promise<Either<RemovalModel | undefined, undefined> | undefined>;
  readonly document: () => Promise<DocumentModel>;
  readonly sentDocument: (text: string, shown: string) => Promise<DocumentModel>;
  readonly applyDocument: (
    text: string,
    shown: string,
    agreed: Agreed,
    caller: Caller,
  ) => Promise<Either<DocumentModel, undefined>>;
  readonly yaml: () => Promise<string>;
};

type Parts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly administration: Administration;
};

/** A configuration with every release of Debian and Ubuntu, with room for how forms write it. */
const mostBytes = 256 * 1024;
const mostFields = 3000;

const root = '/mini_buildd/administration';

/** Pages for administrators. Nothing is applied before its sender agreed to what it comes to. */
export const administrationRoutes = (parts: Parts): Router => {
  const { instance, administration } = parts;
  const router = Router();
  const readBody = express.urlencoded({ extended: false, limit: mostBytes, parameterLimit: mostFields });
  const read = (
    path: string,
    answer: (req: Request, res: Response, visitor: Visitor) => Promise<void> | void,
  ): void => {
    router.get(`${root}${path}`, async (req, res) => {
      const visitor = await administrator(parts, req, res);
      if (visitor !== undefined) await answer(req, res, visitor);
    });
  };
  const change = (path: string, answer: (req: Request, res: Response, visitor: Visitor) => Promise<void>): void => {
    router.post(`${root}${path}`, readBody, async (req: Request, res: Response) => {
      const visitor = await administrator(parts, req, res);
      if (visitor === undefined) return;
      const refused = crossSite(req) ?? (visitor.session === undefined ? undefined : forged(req, visitor.session));
      if (refused !== undefined) return sendProblem(req, res, 403, [refused]);
      await answer(req, res, visitor);
    });
  };

  read('', (_req, res) => sendPage(res, overviewPage(instance, administration.overview())));
  documentRoutes(parts, read, change);
  formRoutes(parts, read, change);
  read('/:section', (req, res) => {
    const model = administration.section(part(req, 'section'));
    return model === undefined ? notThere(req, res) : sendPage(res, sectionPage(instance, model));
  });
  read('/:section/:name', async (req, res, { caller }) => {
    const model = await administration.object(part(req, 'section'), part(req, 'name'), caller);
    return model === undefined ? notThere(req, res) : sendPage(res, objectPage(instance, model));
  });
  return router;
};

type Read = (path: string, answer: (req: Request, res: Response, visitor: Visitor) => Promise<void> | void) => void;
type Change = (path: string, answer: (req: Request, res: Response, visitor: Visitor) => Promise<void>) => void;

const documentRoutes = ({ instance, administration }: Parts, read: Read, change: Change): void => {
  read('/configuration', async (_req, res, { session }) =>
    sendPage(res, documentPage(instance, await administration.document(), formTokenField(session))),
  );
  read('/configuration.yaml', async (_req, res) => {
    res.set({ 'Content-Disposition': `attachment; filename="${instance.name}.yaml"`, 'Cache-Control': 'no-store' });
    res.type('application/yaml').send(await administration.yaml());
  });
  change('/configuration', async (req, res, { caller, session }) => {
    const [text, shown] = [field(req, 'text').replace(/\r\n?/g, '\n'), field(req, '_shown')];
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

const formRoutes = ({ instance, administration }: Parts, read: Read, change: Change): void => {
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
        : sendPage(res, formPage(instance, model, formTokenField(session)));
    }
    const done = await administration.applyForm(sent, agreedBy(req), caller);
    if (done === undefined) return notThere(req, res);
    if (isLeft(done)) return sendPage(res.status(409), formPage(instance, done.left, formTokenField(session)));
    res.redirect(303, objectUrl(sent.section, sent.name));
  };
  read('/add/:section', (req, res, visitor) => open(req, res, visitor, undefined, likeOf(req)));
  change('/add/:section', send);
  read('/:section/:name/edit', (req, res, visitor) => open(req, res, visitor, part(req, 'name'), undefined));
  change('/:section/:name/edit', send);
  change('/check/:section', async (req, res) => {
    const model = await administration.sentForm(sentBy(req));
    if (model === undefined) return notThere(req, res);
    res.set('Cache-Control', 'no-store').json(asTyped(model));
  });
  read('/:section/:name/remove', (req, res, { session }) => {
    const model = administration.removal(part(req, 'section'), part(req, 'name'));
    return model === undefined
      ? notThere(req, res)
      : sendPage(res, removalPage(instance, model, formTokenField(session)));
  });
  change('/:section/:name/remove', async (req, res, { caller, session }) => {
    const [section, name] = [part(req, 'section'), part(req, 'name')];
    const done = await administration.applyRemoval(section, name, agreedBy(req), caller);
    if (done === undefined) return notThere(req, res);
    if (!isLeft(done)) return res.redirect(303, objectUrl(section, name));
    if (done.left === undefined) return notThere(req, res);
    sendPage(res.status(409), removalPage(instance, done.left, formTokenField(session)));
  });
};

/** Who asks, when they administer this instance; else says why not. */
const administrator = async (
  { visitor, instance }: Parts,
  req: Request,
  res: Response,
): Promise<Visitor | undefined> => {
  const found = await visitor(req);
  if (isLeft(found)) {
    turnAway(req, res, instance, found.left, req.originalUrl);
    return undefined;
  }
  const because = denied({ name: 'administration', privilege: 'admin' }, found.right.caller);
  if (because === undefined) return found.right;
  if (found.right.caller.privilege === 'none') askWhoYouAre(req, res, instance, because, req.originalUrl);
  else sendProblem(req, res, 403, [because]);
  return undefined;
};

const part = (req: Request, name: string): string => String(req.params[name] ?? '');

const likeOf = ({ query: { like } }: Request): string | undefined => (typeof like === 'string' ? like : undefined);

const agreedBy = (req: Request): Agreed => ({
  agreed: field(req, '_agreed'),
  force: field(req, '_force') === 'true',
});

/** Fields that begin with `_` are the form's own. */
const sentBy = (req: Request): SentForm => ({
  section: part(req, 'section'),
  name: req.params.name === undefined ? field(req, '_name').trim() : part(req, 'name'),
  isNew: field(req, '_new') === 'true',
  shown: field(req, '_shown'),
  typed: Object.fromEntries(
    Object.entries((req.body ?? {}) as Record<string, unknown>)
      .filter(([name]) => !name.startsWith('_') && name !== 'form_token')
      .map(([name, value]) => [name, [value].flat().map(String)]),
  ),
});

/** What is wrong with each field, and everything else as markup. */
const asTyped = ({ faults, proposal }: FormModel) => ({
  faults: Object.fromEntries(
    faults.flatMap(({ field: name, because: { fact, remedy } }) =>
      name === undefined ? [] : [[name, `${fact}: ${remedy}`]],
    ),
  ),
  general: generalFaults(faults).toString(),
  difference: difference(proposal).toString(),
});

const notThere = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [
    refusal('no-such-object', 'nothing of this name is configured', 'see /mini_buildd/administration'),
  ]);
