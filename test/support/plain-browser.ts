import assert from 'node:assert/strict';

/** What a browser without scripts shows. */
export type Shown = {
  readonly status: number;
  readonly path: string;
  readonly page: string;
  /** What the form that is sent to `action` holds as it is now. */
  readonly fields: (action: string) => Readonly<Record<string, string>>;
};

/** A browser without scripts: it keeps cookies, follows redirects and sends forms as they stand, with what is typed into them. */
export const plainBrowser = (url: string) => {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Shown> => {
    const answer = await fetch(url + path, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html,application/xhtml+xml',
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split('=') ?? [];
      if (set.includes('Max-Age=0')) cookies.delete(name);
      else cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next !== null) return answer.status === 307 ? ask(next, init) : ask(next);
    const page = await answer.text();
    return { status: answer.status, path, page, fields: (action) => fieldsOf(page, action) };
  };
  const post = (
    path: string,
    fields: Readonly<Record<string, string>> | [string, string][],
    headers = {},
  ): Promise<Shown> =>
    ask(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: url, 'sec-fetch-site': 'same-origin', ...headers },
    });
  return {
    open: (path: string) => ask(path),
    /** By a link on that page: browsers say where they come from. */
    follow: (shown: Shown, path: string) => ask(path, { headers: { referer: url + shown.path } }),
    post,
    /** Sends the form of a page that is sent to `action`, with what is typed into it. */
    send: (shown: Shown, action: string, typed: Readonly<Record<string, string>> = {}) =>
      post(action, { ...shown.fields(action), ...typed }),
    forgetCookies: () => cookies.clear(),
  };
};

const fieldsOf = (page: string, action: string): Readonly<Record<string, string>> => {
  const form = [...page.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].find(
    ([, to]) => to === action,
  )?.[2];
  assert.ok(form !== undefined, `no form is sent to ${action} in: ${page}`);
  const inputs = [...form.matchAll(/<input ([^>]*)>/g)]
    .map(([, attributes = '']) => attributes)
    .filter((attributes) => !attributes.includes('type="checkbox"') || / checked/.test(attributes))
    .map((attributes) => [attribute(attributes, 'name'), attribute(attributes, 'value')] as const);
  const texts = [...form.matchAll(/<textarea ([^>]*)>\n([\s\S]*?)<\/textarea>/g)].map(
    ([, attributes = '', text = '']) => [attribute(attributes, 'name'), unescaped(text)] as const,
  );
  const choices = [...form.matchAll(/<select ([^>]*)>([\s\S]*?)<\/select>/g)].map(
    ([, attributes = '', options = '']) =>
      [attribute(attributes, 'name'), unescaped(/<option selected>([^<]*)/.exec(options)?.[1] ?? '')] as const,
  );
  return Object.fromEntries([...inputs, ...texts, ...choices]);
};

const attribute = (attributes: string, name: string): string =>
  unescaped(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');

const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
