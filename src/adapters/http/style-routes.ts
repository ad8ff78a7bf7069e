import { Router } from 'express';
import { sendPage } from './form-body.ts';
import type { Instance } from './views/instance.ts';
import { stylePage } from './views/style-page.ts';

/** `/mini_buildd/style`: every part that pages are made of. */
export const styleRoutes = (instance: Instance): Router =>
  Router().get('/mini_buildd/style', (_req, res) => sendPage(res, stylePage(instance)));
