import { Router } from 'express';
import { sendPage } from './form-body.ts';
import { manual, searched } from './manual.ts';
import type { Instance } from './views/instance.ts';
import { chapterPage, foundInManualPage } from './views/manual-page.ts';

/** `/mini_buildd/doc/`: the manual, chapter by chapter, and a search of it. */
export const manualRoutes = (instance: Instance): Router => {
  const router = Router();
  // Now and not with the first reader: a part of the program that is missing is missed at its start.
  const chapters = manual();
  router.get('/mini_buildd/doc/search', ({ query: { words } }, res) => {
    const sought = typeof words === 'string' ? words.slice(0, 100) : '';
    const found = searched(sought.split(/\s+/).filter((word) => word !== ''));
    sendPage(res, foundInManualPage(instance, chapters, sought, found));
  });
  router.get(['/mini_buildd/doc/', '/mini_buildd/doc/:chapter'], ({ params: { chapter = '' } }, res, next) => {
    const found = chapters.find(({ url }) => url === `/mini_buildd/doc/${chapter}`);
    if (found === undefined) return next();
    sendPage(res, chapterPage(instance, chapters, found));
  });
  return router;
};
