import { acme } from '../../support/fixed-examples.ts';
import type { BelievableInstance } from './believable-instance.ts';

/** What each of these pages is, for whoever looks. */
export const pages = (bed: Pick<BelievableInstance, 'daemon' | 'buildOf'>): Readonly<Record<string, string>> => ({
  home: '/mini_buildd/',
  'found packages': '/mini_buildd/packages?name=a',
  package: '/mini_buildd/packages/hello',
  'package that failed': '/mini_buildd/packages/rocket',
  repository: '/mini_buildd/repositories/acme',
  'all builds': '/mini_buildd/builds',
  'all uploads': '/mini_buildd/uploads',
  machines: '/mini_buildd/machines',
  'all repositories': '/mini_buildd/repositories',
  'folders of repositories': '/repositories/',
  'past states': '/snapshots/acme/',
  distribution: '/mini_buildd/repositories/acme/trixie-acme-unstable',
  'distribution of the past': `/mini_buildd/repositories/acme/trixie-acme-unstable?at=${bed.daemon.world.published.get(acme)?.[0]?.id}`,
  'two suites': '/mini_buildd/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing',
  statistics: '/mini_buildd/statistics',
  'statistics by week': '/mini_buildd/statistics?by=weeks',
  upload: `/mini_buildd/uploads/${bed.buildOf('acme-tools').slice(0, 26)}`,
  'upload that failed': `/mini_buildd/uploads/${bed.buildOf('rocket').slice(0, 26)}`,
  event: `/mini_buildd/history/${bed.daemon.world.published.get(acme)?.at(-1)?.id}`,
  'build that runs': `/mini_buildd/builds/${bed.buildOf('birdseed')}`,
  'build that failed': `/mini_buildd/builds/${bed.buildOf('rocket')}`,
  'build with checks': `/mini_buildd/builds/${bed.buildOf('acme-tools')}`,
  history: '/mini_buildd/history',
  seals: '/mini_buildd/seals/',
  'log of a build': `/mini_buildd/builds/${bed.buildOf('rocket')}/log/lines`,
  progress: '/mini_buildd/progress?stream=repository-acme&stream=repository-lab',
  commands: '/mini_buildd/commands',
  'form of a command': '/mini_buildd/commands/migrate?package=hello',
  reference: '/mini_buildd/reference',
  'reference of a command': '/mini_buildd/reference/migrate',
  'answer of a command': '/mini_buildd/api/status?output=html',
  login: '/mini_buildd/login',
  style: '/mini_buildd/style',
  'form for uploads': '/mini_buildd/upload',
  verdict: `/mini_buildd/upload/verdict/${'0'.repeat(64)}`,
  manual: '/mini_buildd/doc/administration',
  'found in the manual': '/mini_buildd/doc/search?words=key',
  logs: '/log/acme/hello/2.10-3~acme13+1/',
});

/** What those who look after the instance see besides. */
export const pagesOfAdministration: readonly string[] = [
  ...['', '/instance/instance', '/sources', '/layouts', '/layouts/Default', '/distributions', '/distributions/trixie'],
  ...['/repositories', '/repositories/acme', '/retention', '/chroots', '/chroots/trixie-amd64', '/builders'],
  ...['/accounts', '/uploaders', '/notifications', '/configuration'],
].map((place) => `/mini_buildd/administration${place}`);
