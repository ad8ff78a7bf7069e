import type { Route } from '../../src/adapters/http/routes-of.ts';
import { buildId } from '../../src/domain/ids.ts';
import {
  accountOf,
  amounts,
  busiest,
  codenameOf,
  crowdedSource,
  crowdedUpload,
  nodeOf,
  remoteOf,
  repositoryOf,
  webhookOf,
} from './crowd.ts';
import { ernie } from './fixed-examples.ts';

const failing = amounts.uploads - 1;
const name = crowdedSource(failing);
const build = buildId(crowdedUpload(failing), 'amd64');
const repository = `/mini_buildd/repositories/${repositoryOf(0)}`;
const administration = '/mini_buildd/administration';
const sections = ['sources', 'layouts', 'distributions', 'repositories', 'retention', 'chroots'] as const;
const objects: readonly (readonly [string, string])[] = [
  ['instance', 'instance'],
  ['sources', `debian-trixie-of-${codenameOf(0)}`],
  ['layouts', 'Default'],
  ['layouts', 'Plenty'],
  ['distributions', codenameOf(0)],
  ['repositories', repositoryOf(0)],
  ['retention', repositoryOf(0)],
  ['chroots', `${codenameOf(0)}-riscv64`],
];
const theirs = objects.map(([section, object]) => `${administration}/${section}/${encodeURIComponent(object)}`);
const chapters = [
  ...['', 'using', 'uploading', 'upload-options', 'administration', 'api', 'recovery', 'refusals', 'events'],
  ...['many-machines', 'architecture', 'packages', 'scaling', 'moving-in', 'signing-on'],
];

/**
 * Where the pages of a crowded instance are, by their routes: lists as they begin, in the midst and sorted, things that have most to them.
 */
const addresses: Readonly<Record<string, readonly string[]>> = {
  '/mini_buildd': ['/mini_buildd/'],
  '/mini_buildd/login': ['/mini_buildd/login'],
  '/mini_buildd/account': ['/mini_buildd/account'],
  '/mini_buildd/account/subscriptions': ['', '?subscriptions=3', '?change=hello:'].map(
    (query) => `/mini_buildd/account/subscriptions${query}`,
  ),
  '/mini_buildd/register': ['/mini_buildd/register'],
  '/mini_buildd/reset': ['/mini_buildd/reset'],
  '/mini_buildd/link': ['/mini_buildd/link?secret=x'],
  '/mini_buildd/api': ['/mini_buildd/api?output=html'],
  '/mini_buildd/reference': ['/mini_buildd/reference'],
  '/mini_buildd/commands': ['/mini_buildd/commands'],
  '/mini_buildd/progress': [
    `/mini_buildd/progress?${Array.from({ length: 20 }, (_, n) => `stream=upload-${crowdedUpload(failing - n)}`).join('&')}`,
  ],
  '/mini_buildd/packages': ['/mini_buildd/packages', '/mini_buildd/packages?name=go'],
  '/mini_buildd/packages/:source': [`/mini_buildd/packages/${name}`, `/mini_buildd/packages/${crowdedSource(5000)}`],
  '/mini_buildd/repositories': ['/mini_buildd/repositories', '/mini_buildd/repositories?page=2'],
  '/mini_buildd/repositories/:repository': [repository, `${repository}?codename=${codenameOf(1)}`],
  '/mini_buildd/repositories/:repository/compare': [
    `${repository}/compare?one=${busiest}&other=${busiest.replace('unstable', 'testing')}`,
    `${repository}/compare?one=${busiest}&other=${busiest.replace('unstable', 'testing')}&page=200`,
  ],
  '/mini_buildd/repositories/:repository/:distribution': [
    `${repository}/${busiest}`,
    `${repository}/${busiest}?name=component&sort=name-back&page=7`,
  ],
  '/mini_buildd/machines': ['', '?page=2', '?page=3', '?kind=remote', '?kind=chroot&state=troubled'].map(
    (query) => `/mini_buildd/machines${query}`,
  ),
  '/mini_buildd/history': [
    '/mini_buildd/history',
    `/mini_buildd/history?distribution=${busiest}`,
    '/mini_buildd/history?type=CheckFailed',
    '/mini_buildd/history?type=UploadAccepted',
  ],
  '/mini_buildd/seals': ['/mini_buildd/seals/'],
  '/mini_buildd/builds': ['/mini_buildd/builds', '/mini_buildd/builds?state=failed', '/mini_buildd/builds?page=3'],
  '/mini_buildd/builds/:build': [`/mini_buildd/builds/${build}`],
  '/mini_buildd/builds/:build/log/lines': [`/mini_buildd/builds/${build}/log/lines`],
  '/mini_buildd/uploads': [
    '/mini_buildd/uploads',
    '/mini_buildd/uploads?state=failed',
    '/mini_buildd/uploads?page=4',
    '/mini_buildd/uploads?state=rejected',
    '/mini_buildd/uploads?page=7',
  ],
  '/mini_buildd/uploads/:upload': [`/mini_buildd/uploads/${crowdedUpload(failing)}`],
  '/mini_buildd/statistics': ['/mini_buildd/statistics', '/mini_buildd/statistics?by=months'],
  '/mini_buildd/style': ['/mini_buildd/style'],
  '/mini_buildd/upload': ['/mini_buildd/upload'],
  '/mini_buildd/upload/verdict/:changes': [`/mini_buildd/upload/verdict/${'0'.repeat(64)}`],
  '/mini_buildd/doc/search': ['/mini_buildd/doc/search?words=a'],
  '/mini_buildd/doc/ or /mini_buildd/doc/:chapter': chapters.map((chapter) => `/mini_buildd/doc/${chapter}`),
  '/log{/*path}': [
    '/log/',
    '/log/?page=3',
    `/log/${repositoryOf(0)}/`,
    `/log/${repositoryOf(0)}/?page=70`,
    `/log/${repositoryOf(0)}/${name}/`,
    `/log/${repositoryOf(0)}/${name}/?page=2`,
  ],
  [`${administration}/welcome`]: [`${administration}/welcome`],
  [`${administration}/welcome/progress`]: [`${administration}/welcome/progress?repository=${repositoryOf(0)}`],
  [administration]: [administration],
  [`${administration}/configuration`]: [`${administration}/configuration`],
  [`${administration}/accounts`]: [`${administration}/accounts`],
  [`${administration}/accounts/:name`]: [0, 29].map((n) => `${administration}/accounts/${accountOf(n)}`),
  [`${administration}/uploaders`]: [`${administration}/uploaders`],
  [`${administration}/uploaders/:name`]: [0, 29].map((n) => `${administration}/uploaders/${accountOf(n)}`),
  [`${administration}/remotes/:name`]: [`${administration}/remotes/${remoteOf(0)}`],
  [`${administration}/builder/:name`]: [`${administration}/builder/${ernie}`],
  [`${administration}/nodes/:name`]: [`${administration}/nodes/${nodeOf(0)}`],
  [`${administration}/webhooks/:name`]: [`${administration}/webhooks/${webhookOf(0)}`],
  [`${administration}/builders`]: [`${administration}/builders`],
  [`${administration}/notifications`]: [`${administration}/notifications`],
  [`${administration}/add/:section`]: sections.map((section) => `${administration}/add/${section}`),
  [`${administration}/:section`]: sections.map((section) => `${administration}/${section}`),
  [`${administration}/:section/:name`]: theirs,
  [`${administration}/:section/:name/edit`]: theirs.map((each) => `${each}/edit`),
  [`${administration}/:section/:name/remove`]: theirs.slice(1).map((each) => `${each}/remove`),
};

