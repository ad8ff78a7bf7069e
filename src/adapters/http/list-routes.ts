import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Api, CommandDescription } from '../../ports/api.ts';
import { sendPage } from './form-body.ts';
import { listAskedBy, type Narrowing, narrowingOf } from './list-query.ts';
import type { LivePages } from './live-pages.ts';
import type { Pulse } from './pulse.ts';
import { sparing } from './sparing.ts';
import { turnAway } from './turn-away.ts';
import { buildsTable } from './views/builds-list.ts';
import type { Instance } from './views/instance.ts';
import type { BuildsList, MachinesList, RepositoriesList, UploadsList } from './views/list-models.ts';
import { badListPage, type ListForm, listLivePath, listPage, listParts, type ShownList } from './views/list-page.ts';
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
  readonly changes: Pulse;
};

type ShownBy = (asked: never, caller: Caller) => ShownList | Promise<ShownList>;

/** What stands in a list, and after how many milliseconds it may read otherwise though nothing happened. */
type LiveList = { readonly shownBy: ShownBy; readonly often: number };

const liveLists = (lists: ListPages): Readonly<Record<keyof ListPages, LiveList>> => ({
  builds: {
    often: 15_000,
    shownBy: (asked) => {
      const { items, ...where } = lists.builds(asked);
      return { ...where, table: buildsTable(items) };
    },
  },
  uploads: {
    often: 60_000,
    shownBy: async (asked, caller) => {
      const { items, ...where } = await lists.uploads(asked, caller);
      return { ...where, table: uploadsTable(items) };
    },
  },
  repositories: {
    often: 60_000,
    shownBy: (asked) => {
      const { items, ...where } = lists.repositories(asked);
      return { ...where, table: repositoriesTable(items) };
    },
  },
  machines: {
    often: 2000,
    shownBy: (asked, caller) => {
      const { items, ...where } = lists.machines(asked, caller);
      return { ...where, table: machinesTable(items) };
    },
  },
});

/**
 * `/mini_buildd/builds`, `/mini_buildd/uploads`, `/mini_buildd/repositories` and `/mini_buildd/machines`: as the commands of these names list them, narrowed by what
 * their arguments say, and kept fresh.
 */
export const listRoutes = (parts: ListParts): Router => {
  const router = Router();
  for (const [name, { shownBy, often }] of Object.entries(liveLists(parts.lists))) {
    router.get(`/mini_buildd/${name}`, list(parts, name, shownBy));
    router.get(listLivePath(name), liveList(parts, name, shownBy, often));
  }
  return router;
};

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

const list = (parts: ListParts, name: string, shownBy: ShownBy) =>
  asking(parts, name, async ({ command, typed, asked, found }, _req, res) => {
    const { api, instance } = parts;
    const form: ListForm = { command, typed, offered: await offeredBy(api, command, typed, found) };
    if (isLeft(asked)) sendPage(res.status(400), badListPage(instance, form, asked.left));
    else sendPage(res, listPage(instance, form, await shownBy(asked.right as never, found.caller)));
  });

const liveList = (parts: ListParts, name: string, shownBy: ShownBy, often: number) =>
  asking(parts, name, async ({ command, typed, asked, found }, req, res) => {
    const form: ListForm = { command, typed, offered: {} };
    if (isLeft(asked)) return sendPage(res.status(400), badListPage(parts.instance, form, asked.left));
    const { changes, timed } = sparing(parts.changes, often);
    const now = timed(async ({ caller }: Visitor) => listParts(form, await shownBy(asked.right as never, caller)));
    const key = `${name} ${JSON.stringify(typed)}`;
    await parts.live(req, res, { visitor: found, key, parts: now, changes, often });
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
