import type { TestContext } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { atWork, form, type Headers } from './accounts-at-work.ts';

/** A browser of the administrator `adam` without JavaScript, on the pages of administration. */
export const browserOf = async (test: TestContext, configuration?: readonly DaemonEvent[]) => {
  const at = await atWork(test, configuration);
  return { ...at, ...(await inBrowser(at, 'adam')) };
};

export const inBrowser = async (
  { url, logIn }: Pick<Awaited<ReturnType<typeof atWork>>, 'url' | 'logIn'>,
  login: string,
) => {
  const { cookie, body } = await logIn(login);
  const headers: Headers = { cookie, accept: 'text/html', origin: url };
  const see = async (path: string) => read(await fetch(`${url}/mini_buildd/administration${path}`, { headers }));
  const send = async (path: string, fields: Typed) =>
    read(
      await fetch(`${url}/mini_buildd/administration${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...headers, ...form },
        body: bodyOf({ form_token: [body.form_token], ...fields }),
      }),
    );
  const live = (path: string) =>
    fetch(`${url}/mini_buildd/administration${path}`, { headers: { cookie, accept: 'text/event-stream' } });
  return { see, send, live };
};

type Typed = Readonly<Record<string, readonly string[]>>;

const bodyOf = (fields: Typed): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ).toString();

const read = async (answer: Response) => ({
  status: answer.status,
  to: answer.headers.get('location'),
  page: await answer.text(),
});

/** What the form on a page would send, as a browser reads it. */
export const typedOn = (page: string): Record<string, string[]> => {
  const typed: Record<string, string[]> = {};
  const add = (name: string, value: string): void => {
    typed[name] = [...(typed[name] ?? []), unescaped(value)];
  };
  for (const [, attributes = ''] of page.matchAll(/<input ([^>]*)>/g)) {
    const name = /\bname="([^"]*)"/.exec(attributes)?.[1];
    const isLeftOut = /type="checkbox"/.test(attributes) && !/\bchecked/.test(attributes);
    if (name !== undefined && !isLeftOut && name !== 'form_token')
      add(name, /\bvalue="([^"]*)"/.exec(attributes)?.[1] ?? '');
  }
  for (const [, name = '', text = ''] of page.matchAll(/<textarea [^>]*\bname="([^"]*)"[^>]*>\n([^<]*)<\/textarea>/g))
    add(name, text);
  for (const [, name = '', options = ''] of page.matchAll(/<select [^>]*\bname="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    add(name, /<option selected>([^<]*)/.exec(options)?.[1] ?? '');
  return typed;
};

export const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
