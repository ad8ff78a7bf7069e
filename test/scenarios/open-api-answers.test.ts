import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { atWork, basic, type Headers, json } from '../support/accounts-at-work.ts';
import { uploadEachKind } from '../support/uploads-of-each-kind.ts';

type Operation = {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** The same, where an object has no fields but those that are described. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = 'properties' in inner && inner.type === 'object' && !('additionalProperties' in inner);
  return isOpen ? { ...inner, additionalProperties: false } : inner;
};

const busy = async (test: Pick<TestContext, 'after'>) => {
  const at = await atWork(test as TestContext);
  const { daemon, on } = at;
  await uploadEachKind(daemon, on);
  const document = (await (await fetch(`${at.url}/mini_buildd/api/openapi.json`)).json()) as Document;
  const validators = new Ajv2020({ strict: false, validateFormats: false });
  validators.addSchema(closed(document) as object, 'document');
  const place = (words: readonly string[]): string =>
    words
      .map((word) => word.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/');
  const answerOf = (path: string, method: string): ValidateFunction =>
    validators.compile({
      $ref: `document#/paths/${place([path, method, 'responses', '200', 'content', 'application/json', 'schema'])}`,
    });
  const problem = () => validators.compile({ $ref: 'document#/components/schemas/Problem' });
  return { ...at, document, answerOf, problem };
};

const holds = (validate: ValidateFunction, said: unknown, asked: string): void =>
  assert.ok(
    validate(said),
    `${asked}: ${JSON.stringify(validate.errors?.slice(0, 4))}\n${JSON.stringify(said).slice(0, 600)}`,
  );

const distribution = 'trixie-acme-unstable';

/** Commands as they are asked; what they look like is promised of all of these. */
const asked: readonly (readonly [command: string, given: Readonly<Record<string, string>>])[] = [
  ['uploads', {}],
  ['uploads', { page: '1' }],
  ['builds', {}],
  ['machines', {}],
  ['repositories', {}],
  ['repositories', { page: '1' }],
  ['packages', { distribution }],
  ['list', { pattern: '*' }],
  ['search', {}],
  ['history', { limit: '500' }],
  ['why', { builds: 'hello' }],
  ['why', { builds: 'slow' }],
  ['migrate', { package: 'hello', distribution, 'dry-run': 'true' }],
  ['remove', { package: 'hello', distribution, 'dry-run': 'true' }],
  ['plan', { command: 'migrate', package: 'hello', distribution }],
];

const refused = [
  ['/mini_buildd/api/show?package=unheard-of', 404],
  ['/mini_buildd/api/uploads?state=unheard', 400],
  ['/mini_buildd/events?limit=x', 400],
  ['/mini_buildd/events?actor=adam', 403],
  ['/mini_buildd/api/unheard-of', 404],
] as const;

/** All that is to be looked at, asked at once: to make validators takes so long that connections would be closed meanwhile. */
const answersOf = async ({ url, engine }: Awaited<ReturnType<typeof busy>>) => {
  const answers: {
    readonly command: string;
    readonly what: string;
    readonly status: number;
    readonly said: unknown;
  }[] = [];
  const isForAll = (command: string) => engine.api.commands.find(({ name }) => name === command)?.privilege === 'none';
  for (const [command, given] of asked)
    for (const who of [basic('adam'), ...(isForAll(command) ? [{}] : [])] as readonly Headers[]) {
      const answer = await fetch(`${url}/mini_buildd/api/${command}`, {
        method: 'POST',
        headers: { ...json, ...who },
        body: JSON.stringify(given),
      });
      const what = `${command} ${JSON.stringify(given)}`;
      answers.push({ command, what, status: answer.status, said: await answer.json() });
    }
  const events: { events: { body: object }[] }[] = [];
  for (const headers of [basic('adam'), {}] as readonly Headers[])
    events.push(await (await fetch(`${url}/mini_buildd/events?limit=1000`, { headers })).json());
  const problems: { readonly path: string; readonly status: number; readonly said: unknown }[] = [];
  for (const [path] of refused) {
    const who = path.includes('api/show') ? basic('adam') : {};
    const answer = await fetch(url + path, { headers: { accept: 'application/json', ...who } });
    problems.push({ path, status: answer.status, said: await answer.json() });
  }
  return { answers, events, problems };
};

describe('What answers look like', () => {
  let at: Awaited<ReturnType<typeof busy>>;
  let told: Awaited<ReturnType<typeof answersOf>>;
  const ends: (() => unknown)[] = [];
  before(async () => {
    at = await busy({ after: (end: () => unknown) => void ends.push(end) } as never);
    told = await answersOf(at);
  });
  after(async () => {
    for (const end of ends.toReversed()) await end();
  });

  it('is said by the OpenAPI document of lists, plans and reasons, as staff and as strangers see them', () => {
    for (const { command, what, status, said } of told.answers) {
      assert.equal(status, 200, `${what}: ${JSON.stringify(said)}`);
      const validate = at.answerOf(`/mini_buildd/api/${command}`, 'post');
      holds(validate, said, what);
      const strange = Array.isArray(said) ? [...said, { unheard: 'of' }] : { ...(said as object), unheard: 'of' };
      assert.equal(validate(strange), false, `${command} takes anything`);
    }
    const promised = at.engine.api.commands.flatMap(({ name, answer }) => (answer === undefined ? [] : [name]));
    assert.deepEqual([...new Set([...asked.map(([command]) => command), 'restore'])].sort(), promised.sort());
  });

  it('is said of events, each by its type', () => {
    const validate = at.answerOf('/mini_buildd/events', 'get');
    for (const said of told.events) {
      assert.ok(said.events.length > 40);
      holds(validate, said, 'events');
      const [event] = said.events;
      assert.equal(validate({ ...said, events: [{ ...event, body: { ...event?.body, unheard: 'of' } }] }), false);
    }
  });

  it('is said of refusals, too', () => {
    assert.deepEqual(
      told.problems.map(({ path, status }) => [path, status]),
      refused,
    );
    for (const { path, said } of told.problems) holds(at.problem(), said, path);
  });

  it('is nowhere left open: no answer has an empty schema', () => {
    for (const [path, item] of Object.entries(at.document.paths))
      for (const [method, { responses }] of Object.entries(item))
        for (const [code, { content = {} }] of Object.entries(responses))
          for (const [type, { schema }] of Object.entries(content))
            if (type !== 'text/html') assert.notDeepEqual(schema, {}, `${method} ${path}: ${code} ${type}`);
  });
});
