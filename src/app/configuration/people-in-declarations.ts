import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { AccountId } from '../../domain/account/events.ts';
import { LoginName } from '../../domain/account/person.ts';
import type { Declaration } from '../../domain/configuration/declaration/declare.ts';
import { type Fields, isFields } from '../../domain/configuration/declaration/kinds.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { People } from '../../ports/people.ts';

/** Documents name people by their logins, events by their accounts. Who has been erased keeps an id that opens nothing. */
export const withLogins = (declaration: Declaration, people: People): Promise<Declaration> =>
  eachNotified(declaration, async (notify) =>
    Promise.all(notify.map(async (id) => (AccountId.is(id) ? ((await people.byAccount(id))?.login ?? id) : id))),
  ) as Promise<Declaration>;

/** The document with accounts for logins; `left` names those nobody has. */
export const withAccounts = async (document: unknown, people: People): Promise<Either<readonly Refusal[], unknown>> => {
  const strangers: string[] = [];
  const meant = await eachNotified(document, (notify) =>
    Promise.all(
      notify.map(async (name) => {
        const account = LoginName.is(name) ? (await people.byLogin(name))?.account : undefined;
        if (account === undefined && !AccountId.is(name)) strangers.push(String(name).slice(0, 80));
        return account ?? name;
      }),
    ),
  );
  return strangers.length === 0
    ? right(meant)
    : left(
        strangers.map((name) =>
          refusal(
            'unknown-person',
            `notify names "${name}", and nobody has that login`,
            'name a login; for an address without one, add an account: user add LOGIN --email ADDRESS',
          ),
        ),
      );
};

/** Goes to the two places where a declaration names people. */
const eachNotified = async (
  document: unknown,
  change: (notify: readonly unknown[]) => Promise<readonly unknown[]>,
): Promise<unknown> => {
  if (!isFields(document)) return document;
  const changed = async (fields: unknown): Promise<unknown> =>
    isFields(fields) && Array.isArray(fields.notify) ? { ...fields, notify: await change(fields.notify) } : fields;
  const { instance, repositories } = document;
  return {
    ...document,
    ...(instance === undefined ? {} : { instance: await changed(instance) }),
    ...(isFields(repositories) ? { repositories: await eachOf(repositories, changed) } : {}),
  };
};

const eachOf = async (fields: Fields, change: (value: unknown) => Promise<unknown>): Promise<Fields> =>
  Object.fromEntries(
    await Promise.all(Object.entries(fields).map(async ([name, value]) => [name, await change(value)] as const)),
  );
