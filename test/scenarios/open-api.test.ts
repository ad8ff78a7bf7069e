import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { isLeft } from 'fp-ts/lib/Either.js';
import { atWork, basic, type Headers, json } from '../support/accounts-at-work.ts';
import { sourceUpload } from '../support/source-upload.ts';

type Schema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly string[];
};
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
};
type Operation = {
  readonly operationId?: string;
  readonly security: readonly object[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: Schema } };
};

/** Ways in that the document leaves to others, and to whom. */
const leftOut: Readonly<Record<string, RegExp>> = {
  'the pages and forms of people, and what keeps them fresh':
    /^(?:GET|POST) \/mini_buildd(?:$|\/(?:live|commands|reference|login|logout|account|register|reset|link|statistics|style|doc|packages|repositories|history|uploads|builds|machines|lists|administration)(?:$|\/| )(?!.*(?:\/log|\/files\/|configuration\.yaml)))/,
  'the log of a build as its page follows it': /^GET \/mini_buildd\/builds\/:build\/log\/live$/,
  'the log of a chroot as its page shows it (programs ask the command)':
    /^GET \/mini_buildd\/administration\/chroots\/:name\/log$/,
  'the page of uploads, its verdict, and what becomes of it (programs ask the command)':
    /^GET \/mini_buildd\/upload(?:$| |\/)/,
  'the machines of one instance': /^(?:GET|HEAD|PUT|POST) \/mini_buildd\/nodes\//,
  'browsers, of pages': /^GET (?:\/$|\/favicon\.ico|\/mini_buildd\/assets\/)/,
  'any command, each of which is described': /^ALL \/mini_buildd\/api\/:command$/,
};

const described = (path: string): string =>
  path.replace(/:(\w+)/g, '{$1}').replace('/log{/*path}', '/log/{repository}/{source}/{version}/{architecture}/{file}');

/** What is published of an instance that holds hello, with its build's id in place of the one that is made up. */
const walked = async (test: Pick<TestContext, 'after'>) => {
  const at = await atWork(test as TestContext);
  await at.daemon.uploads(sourceUpload());
  await at.daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  const answer = await fetch(`${at.url}/mini_buildd/api/openapi.json`);
  const document = (await answer.json()) as Document;
  const index = await (await fetch(`${at.url}/mini_buildd/api?output=json`)).json();
  return { ...at, document, commands: index.commands as readonly Described[] };
};
type Described = {
  readonly name: string;
  readonly privilege: string;
  readonly changes: boolean;
  readonly needsConfirmation: boolean;
  readonly arguments: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly fallback: string | null;
    readonly type: string;
    readonly words: readonly string[] | null;
    readonly looks: readonly string[];
  }[];
};

const commandAt = ({ paths }: Document, name: string) =>
  paths[`/mini_buildd/api/${name}`] ?? assert.fail(`${name} is not described`);

/** Whoever may ask anything. */
const everybodys = (operation: Operation): Headers =>
  operation.security.some((way) => Object.keys(way).length === 0) ? {} : basic('adam');

const isProblem = (said: Readonly<Record<string, unknown>>, { required = [], properties = {} }: Schema): void => {
  for (const name of required) assert.ok(name in said, `a problem without ${name}`);
  for (const [name, value] of Object.entries(said)) {
    const type = properties[name]?.type;
    assert.ok(type !== undefined, `a problem says ${name}, which is not described`);
    assert.ok(
      type === 'array' ? Array.isArray(value) : type === (typeof value === 'number' ? 'integer' : typeof value),
      name,
    );
  }
};

const called = async (
  url: string,
  path: string,
  method: string,
  given: readonly (readonly [Parameter, unknown])[],
  headers: Headers = {},
) => {
  const place = given.reduce(
    (at, [{ name }, value]) => at.replace(`{${name}}`, encodeURIComponent(String(value))),
    path,
  );
  const asked = new URLSearchParams(
    given.flatMap(([{ name, in: where }, value]) => (where === 'query' ? [[name, String(value)]] : [])),
  );
  const leaving = new AbortController();
  const answer = await fetch(`${url}${place}?${asked}`, {
    method: method.toUpperCase(),
    headers,
    signal: leaving.signal,
  });
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const said = type === 'text/event-stream' ? '' : await answer.text();
  leaving.abort();
  return { status: answer.status, type, said, asked: `${method} ${place}?${asked}` };
};

