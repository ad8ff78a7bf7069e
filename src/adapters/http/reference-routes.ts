import { Router } from 'express';
import type { Api } from '../../ports/api.ts';
import { commandIndex } from './command-index.ts';
import { sendPage } from './form-body.ts';
import { commandPath, openApi } from './open-api.ts';
import { sendProblem } from './problem.ts';
import { unknownCommand } from './refusal-status.ts';
import type { Instance } from './views/instance.ts';
import { commandReferencePage, referencePage } from './views/reference-pages.ts';

/** `/mini_buildd/reference`: the OpenAPI document for people, a page for each command. The same for everybody but for its head. */
export const referenceRoutes = (api: Api, instance: Instance): Router => {
  const router = Router();
  const index = () => commandIndex(api, instance.name);
  router.get('/mini_buildd/reference', (_req, res) => {
    sendPage(res, referencePage(instance, openApi(index(), instance.version, api.commands), api.commands));
  });
  router.get('/mini_buildd/reference/:command', (req, res) => {
    const command = api.commands.find(({ name }) => name === req.params.command);
    const described = index().commands.find(({ name }) => name === req.params.command);
    if (command === undefined || described === undefined)
      return sendProblem(req, res, 404, [unknownCommand(String(req.params.command), api)]);
    sendPage(res, commandReferencePage(instance, commandPath(described), command));
  });
  return router;
};
