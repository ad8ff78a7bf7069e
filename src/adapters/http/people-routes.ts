import { type Request, Router } from 'express';
import type { Caller } from '../../domain/account/caller.ts';
import { suffices } from '../../domain/account/privilege.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Administration } from './administration.ts';
import { administratorsOnly, type Doors } from './administrators-only.ts';
import { sendPage } from './form-body.ts';
import type { LivePages } from './live-pages.ts';
import { sendProblem } from './problem.ts';
import { builderPage } from './views/administration/builder-page.ts';
import type { AdministrationReader } from './views/administration/frame.ts';
import { nodePage, remotePage, uploaderPage, webhookPage } from './views/administration/known-pages.ts';
import { askedOfLists } from './views/administration/lists.ts';
import {
  machinesPage,
  machinesParts,
  notificationsPage,
  notificationsParts,
} from './views/administration/machines-pages.ts';
import {
  accountPage,
  accountsPage,
  accountsParts,
  uploadersPage,
  uploadersParts,
} from './views/administration/people-pages.ts';
import type { Shown } from './views/administration/shown.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor, visitors } from './visitor.ts';

type Parts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly administration: Administration;
  readonly live: LivePages;
};

/** Builders are heard of by their own clocks, mails by the minute; people do what they do by events. Milliseconds. */
const often = 15_000;

/** People, machines and notifications: what is not declared, and changed by commands. Each page has what keeps it fresh below it, at `live`. */
export const peopleRoutes = (parts: Parts): Router => {
  const { instance, administration } = parts;
  const router = Router();
  const doors = administratorsOnly(router, parts);
  const shows = (
    door: Doors[keyof Doors],
    path: string,
    missing: Refusal,
    shown: (req: Request, visitor: Visitor) => Promise<Shown | undefined>,
  ): void => {
    door(path, async (req, res, visitor) => {
      const found = await shown(req, visitor);
      return found === undefined ? sendProblem(req, res, 404, [missing]) : sendPage(res, found.page());
    });
    door(`${path}/live`, async (req, res, visitor) => {
      if ((await shown(req, visitor)) === undefined) return sendProblem(req, res, 404, [missing]);
      const fresh = async (who: Visitor) => (await shown(req, who))?.parts;
      await parts.live(req, res, { visitor, key: req.originalUrl, parts: fresh, often });
    });
  };
  const { read, readAsStaff } = doors;
  shows(read, '/accounts', noAccount, async ({ query }) => {
    const asked = askedOfLists(query);
    const accounts = await administration.accounts(asked.name);
    return { page: () => accountsPage(instance, accounts, asked), parts: accountsParts(accounts, asked) };
  });
  shows(readAsStaff, '/uploaders', noAccount, async ({ query }, { caller }) => {
    const [reader, asked] = [readerOf(caller), askedOfLists(query)];
    const model = await administration.uploaders(asked.name);
    return {
      page: () => uploadersPage(instance, model, reader, asked),
      parts: uploadersParts(model, reader, asked),
    };
  });
  shows(read, '/builders', nothing('builder'), async ({ query }) => {
    const asked = askedOfLists(query);
    const model = administration.machines(asked.name);
    return { page: () => machinesPage(instance, model, asked), parts: machinesParts(model, asked) };
  });
  shows(read, '/notifications', nothing('notification'), async ({ query }) => {
    const asked = askedOfLists(query);
    const model = await administration.notifications(asked.name);
    return { page: () => notificationsPage(instance, model, asked), parts: notificationsParts(model, asked) };
  });
  shows(read, '/accounts/:name', noAccount, async (req, { caller }) => {
    const model = await administration.account(nameIn(req), caller);
    return model && accountPage(instance, model);
  });
  shows(readAsStaff, '/uploaders/:name', noAccount, async (req, { caller }) => {
    const model = await administration.uploader(nameIn(req), caller);
    return model && uploaderPage(instance, nameIn(req), model, readerOf(caller));
  });
  shows(read, '/remotes/:name', nothing('remote'), async (req, { caller }) => {
    const model = await administration.remote(nameIn(req), caller);
    return model && remotePage(instance, nameIn(req), model);
  });
  shows(read, '/builder/:name', nothing('builder'), async (req, { caller }) => {
    const model = await administration.builder(nameIn(req), caller);
    return model && builderPage(instance, nameIn(req), model);
  });
  shows(read, '/nodes/:name', nothing('node'), async (req, { caller }) => {
    const model = await administration.node(nameIn(req), caller);
    return model && nodePage(instance, nameIn(req), model);
  });
  shows(read, '/webhooks/:name', nothing('webhook'), async (req, { caller }) => {
    const model = await administration.webhook(nameIn(req), caller);
    return model && webhookPage(instance, nameIn(req), model);
  });
  return router;
};

const readerOf = ({ privilege }: Caller): AdministrationReader => (suffices(privilege, 'admin') ? 'admin' : 'staff');

const nameIn = ({ params: { name } }: Request): string => String(name ?? '');

const nothing = (noun: string) =>
  refusal('no-such-object', `there is no ${noun} of this name, and never was`, 'see /mini_buildd/administration');

const noAccount = refusal(
  'no-user',
  'there is no account of this id',
  'see /mini_buildd/administration/accounts for all of them',
);
