import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { suffices } from '../../domain/account/privilege.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Uploaders } from './bringers.ts';
import { sendPage } from './form-body.ts';
import type { LivePages } from './live-pages.ts';
import { askWhoYouAre, turnAway } from './turn-away.ts';
import type { WorkModel } from './views/home-model.ts';
import { Html } from './views/html.ts';
import { incomingPage, incomingParts } from './views/incoming-page.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor, visitors } from './visitor.ts';

type ArrivingParts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly uploaders: Uploaders;
  /** Uploads on their way. Their names are anybody's word before a signature was seen: only who looks after the instance is told. */
  readonly arriving: (mayKnowNames: boolean) => readonly WorkModel[];
  /** The table of the last packages, as markup. */
  readonly lastPackages: () => string;
  readonly live: LivePages;
};

/** How much has come is told as it comes. Milliseconds. */
const often = 15_000;

/** `/mini_buildd/upload`, a form for files, with what comes in by any door; and `live` below it. */
export const arrivingRoutes = ({
  instance,
  visitor,
  uploaders,
  arriving,
  lastPackages,
  live,
}: ArrivingParts): Router => {
  const router = Router();
  const partsFor = ({ caller }: Visitor) =>
    incomingParts(arriving(suffices(caller.privilege, 'staff')), new Html(lastPackages()));
  const readBy =
    (answer: (req: Request, res: Response, who: Visitor) => Promise<void> | void) =>
    async (req: Request, res: Response): Promise<void> => {
      const found = await visitor(req);
      if (isLeft(found)) turnAway(req, res, instance, found.left, req.originalUrl);
      else if (uploaders === 'known' && found.right.caller.shown === 'nothing')
        askWhoYouAre(req, res, instance, toUpload, '/mini_buildd/upload');
      else await answer(req, res, found.right);
    };
  router.get(
    '/mini_buildd/upload',
    readBy((_req, res, who) => sendPage(res, incomingPage(instance, partsFor(who)))),
  );
  router.get(
    '/mini_buildd/upload/live',
    readBy((req, res, who) =>
      live(req, res, { visitor: who, key: 'upload', parts: async (by) => partsFor(by), often }),
    ),
  );
  return router;
};

const toUpload = refusal('needs-login', 'this instance takes uploads by HTTP only of who shows who they are', 'log in');
