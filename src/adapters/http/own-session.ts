import type { Request, Response } from 'express';
import { refusal } from '../../domain/refusal.ts';
import { crossSite } from './cross-site.ts';
import { forged } from './form-token.ts';
import { sendProblem } from './problem.ts';
import type { SessionCookie } from './session-cookie.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';

/** The session that this browser asks with by a form of ours; `undefined` when an answer was sent already. */
export const ownSession = (
  { cookie, instance }: { readonly cookie: SessionCookie; readonly instance: Instance },
  req: Request,
  res: Response,
): string | undefined => {
  const session = cookie.read(req);
  const refused = crossSite(req) ?? (session && forged(req, session)) ?? undefined;
  if (refused) sendProblem(req, res, 403, [refused]);
  else if (session === undefined) turnAway(req, res, instance, notLoggedIn, '/mini_buildd/account');
  else return session;
  return undefined;
};

export const notLoggedIn = {
  because: refusal('needs-privilege', 'nobody is logged in here', 'log in'),
  retryAfter: undefined,
};
