import type { Request, Response } from 'express';
import type { Refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import { sendProblem } from './problem.ts';
import { loginPage } from './views/account-pages.ts';
import type { Instance } from './views/instance.ts';
import { wanted } from './wanted.ts';

/** 429 for who tried too often, else 401. A browser gets the page to log in with, and goes on to `next` from there. */
export const turnAway = (
  req: Request,
  res: Response,
  instance: Instance,
  { because, retryAfter }: TurnedAway,
  next: string,
): void => {
  if (retryAfter !== undefined) {
    res.set('Retry-After', String(retryAfter));
    sendProblem(req, res, 429, [because]);
    return;
  }
  askWhoYouAre(req, res, instance, because, next);
};

/** Browsers are not told of `Basic`: they would ask by a window of their own, and never forget. */
export const askWhoYouAre = (req: Request, res: Response, instance: Instance, because: Refusal, next: string): void => {
  res.append('WWW-Authenticate', 'Bearer realm="mini-buildd"');
  if (wanted(req) === 'html') {
    res
      .status(401)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(loginPage(instance, next, because));
    return;
  }
  res.append('WWW-Authenticate', 'Basic realm="mini-buildd", charset="UTF-8"');
  sendProblem(req, res, 401, [because]);
};
