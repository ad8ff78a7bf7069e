import { type Request, Router } from 'express';
import { suffices } from '../../domain/account/privilege.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Administration } from './administration.ts';
import { administratorsOnly } from './administrators-only.ts';
import { sendPage } from './form-body.ts';
import { sendProblem } from './problem.ts';
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
    sendPage(
      res,
      uploadersPage(
        instance,
        await administration.uploaders(),
        suffices(caller.privilege, 'admin') ? 'admin' : 'staff',
      ),
    ),
  );
  read('/builders', (_req, res) => sendPage(res, machinesPage(instance, administration.machines())));
  read('/notifications', async (_req, res) =>
    sendPage(res, notificationsPage(instance, await administration.notifications())),
  );
  return router;
};

const accountIn = ({ params: { account } }: Request): string => String(account ?? '');

const noAccount = refusal(
  'no-user',
  'there is no account of this id',
  'see /mini_buildd/administration/accounts for all of them',
);
