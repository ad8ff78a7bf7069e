import express, { type Request, type Response, type Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { denied } from '../../domain/account/caller.ts';
import { type Privilege, suffices } from '../../domain/account/privilege.ts';
import { crossSite } from './cross-site.ts';
import { sendPage } from './form-body.ts';
import { forged, formTokenName } from './form-token.ts';
import { sendProblem } from './problem.ts';
import { askWhoYouAre, keptForm, turnAway } from './turn-away.ts';
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
  /** By a form of ours. */
  readonly change: (path: string, answer: Answer) => void;
};

type Parts = { readonly instance: Instance; readonly visitor: ReturnType<typeof visitors> };

/** A configuration with every release of Debian and Ubuntu, with room for how forms write it. */
const mostBytes = 256 * 1024;
const mostFields = 3000;

const root = '/mini_buildd/administration';

export const administratorsOnly = (router: Router, parts: Parts): Doors => {
  const readBody = express.urlencoded({ extended: false, limit: mostBytes, parameterLimit: mostFields });
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
        const visitor = await admitted(parts, req, res, 'admin');
        if (visitor === undefined) return;
        const foreign = crossSite(req);
        if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
        const { session } = visitor;
        const refused = session === undefined ? undefined : forged(req, session);
        if (session === undefined || refused === undefined) return answer(req, res, visitor);
        if (wanted(req) !== 'html') return sendProblem(req, res, 403, [refused]);
        // A form of ours that is open since before somebody logged in anew: it is for its reader to send once more.
        const why = 'The form is none of this session';
        sendPage(res.status(403), resumedPage(parts.instance, req.originalUrl, wholeForm(req), session, why));
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
  const kept = typedBefore(req);
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

/** A session may end in the middle of a form. What was agreed to has to be agreed to again. */
const typedBefore = (req: Request): Readonly<Record<string, string>> | undefined => {
  if (req.method !== 'POST' || req.body === undefined) return undefined;
  return { [keptForm]: wholeForm(req) };
};

/** All that was typed, as forms write it. */
const wholeForm = (req: Request): string => {
  const fields = Object.entries((req.body ?? {}) as Record<string, unknown>)
    .filter(([name]) => name !== formTokenName && name !== '_step' && name !== '_agreed')
    .flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)]));
  return new URLSearchParams(fields).toString();
};