/** Folders, which are asked of no route. */
export const folders = [
  ...['/repositories/', '/repositories/?page=3', '/snapshots/', '/snapshots/?page=3'],
  ...['', '?page=2', '?page=5'].map((page) => `/snapshots/${repositoryOf(0)}/${page}`),
];

/** Routes that answer with no page of ours beside those that nobody opens to read, each with what it gives. */
const others: Readonly<Record<string, string>> = {
  '/': 'the way to the home page',
  '/mini_buildd/api/openapi.json': 'JSON',
  '/mini_buildd/administration/configuration.yaml': 'YAML',
  '/mini_buildd/administration/chroots/:name/log': 'text',
  '/mini_buildd/uploads/:repository/:source/:version': 'the way to an upload',
  '/mini_buildd/builds/:build/log': 'text',
  '/mini_buildd/builds/:build/files/:name': 'what was built',
  '/mini_buildd/seals/:seal': 'text',
};

/** Addresses of pages that a route has; of one that is not known: fails. `commands` are those of the table. */
export const addressesOf = (
  { path }: Route,
  ids: { readonly commands: readonly string[]; readonly events: readonly string[] },
): readonly string[] => {
  if (path === '/mini_buildd/history/:id') return ids.events.map((id) => `/mini_buildd/history/${id}`);
  if (path === '/mini_buildd/commands/:command') return ids.commands.map((each) => `/mini_buildd/commands/${each}`);
  if (path === '/mini_buildd/reference/:command') return ids.commands.map((each) => `/mini_buildd/reference/${each}`);
  if (path === '/mini_buildd/api/:command') return [...ids.commands.map(reading), ...answers];
  const known = addresses[path];
  if (known === undefined && !(path in others)) throw new Error(`nobody measured the pages of ${path}`);
  return known ?? [];
};

/** Commands that change something lead to their form. */
const reading = (command: string): string => `/mini_buildd/api/${command}?output=html`;

type Asked = readonly [command: string, given: Readonly<Record<string, string>>];

/** What programs and forms ask, and is told at length. */
export const questions: readonly Asked[] = [
  ['history', { limit: '500' }],
  ['history', { package: name, limit: '500' }],
  ['logcat', { lines: '500' }],
  ['show', { package: name }],
  ['status', {}],
  ['uploads', {}],
  ['builds', {}],
  ['machines', {}],
  ['packages', { distribution: busiest }],
  ['compare', { one: busiest, other: busiest.replace('unstable', 'testing') }],
  ['search', { name: 'component' }],
  ['user', { action: 'list' }],
  ['uploader', { action: 'list' }],
  ['why', { builds: crowdedUpload(failing) }],
];

const many = Array.from({ length: 100 }, (_, n) => crowdedSource(n + 1000)).join(',');

const layouts = Array.from({ length: 300 }, (_, n) => `  department${n}: {suites: [{suite: unstable}]}\n`).join('');

/** What forms would have done: their plans are told at length. */
export const deeds: readonly Asked[] = [
  ['migrate', { package: many, distribution: busiest }],
  ['remove', { package: many, distribution: busiest }],
  ['cancel', { builds: crowdedUpload(0) }],
  ['removerepository', { repository: repositoryOf(0), force: 'true' }],
  ['apply', { configuration: `layouts:\n${layouts}` }],
  ['webhook', { action: 'remove', webhook: webhookOf(0) }],
];

const answers = questions.map(
  ([command, given]) => `/mini_buildd/api/${command}?${new URLSearchParams({ output: 'html', ...given })}`,
);
