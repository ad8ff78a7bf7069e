import { type Request, Router } from 'express';
import type { Caller } from '../../domain/account/caller.ts';
import { suffices } from '../../domain/account/privilege.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Administration } from './administration.ts';
import { administratorsOnly } from './administrators-only.ts';
import { sendPage } from './form-body.ts';
import { sendProblem } from './problem.ts';
import { nodePage, remotePage, uploaderPage, webhookPage } from './views/administration/known-pages.ts';
import { machinesPage, notificationsPage } from './views/administration/machines-pages.ts';
import { accountPage, accountsPage, uploadersPage } from './views/administration/people-pages.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

type Parts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly administration: Administration;
};

/** People, machines and notifications: what is not declared, and changed by commands. */
export const peopleRoutes = (parts: Parts): Router => {
  const { instance, administration } = parts;
  const router = Router();
  const { read, readAsStaff } = administratorsOnly(router, parts);
  read('/accounts', async (_req, res) => sendPage(res, accountsPage(instance, await administration.accounts())));
  read('/accounts/:account', async (req, res, { caller }) => {
    const model = await administration.account(accountIn(req), caller);
    if (model === undefined) return sendProblem(req, res, 404, [noAccount]);
    sendPage(res, accountPage(instance, model));
  });
  readAsStaff('/uploaders', async (_req, res, { caller }) =>
    sendPage(res, uploadersPage(instance, await administration.uploaders(), readerOf(caller))),
  );
  readAsStaff('/uploaders/:name', async (req, res, { caller }) => {
    const model = await administration.uploader(nameIn(req), caller);
    if (model === undefined) return sendProblem(req, res, 404, [noAccount]);
    sendPage(res, uploaderPage(instance, nameIn(req), model, readerOf(caller)));
  });
  read('/remotes/:name', async (req, res, { caller }) => {
    const model = await administration.remote(nameIn(req), caller);
    if (model === undefined) return sendProblem(req, res, 404, [nothing('remote')]);
    sendPage(res, remotePage(instance, nameIn(req), model));
  });
  read('/nodes/:name', async (req, res, { caller }) => {
    const model = await administration.node(nameIn(req), caller);
    if (model === undefined) return sendProblem(req, res, 404, [nothing('node')]);
    sendPage(res, nodePage(instance, nameIn(req), model));
  });
  read('/webhooks/:name', async (req, res, { caller }) => {
    const model = await administration.webhook(nameIn(req), caller);
    if (model === undefined) return sendProblem(req, res, 404, [nothing('webhook')]);
    sendPage(res, webhookPage(instance, nameIn(req), model));
  });
  read('/builders', (_req, res) => sendPage(res, machinesPage(instance, administration.machines())));
  read('/notifications', async (_req, res) =>
    sendPage(res, notificationsPage(instance, await administration.notifications())),
  );
  return router;
};

const readerOf = ({ privilege }: Caller) => (suffices(privilege, 'admin') ? 'admin' : 'staff');

const nameIn = ({ params: { name } }: Request): string => String(name ?? '');

const nothing = (noun: string) =>
  refusal('no-such-object', `there is no ${noun} of this name, and never was`, 'see /mini_buildd/administration');

const accountIn = ({ params: { account } }: Request): string => String(account ?? '');

const noAccount = refusal(
  'no-user',
  'there is no account of this id',
  'see /mini_buildd/administration/accounts for all of them',
);
