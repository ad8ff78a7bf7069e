import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Api, CommandDescription } from '../../ports/api.ts';
import { sendPage } from './form-body.ts';
import { listAskedBy, type Narrowing, narrowingOf } from './list-query.ts';
import type { LivePages } from './live-pages.ts';
import { turnAway } from './turn-away.ts';
import { buildsTable } from './views/builds-list.ts';
import type { Instance } from './views/instance.ts';
import type { BuildsList, MachinesList, RepositoriesList, UploadsList } from './views/list-models.ts';
import { badListPage, type ListForm, listPage, listParts, type ShownList } from './views/list-page.ts';
import { machinesTable } from './views/machines-list.ts';
import { repositoriesTable } from './views/repositories-list.ts';
import { uploadsTable } from './views/uploads-list.ts';
import type { Visitor, visitors } from './visitor.ts';

/** A page of what is asked for; the arguments are those of the command of the same name, once they are right. */
export type ListPages = {
  readonly builds: (asked: never) => BuildsList;
  readonly uploads: (asked: never, caller: Caller) => Promise<UploadsList>;
  readonly repositories: (asked: never) => RepositoriesList;
  readonly machines: (asked: never, caller: Caller) => MachinesList;
};

type ListParts = {
  readonly api: Pick<Api, 'commands' | 'faults' | 'known'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly lists: ListPages;
  readonly live: LivePages;
};

/** Milliseconds. */
const often = 2000;

/**
 * `/mini_buildd/builds`, `/mini_buildd/uploads`, `/mini_buildd/repositories` and `/mini_buildd/machines`: as the commands of these names list them, narrowed by what
 * their arguments say. Machines are kept fresh.
 */
export const listRoutes = (parts: ListParts): Router => {
  const router = Router();
  router.get(
    '/mini_buildd/builds',
    list(parts, 'builds', (asked) => {
      const { items, ...where } = parts.lists.builds(asked);
      return { ...where, table: buildsTable(items) };
    }),
  );
  router.get(
    '/mini_buildd/uploads',
    list(parts, 'uploads', async (asked, caller) => {
      const { items, ...where } = await parts.lists.uploads(asked, caller);
      return { ...where, table: uploadsTable(items) };
    }),
  );
  router.get(
    '/mini_buildd/repositories',
    list(parts, 'repositories', (asked) => {
      const { items, ...where } = parts.lists.repositories(asked);
      return { ...where, table: repositoriesTable(items) };
    }),
  );
  const machines = (asked: never, caller: Caller): ShownList => {
    const { items, ...where } = parts.lists.machines(asked, caller);
    return { ...where, table: machinesTable(items) };
  };
  router.get('/mini_buildd/machines', list(parts, 'machines', machines, true));
  router.get('/mini_buildd/machines/live', liveList(parts, 'machines', machines));
  return router;
};

type ShownBy = (asked: never, caller: Caller) => ShownList | Promise<ShownList>;

type AskedList = {
  readonly command: CommandDescription;
  readonly typed: Narrowing;
  readonly asked: ReturnType<typeof listAskedBy>;
  readonly found: Visitor;
};

/** Answers who asks for a list: what they typed, and what that is to its command. */
const asking = (
  { api, instance, visitor }: ListParts,
  name: string,
  answer: (given: AskedList, req: Request, res: Response) => Promise<void> | void,
) => {
  const command = api.commands.find((each) => each.name === name);
  return async (req: Request, res: Response): Promise<void> => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    if (command === undefined) throw new Error(`there is no command ${name}`);
    const typed = narrowingOf(command, req.query);
    await answer({ command, typed, asked: listAskedBy(api, command, typed), found: found.right }, req, res);
  };
};

const list = (parts: ListParts, name: string, shownBy: ShownBy, isLive = false) =>
  asking(parts, name, async ({ command, typed, asked, found }, _req, res) => {
    const { api, instance } = parts;
    const form: ListForm = { command, typed, offered: await offeredBy(api, command, typed, found) };
    if (isLeft(asked)) sendPage(res.status(400), badListPage(instance, form, asked.left));
    else sendPage(res, listPage(instance, form, await shownBy(asked.right as never, found.caller), isLive));
  });

const liveList = (parts: ListParts, name: string, shownBy: ShownBy) =>
  asking(parts, name, async ({ command, typed, asked, found }, req, res) => {
    const form: ListForm = { command, typed, offered: {} };
    if (isLeft(asked)) return sendPage(res.status(400), badListPage(parts.instance, form, asked.left));
    const now = async ({ caller }: Visitor) => listParts(form, await shownBy(asked.right as never, caller));
    await parts.live(req, res, { visitor: found, key: `${name} ${JSON.stringify(typed)}`, parts: now, often });
  });

/** Values of one argument that a form offers. */
const mostOffered = 60;

const offeredBy = async (
  api: Pick<Api, 'known'>,
  { arguments: known }: CommandDescription,
  given: Readonly<Record<string, string>>,
  { caller }: Visitor,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const all = known.map(async (argument) => {
    const values = await api.known({ argument, typed: '', given, caller });
    return [argument.name, values.slice(0, mostOffered)] as const;
  });
  return Object.fromEntries(await Promise.all(all));
};
