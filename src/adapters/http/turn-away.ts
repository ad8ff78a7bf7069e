import type { Request, Response } from 'express';
import type { Refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import { sendPage } from './form-body.ts';
import type { Kept } from './kept-form.ts';
import { sendProblem } from './problem.ts';
import { loginPage } from './views/account-pages.ts';
import type { Instance } from './views/instance.ts';
import { wanted } from './wanted.ts';

/**
 * 429 for who tried too often, else 401. A browser gets the page to log in with, and goes on to `next` from there; `kept` is what was
 * typed into the form there, which is filled in again.
 */
export const turnAway = (
  req: Request,
  res: Response,
  instance: Instance,
  { because, retryAfter }: TurnedAway,
  next: string,
  kept?: Kept,
): void => {
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  if (retryAfter === undefined) askWhoYouAre(req, res, instance, because, next, kept);
  else if (kept === undefined || wanted(req) !== 'html') sendProblem(req, res, 429, [because]);
  else sendPage(res.status(429), loginPage(instance, { next, because, kept }));
};

/** Browsers are not told of `Basic`: they would ask by a window of their own, and never forget. */
export const askWhoYouAre = (
  req: Request,
  res: Response,
  instance: Instance,
  because: Refusal,
  next: string,
  kept?: Kept,
): void => {
  res.append('WWW-Authenticate', 'Bearer realm="mini-buildd"');
  if (wanted(req) === 'html') {
    sendPage(res.status(401), loginPage(instance, { next, because, kept }));
    return;
  }
  res.append('WWW-Authenticate', 'Basic realm="mini-buildd", charset="UTF-8"');
  sendProblem(req, res, 401, [because]);
};
