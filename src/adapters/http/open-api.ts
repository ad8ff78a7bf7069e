import type { Api } from '../../ports/api.ts';
import type { CommandIndex } from './command-index.ts';
import { jsonSchemas, type Schema } from './json-schema.ts';
import { exampleOf } from './open-api-examples.ts';
import { outputParameter, problem, problemAs, refused, securityOf } from './open-api-parts.ts';
import { routePaths } from './open-api-routes.ts';

type Described = CommandIndex['commands'][number];
type DescribedArgument = Described['arguments'][number];

/** The command table as an OpenAPI 3.1 document: what code generators and browsers of APIs read. */
export const openApi = ({ instance, commands }: CommandIndex, version: string, known: Api['commands']) => {
  const shapes = jsonSchemas();
  const answers = new Map(known.map(({ name, answer }) => [name, answer === undefined ? anything : shapes.of(answer)]));
  const paths = {
    ...routePaths(shapes),
    ...Object.fromEntries(
      commands.map((command) => [`/mini_buildd/api/${command.name}`, commandPath(command, answers.get(command.name))]),
    ),
  };
  return document(instance, version, paths, Object.fromEntries(shapes.named));
};

/** Where nothing more is promised. */
const anything: Schema = { type: ['object', 'array'] };

const document = <Paths extends object>(
  instance: string,
  version: string,
  paths: Paths,
  shapes: Readonly<Record<string, Schema>>,
) => ({
  openapi: '3.1.0',
  info: {
    title: `mini-buildd ${instance}`,
    version,
    description:
      'Reading commands by GET or POST, changing ones by POST only. Arguments travel as query, JSON or form.',
    license: { name: 'GPL-3.0-or-later', identifier: 'GPL-3.0-or-later' },
  },
  servers: [{ url: '/' }],
  paths,
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'What the command "token issue" gave' },
      password: { type: 'http', scheme: 'basic' },
    },
    schemas: { Problem: problem, ...shapes },
    responses: { Problem: refused },
  },
});

/** What changes things is posted; an action of it that only looks may be asked for like any look. */
export const commandPath = (command: Described, answer: Schema = anything) =>
  command.changes && !command.arguments.some(({ looks }) => looks.length > 0)
    ? { post: operation(command, 'post', answer) }
    : { get: operation(command, 'get', answer), post: operation(command, 'post', answer) };

const operation = (command: Described, method: 'get' | 'post', answer: Schema) => ({
  operationId: (method === 'post') === command.changes ? command.name : `${command.name}-${method}`,
  summary: command.summary,
  tags: [command.about],
  description: conditions(command),
  security: securityOf(command.privilege),
  parameters: [
    ...(method === 'get' ? looking(command).map(parameter) : []),
    ...(method === 'post' && command.changes ? [planParameter, programParameter] : []),
    outputParameter,
  ],
  ...(method === 'post' ? { requestBody: body(command) } : {}),
  responses: {
    200: {
      description: 'What the command answered',
      ...(command.changes ? { headers: { 'X-Mini-Buildd-Follow': follow, ETag: plan } } : {}),
      content: {
        'application/json': { schema: answer },
        'text/plain': { schema: { type: 'string' } },
        'text/html': {},
      },
    },
    ...Object.fromEntries(refusals(command).map(([code, description]) => [code, problemAs(description)])),
    '4XX': { $ref: '#/components/responses/Problem' },
    '5XX': { $ref: '#/components/responses/Problem' },
  },
});

const follow = {
  description: 'Streams of what was begun and goes on: the command "progress" tells how far each is',
  schema: { type: 'string' },
};

const plan = { description: 'Of a dry run: names the plan, for If-Match', schema: { type: 'string' } };

/** By which codes a command is refused, and why. */
const refusals = ({
  privilege,
  changes,
  needsEngine,
  needsConfirmation,
}: Described): readonly (readonly [string, string])[] => [
  ['400', 'An argument is missing, unknown or wrong'],
  ['401', 'What shows who asks is wrong, or nothing does and the command is not for everybody'],
  ...(privilege !== 'none' || changes
    ? ([['403', 'Who asks may not, or another site sent the request']] as const)
    : []),
  ['404', 'What it is about is not there (rules that begin with "no-")'],
  ...(needsEngine ? ([['405', 'The engine is stopped']] as const) : []),
  ['415', 'The body is neither JSON nor a form'],
  ['409', 'The state of things forbids it'],
  ...(changes ? ([['412', 'It would come to something else by now than the plan that If-Match names']] as const) : []),
  ...(needsConfirmation ? ([['428', 'The confirmation is missing']] as const) : []),
  ['429', 'Asked too often: Retry-After says when it may be asked again'],
];

const conditions = ({ name, privilege, needsEngine, needsConfirmation }: Described): string =>
  [
    privilege === 'none' ? 'Anybody may.' : `Needs the privilege "${privilege}".`,
    ...(needsEngine ? ['Needs a running engine.'] : []),
    ...(needsConfirmation ? [`Needs "confirm" to be "${name}".`] : []),
  ].join(' ');

/** What may be asked: the command's own arguments, and the confirmation where one is needed. */
const asked = ({ name, needsConfirmation, arguments: own }: Described): readonly DescribedArgument[] =>
  needsConfirmation ? [...own, { ...confirmation, words: [name] }] : own;

/** By GET only what changes nothing is asked for. */
const looking = (command: Described): readonly DescribedArgument[] =>
  command.arguments.map((each) => (command.changes && each.looks.length > 0 ? { ...each, words: each.looks } : each));

const confirmation: DescribedArgument = {
  name: 'confirm',
  positional: false,
  short: null,
  fallback: null,
  required: true,
  looks: [],
  type: 'Confirmation',
  words: null,
  multiline: false,
  summary: 'The name of the command: it is meant',
};

const parameter = ({ name, required, summary, ...rest }: DescribedArgument) => ({
  name,
  in: 'query',
  required,
  description: summary,
  schema: schemaOf(rest),
  ...given('example', required ? exampleOf(rest.type, rest.words) : undefined),
});

const given = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  value === undefined ? {} : ({ [name]: value } as Readonly<Record<Name, Value>>);

const body = (command: Described) => {
  const all = asked(command);
  const required = all.filter((each) => each.required).map(({ name }) => name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(
      all.map(({ name, summary, required: isNeeded, ...rest }) => {
        const example = isNeeded ? exampleOf(rest.type, rest.words) : undefined;
        return [name, { description: summary, ...schemaOf(rest), ...given('examples', example && [example]) }];
      }),
    ),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
  return {
    required: required.length > 0,
    content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
  };
};

/** Everything is text on its way; what is a flag may come as a truth value, too. */
const schemaOf = ({ type, fallback, words }: Pick<DescribedArgument, 'type' | 'fallback' | 'words'>) => ({
  ...(type === 'Flag' ? { type: 'boolean' } : { type: 'string' }),
  ...(words === null ? {} : { enum: words }),
  ...(fallback === null || fallback === '' ? {} : { default: type === 'Flag' ? fallback === 'true' : fallback }),
});

const programParameter = {
  name: 'X-Mini-Buildd',
  in: 'header',
  description: '"1": no page of another site sent it. JSON needs none',
  schema: { type: 'string' },
};

const planParameter = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of a dry run: that is done, or nothing',
  schema: { type: 'string' },
};
