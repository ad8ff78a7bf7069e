import type { Privilege } from '../../domain/account/privilege.ts';
import { Events } from './event-shapes.ts';
import type { jsonSchemas, Schema } from './json-schema.ts';
import { examples } from './open-api-examples.ts';
import { outputParameter as output, problemAs, securityOf } from './open-api-parts.ts';

/** Ways in for programs beside commands, as the OpenAPI document has them. What apt reads below `/repositories/` and `/snapshots/` is Debian's to describe. */
export const routePaths = (shapes: ReturnType<typeof jsonSchemas>) => ({
  '/mini_buildd/api': get('Every command with its arguments', { 200: [json, 'text/plain', 'text/html'] }, [output]),
  '/mini_buildd/api/openapi.json': get('This document', { 200: [json] }),
  '/mini_buildd/events': get(
    'Events of the log, newest first; from "after" on oldest first; live where the answer may be a stream',
    {
      200: { [json]: shapes.of(Events), 'text/event-stream': text },
      400: 'A filter is unknown or wrong',
      401: wrongLogin,
      403: notTheirs,
      503: crowded,
    },
    [
      query('after', 'Events behind this position; empty: from the first on', { example: '' }),
      query('before', 'Events before this position'),
      query('stream', 'Of one stream', { example: 'package-acme-hello' }),
      query('type', 'Of one kind', { example: 'PackageInstalled' }),
      query('package', 'About one source package', { example: 'hello' }),
      query('distribution', 'About one distribution'),
      query('actor', 'By one actor, as the log calls them or by login; for themselves and for staff'),
      query('correlation', 'Of one chain'),
      query('limit', 'At most so many, to 1000', { type: 'integer', example: 2 }),
      { name: 'Last-Event-ID', in: 'header', description: 'Of a stream that goes on', schema: { type: 'string' } },
    ],
  ),
  '/mini_buildd/progress': get(
    'How far is what was begun, live',
    { 200: ['text/event-stream', 'text/html'], 404: 'Nothing is known of any of them', 503: crowded },
    [
      query('stream', 'One that X-Mini-Buildd-Follow named; may be said again', {
        required: true,
        example: 'package-acme-hello',
      }),
    ],
  ),
  '/mini_buildd/upload': {
    post: operation('Files of an upload, as a form', {
      answers: {
        200: [json, 'text/html'],
        400: 'No file, or the form broke off',
        403: foreign,
        415: 'It is no form',
        503: crowded,
      },
      body: { 'multipart/form-data': { schema: { type: 'object' } } },
    }),
  },
  '/mini_buildd/upload/{name}': {
    put: operation('One file of an upload; it is taken when it is whole', {
      answers: { 201: ['text/plain'], ...refusedFile },
      parameters: [path('name', 'Of the file', 'hello_2.10-3_source.changes')],
      body: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    }),
  },
  '/mini_buildd/builds/{build}/log': get(
    'The log of a build as text, growing while it runs; or in pieces, each with the offset behind it for an id',
    { 200: ['text/plain', 'text/event-stream'], 404: 'It has none', 410: notKept, 503: crowded },
    [
      build,
      query('download', 'Under the name of a file'),
      query('after', 'Of a stream: bytes that are known', { type: 'integer' }),
    ],
  ),
  '/mini_buildd/builds/{build}/log/lines': get(
    'Lines of the log of a build',
    { 200: ['text/html', json], 404: 'It has none', 410: notKept },
    [
      build,
      query('from', 'The first line; without it the last lines', { type: 'integer', example: 1 }),
      sought,
      error,
      query('output', '"json" for programs', { example: 'json' }),
    ],
  ),
  '/mini_buildd/builds/{build}/log/find': get(
    'The next line that holds something; "next" is where to go on where none was found so far',
    { 200: [json], 400: 'Nothing is sought', 404: 'It has none', 410: notKept },
    [
      build,
      { ...sought, example: 'hello' },
      error,
      query('from', 'The line to begin with', { type: 'integer', example: 1 }),
    ],
  ),
  '/mini_buildd/builds/{build}/files/{name}': get(
    'A package that a build made',
    { 200: ['application/octet-stream', 'text/plain'], 404: 'It made none of this name', 410: notKept },
    [build, path('name', 'Of the file', 'hello_2.10-3_amd64.deb')],
  ),
  '/mini_buildd/feeds/all.atom': get('What became of packages, as a feed', feedAnswers, [feedBefore]),
  '/mini_buildd/feeds/packages/{file}': get('Of one source package', feedAnswers, [
    path('file', 'SOURCE.atom', 'hello.atom'),
    feedBefore,
  ]),
  '/mini_buildd/feeds/distributions/{file}': get('Of one distribution', feedAnswers, [
    path('file', 'DISTRIBUTION.atom', 'trixie-acme-unstable.atom'),
    feedBefore,
  ]),
  '/mini_buildd/seals': get('The seals over the log', { 200: [json, 'text/plain', 'text/html'], 404: noSeal }, [
    output,
    query('before', 'Those before this position'),
  ]),
  '/mini_buildd/seals/latest': get('The newest checkpoint, signed', { 200: ['text/plain'], 404: noSeal }),
  '/mini_buildd/seals/{seal}': get('A checkpoint, signed', { 200: ['text/plain'], 404: noSeal }, [
    path('seal', 'Its number', 1),
  ]),
  '/mini_buildd/administration/configuration.yaml': get(
    'What is declared, as "apply" takes it',
    { 200: ['application/yaml'], 401: wrongLogin, 403: 'Who asks may not' },
    [],
    'admin',
  ),
  '/log/{repository}/{source}/{version}/{architecture}/{file}': get(
    'What is kept of an uploaded or installed version: logs, .changes, .buildinfo',
    { 200: ['text/plain', 'application/octet-stream'], 404: 'Nothing is kept under this name', 410: notKept },
    [
      path('repository', 'Its identity', 'acme'),
      path('source', 'The source package', 'hello'),
      path('version', 'Its version', '2.10-3~acme13+1'),
      path('architecture', 'Of the build; "source" for what was uploaded', 'amd64'),
      path('file', 'Its name', 'hello_2.10-3~acme13+1_amd64.build'),
    ],
  ),
  '/healthz': get('Whether the daemon answers', { 200: ['text/plain'] }),
  '/readyz': get('Whether the log is replayed and uploads are taken', { 200: ['text/plain'], 503: ['text/plain'] }),
  '/metrics': get('Measures for Prometheus', { 200: ['text/plain', 'application/openmetrics-text'] }),
});

