import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Api, CommandDescription } from '../../ports/api.ts';
import { sendPage } from './form-body.ts';
import { listAskedBy, narrowingOf } from './list-query.ts';
import { turnAway } from './turn-away.ts';
import { buildsTable } from './views/builds-list.ts';
import type { Html } from './views/html.ts';
import type { Instance } from './views/instance.ts';
import type { BuildsList, RepositoriesList, UploadsList } from './views/list-models.ts';
import { badListPage, listPage } from './views/list-page.ts';
import type { Listed } from './views/listing.ts';
import { repositoriesTable } from './views/repositories-list.ts';
import { uploadsTable } from './views/uploads-list.ts';
import type { Visitor, visitors } from './visitor.ts';

/** A page of what is asked for; the arguments are those of the command of the same name, once they are right. */
export type ListPages = {
  readonly builds: (asked: never) => BuildsList;
  readonly uploads: (asked: never, caller: Caller) => Promise<UploadsList>;
  readonly repositories: (asked: never) => RepositoriesList;
};

type ListParts = {
  readonly api: Pick<Api, 'commands' | 'faults' | 'known'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly lists: ListPages;
};

/** `/mini_buildd/builds`, `/mini_buildd/uploads` and `/mini_buildd/repositories`: as the commands of these names list them, narrowed by what their arguments say. */
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
  return router;
};

type Shown = Omit<Listed<unknown>, 'items'> & { readonly table: Html };

const list = (
  { api, instance, visitor }: ListParts,
  name: string,
  shownBy: (asked: never, caller: Caller) => Shown | Promise<Shown>,
) => {
  const command = api.commands.find((each) => each.name === name);
  return async (req: Request, res: Response): Promise<void> => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    if (command === undefined) throw new Error(`there is no command ${name}`);
    const typed = narrowingOf(command, req.query);
    const form = { command, typed, offered: await offeredBy(api, command, typed, found.right) };
    const asked = listAskedBy(api, command, typed);
    if (isLeft(asked)) sendPage(res.status(400), badListPage(instance, form, asked.left));
    else sendPage(res, listPage(instance, form, await shownBy(asked.right as never, found.right.caller)));
  };
};

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