describe('The OpenAPI document of an instance', () => {
  let at: Awaited<ReturnType<typeof walked>>;
  const ends: (() => unknown)[] = [];
  after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  before(async () => {
    at = await walked({ after: (end: () => unknown) => void ends.push(end) } as never);
  });

  it('is one by the rules of OpenAPI 3.1, and names no operation twice', async () => {
    const { valid, errors } = await new Validator().validate({ ...at.document });
    assert.ok(valid, JSON.stringify(errors));
    const ids = Object.values(at.document.paths).flatMap((item) =>
      Object.values(item).flatMap(({ operationId = [] }) => operationId),
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  it('describes each command of the table: by which methods, with which arguments, for whom', () => {
    assert.ok(at.commands.length > 50);
    for (const command of at.commands) {
      const item = commandAt(at.document, command.name);
      const isLook = !command.changes || command.arguments.some(({ looks }) => looks.length > 0);
      assert.deepEqual(Object.keys(item), isLook ? ['get', 'post'] : ['post'], command.name);
      const confirmation = command.needsConfirmation ? [['confirm', true, 'string']] : [];
      const wanted = [
        ...command.arguments.map(({ name, required, type }) => [
          name,
          required,
          type === 'Flag' ? 'boolean' : 'string',
        ]),
        ...confirmation,
      ];
      const schema = item.post?.requestBody?.content['application/json']?.schema ?? assert.fail(command.name);
      const needed = new Set(schema.required);
      assert.deepEqual(
        Object.entries(schema.properties ?? {}).map(([name, { type }]) => [name, needed.has(name), type]),
        wanted,
      );
      assert.deepEqual(item.post?.requestBody?.content['application/x-www-form-urlencoded']?.schema, schema);
      for (const { name, words, looks, fallback } of command.arguments) {
        assert.deepEqual(schema.properties?.[name]?.enum, words ?? undefined, `${command.name} ${name}`);
        assert.equal(String(schema.properties?.[name]?.default ?? ''), fallback ?? '', `${command.name} ${name}`);
        const asked = item.get?.parameters.find((parameter) => parameter.name === name && parameter.in === 'query');
        if (item.get !== undefined)
          assert.deepEqual(asked?.schema.enum, looks.length > 0 && command.changes ? looks : (words ?? undefined));
      }
      if (item.get !== undefined)
        assert.deepEqual(
          // By GET nothing is done that would have to be confirmed.
          item.get.parameters
            .filter(({ in: where, name }) => where === 'query' && name !== 'output')
            .map(({ name, required, schema: { type } }) => [name, required ?? false, type]),
          wanted.slice(0, command.arguments.length),
        );
      for (const operation of Object.values(item))
        assert.equal(
          operation.security.some((way) => Object.keys(way).length === 0),
          command.privilege === 'none',
          command.name,
        );
    }
    const known = new Set(at.commands.map(({ name }) => `/mini_buildd/api/${name}`));
    for (const path of Object.keys(at.document.paths))
      if (path.startsWith('/mini_buildd/api/') && path !== '/mini_buildd/api/openapi.json')
        assert.ok(known.has(path), `${path} is no command`);
  });

  it('describes every way in for programs, and nothing that is not there', () => {
    const ways = at.routes.flatMap(({ methods, path }) =>
      path.split(' or ').flatMap((one) => methods.map((method) => `${method} ${one.replace(/(?<=.)\/$/, '')}`)),
    );
    const beside = Object.entries(at.document.paths).flatMap(([path, item]) =>
      at.commands.some(({ name }) => path === `/mini_buildd/api/${name}`)
        ? []
        : Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const unused = new Set(Object.keys(leftOut));
    for (const way of ways) {
      const meant = described(way).replace('ALL /mini_buildd/api', 'GET /mini_buildd/api');
      const to = Object.entries(leftOut)
        .filter(([, pattern]) => pattern.test(way))
        .map(([whom]) => whom);
      const isDescribed = beside.includes(meant);
      assert.equal(
        Number(isDescribed) + Math.min(to.length, 1),
        1,
        `${way} is ${isDescribed ? 'described, and' : 'not described, and not'} left to ${to}`,
      );
      for (const whom of to) unused.delete(whom);
    }
    assert.deepEqual([...unused], []);
    const there = new Set(ways.map((way) => described(way).replace('ALL /mini_buildd/api', 'GET /mini_buildd/api')));
    for (const way of beside) assert.ok(there.has(way), `${way} is described, and not there`);
  });

  it('states examples that the commands understand, where something has to be given', () => {
    for (const command of at.commands) {
      const schema = commandAt(at.document, command.name).post?.requestBody?.content['application/json']?.schema;
      for (const { name, codec, fallback } of at.engine.api.commands.find((one) => one.name === command.name)
        ?.arguments ?? []) {
        const [example] = schema?.properties?.[name]?.examples ?? [];
        if (fallback === undefined && !unstated.has(codec.name))
          assert.ok(example !== undefined, `${command.name}: no example of ${name}, a ${codec.name}`);
        if (example !== undefined)
          assert.ok(!isLeft(codec.decode(example)), `${command.name}: ${name} is not ${example}`);
      }
    }
  });

  it('is true of each operation that only reads: what it states is answered as it says', {
    timeout: 120_000,
  }, async () => {
    let whole = 0;
    for (const [path, item] of Object.entries(at.document.paths)) {
      const operation = item.get;
      if (operation === undefined) continue;
      const given = operation.parameters.flatMap((parameter) =>
        parameter.example === undefined ? [] : [[parameter, parameter.example] as const],
      );
      for (const { name, in: where, required, example } of operation.parameters)
        assert.ok(!(required || where === 'path') || example !== undefined, `${path}: no example of ${name}`);
      const looks = given.find(([{ name, schema }]) => name === 'action' && schema.enum)?.[0];
      for (const word of looks?.schema.enum ?? ['']) {
        const meant = given.map(([parameter, value]) => [parameter, parameter === looks ? word : value] as const);
        const { status, type, said, asked } = await called(at.url, path, 'get', meant, everybodys(operation));
        const known = operation.responses[status];
        assert.ok(known !== undefined, `${asked}: ${status} is not described: ${said}`);
        assert.ok(
          Object.keys(known.content ?? {}).includes(type),
          `${asked}: ${status} comes as ${type}: ${said.slice(0, 300)}`,
        );
        if (status === 200) whole += 1;
        else {
          isProblem(JSON.parse(said), at.document.components.schemas.Problem);
          const isWordMore = word !== '' && word !== looks?.schema.enum?.[0];
          assert.ok(isWordMore || madeUp.some((id) => path.includes(id)), `${asked}: ${status} ${said}`);
        }
      }
    }
    assert.ok(whole > 45, `${whole} were answered`);
  });

  it('is true of what commands are refused by', { timeout: 120_000 }, async () => {
    for (const { name, changes, privilege, needsConfirmation, arguments: own } of at.commands) {
      const operation = commandAt(at.document, name).post ?? assert.fail(name);
      const example = Object.fromEntries(own.flatMap((one) => (one.required ? [[one.name, 'x']] : [])));
      const asked = async (status: number, body: unknown, who: Headers, type: Headers = json): Promise<void> => {
        const answer = await fetch(`${at.url}/mini_buildd/api/${name}`, {
          method: 'POST',
          headers: { ...type, ...who },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        });
        const said = await answer.text();
        assert.equal(answer.status, status, `${name} ${JSON.stringify(body)}: ${said}`);
        assert.ok(
          Object.keys(operation.responses[status]?.content ?? {}).includes('application/problem+json'),
          `${name}: ${status} is not described`,
        );
        assert.equal(answer.headers.get('content-type')?.split(';')[0], 'application/problem+json');
        isProblem(JSON.parse(said), at.document.components.schemas.Problem);
      };
      await asked(400, { ...example, unheard: 'of' }, basic('adam'));
      await asked(401, {}, { authorization: 'Bearer mbd_unknown' });
      await asked(415, '<xml/>', basic('adam'), { 'content-type': 'text/xml', 'x-mini-buildd': '1' });
      if (privilege !== 'none') await asked(401, {}, {});
      if (privilege === 'admin') await asked(403, {}, basic('oscar'));
      if (changes)
        await asked(
          403,
          {},
          { ...basic('adam'), origin: 'https://elsewhere.example.org', 'sec-fetch-site': 'cross-site' },
        );
      const given =
        commandAt(at.document, name).post?.requestBody?.content['application/json']?.schema.properties ?? {};
      const deed = own.flatMap(({ name: argument, required, words, looks }) =>
        required
          ? [[argument, words?.find((word) => !looks.includes(word)) ?? given[argument]?.examples?.[0] ?? 'x']]
          : [],
      );
      if (needsConfirmation) await asked(428, Object.fromEntries(deed), basic('adam'));
    }
  });
});

/** What nobody can make up: keys, and what another instance signed; and a whole configuration. */
const unstated: ReadonlySet<string> = new Set(['PublicKey', 'Introduction', 'string']);

/** What is asked for by an id that an instance gives, or is not there in this one. */
const madeUp = ['/event', '/log', '/files/', '/seals/', '/chroot', '/progress'];