export const besideCommands = 'Beside commands';

/** What is answered by which code: forms of content, or why it is refused. */
type Answers = Readonly<Record<number, readonly string[] | string | Readonly<Record<string, Schema>>>>;
type Parameter = Readonly<{
  name: string;
  in: string;
  description: string;
  required?: boolean;
  schema: object;
  example?: unknown;
}>;

type Asked = {
  readonly answers: Answers;
  readonly parameters?: readonly Parameter[];
  readonly body?: Readonly<Record<string, { readonly schema: object }>>;
  readonly privilege?: Privilege;
};

const get = (
  summary: string,
  answers: Answers,
  parameters: readonly Parameter[] = [],
  privilege: Privilege = 'none',
) => ({
  get: operation(summary, { answers, parameters, privilege }),
});

const operation = (summary: string, { answers, parameters = [], body, privilege = 'none' }: Asked) => ({
  summary,
  tags: [besideCommands],
  security: securityOf(privilege),
  parameters,
  ...(body === undefined ? {} : { requestBody: { required: true, content: body } }),
  responses: {
    ...Object.fromEntries(Object.entries(answers).map(([code, answer]) => [code, answered(answer)])),
    '4XX': { $ref: '#/components/responses/Problem' },
    '5XX': { $ref: '#/components/responses/Problem' },
  },
});

const answered = (answer: Answers[number]) =>
  typeof answer === 'string' ? problemAs(answer) : { description: 'What was asked for', content: contentOf(answer) };

/** JSON of which nothing more is promised is an object; all else is text, or bytes. */
const contentOf = (answer: readonly string[] | Readonly<Record<string, Schema>>) =>
  Object.fromEntries(
    (isPlain(answer)
      ? answer.map((type) => [type, type === json ? { type: 'object' } : text] as const)
      : Object.entries(answer)
    ).map(([type, schema]) => [type, { schema }]),
  );

const isPlain = (answer: readonly string[] | Readonly<Record<string, Schema>>): answer is readonly string[] =>
  Array.isArray(answer);

const query = (
  name: string,
  description: string,
  { type = 'string', required = false, ...example }: { type?: string; required?: boolean; example?: unknown } = {},
): Parameter => ({ name, in: 'query', description, required, schema: { type }, ...example });

const path = (name: string, description: string, example: string | number): Parameter => ({
  name,
  in: 'path',
  description,
  required: true,
  schema: { type: typeof example === 'number' ? 'integer' : 'string' },
  example,
});

const json = 'application/json';
const text: Schema = { type: 'string' };
const build = path('build', 'UPLOAD-ARCHITECTURE', examples.BuildId);
const sought = query('find', 'Text in any case');
const error = query('error', '"first" seeks what looks like an error');
const feedBefore = query('before', 'What was before this position');
const feedAnswers = { 200: ['application/atom+xml'], 404: 'There is no such feed' };
const refusedFile = {
  403: 'The address or another site may not',
  409: 'Another file of this name is there, or under way',
  503: 'Nothing is taken at this moment, or as many uploads are under way as may be',
};
const wrongLogin = 'What shows who asks is wrong, or nothing does where somebody must';
const notTheirs = 'What somebody did is for themselves and for staff';
const foreign = 'Another site sent it';
const crowded = 'As many are under way as may be: Retry-After says when to come again';
const notKept = 'It is not kept any more';
const noSeal = 'There is no such seal';
