import type { Request, Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { denied } from '../../domain/account/caller.ts';
import { type Privilege, suffices } from '../../domain/account/privilege.ts';
import { crossSite } from './cross-site.ts';
import { sendPage } from './form-body.ts';
import { forged } from './form-token.ts';
import { asWholeForm, bodyKept, keptWhole, readFormOrKept } from './kept-form.ts';
import { sendProblem } from './problem.ts';
import { askWhoYouAre, turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import { resumedPage } from './views/resumed-page.ts';
import type { Visitor, visitors } from './visitor.ts';
import { wanted } from './wanted.ts';

type Answer = (req: Request, res: Response, visitor: Visitor) => Promise<void> | void;

/** Ways in for administrators, below `/mini_buildd/administration`. */
export type Doors = {
  readonly read: (path: string, answer: Answer) => void;
  /** Which staff may read as well. */
  readonly readAsStaff: (path: string, answer: Answer) => void;
  /** By a form of ours. Nothing is done but by one that says that it was agreed to (`_step=apply`): one that was kept while its sender logged in never does. */
  readonly change: (path: string, answer: Answer) => void;
};

type Parts = { readonly instance: Instance; readonly visitor: ReturnType<typeof visitors> };

/** A configuration with every release of Debian and Ubuntu, with room for how forms write it. */
const mostBytes = 256 * 1024;
const mostFields = 3000;

const root = '/mini_buildd/administration';

export const administratorsOnly = (router: Router, parts: Parts): Doors => {
  const readBody = readFormOrKept(mostBytes, mostFields);
  const read = (path: string, answer: Answer, privilege: Privilege): void => {
    router.get(`${root}${path}`, async (req, res) => {
      const visitor = await admitted(parts, req, res, privilege);
      if (visitor !== undefined) await answer(req, res, visitor);
    });
  };
  return {
    read: (path, answer) => read(path, answer, 'admin'),
    readAsStaff: (path, answer) => read(path, answer, 'staff'),
    change: (path, answer) => {
      router.post(`${root}${path}`, readBody, async (req: Request, res: Response) => {
        const kept = bodyKept(req);
        if (kept !== undefined) req.body = kept;
        const visitor = await admitted(parts, req, res, 'admin');
        if (visitor === undefined) return;
        const foreign = crossSite(req);
        if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
        const { session } = visitor;
        const refused = session === undefined || kept !== undefined ? undefined : forged(req, session);
        if (session === undefined || refused === undefined) return answer(req, res, visitor);
        if (wanted(req) !== 'html') return sendProblem(req, res, 403, [refused]);
        // A form of ours that is open since before somebody logged in anew: it is for its reader to send once more.
        sendPage(res.status(403), resumedPage(parts.instance, req.originalUrl, asWholeForm(req), session));
      });
    },
  };
};

/** Who asks, when they may; else says why not. */
const admitted = async (
  { visitor, instance }: Parts,
  req: Request,
  res: Response,
  privilege: Privilege,
): Promise<Visitor | undefined> => {
  const found = await visitor(req);
  // A session may end in the middle of a form.
  const kept = req.method === 'POST' && req.body !== undefined ? keptWhole(req) : undefined;
  if (isLeft(found)) {
    turnAway(req, res, instance, found.left, req.originalUrl, kept);
    return undefined;
  }
  const because = denied({ name: 'administration', privilege }, found.right.caller);
  if (because === undefined) return found.right;
  if (found.right.caller.privilege === 'none') askWhoYouAre(req, res, instance, because, req.originalUrl, kept);
  else if (req.path === root && suffices(found.right.caller.privilege, 'staff')) res.redirect(303, `${root}/uploaders`);
  else sendProblem(req, res, 403, [because]);
  return undefined;
};
