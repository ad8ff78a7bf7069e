import { right } from 'fp-ts/lib/Either.js';
import { suffices } from '../../domain/account/privilege.ts';
import type { LastBackup } from '../../domain/backup/last.ts';
import { instant } from '../../domain/codec.ts';
import { instanceAddress } from '../../domain/configuration/instance-address.ts';
import { hostAndPort } from '../../domain/configuration/web-address.ts';
import type { BuildId } from '../../domain/ids.ts';
import { isReader, recipientKey } from '../../domain/notification/events.ts';
import type { Confinement } from '../../ports/builder.ts';
import type { LogState } from '../../ports/event-log.ts';
import { builtAs, isThere } from '../../projections/binnmus.ts';
import { buildsOf, claims, running } from '../../projections/build-queue.ts';
import { wantsCheckChroot } from '../../projections/checks-owed.ts';
import { overtakenPorts } from '../../projections/followed-ports.ts';
import type { SilentNodes } from '../../projections/node-leases.ts';
import type { Templates } from '../../projections/templates.ts';
import { acceptedUploads } from '../../projections/uploads.ts';
import { whyChecking } from '../../projections/waiting-checks.ts';
import { held, inQueue, type Place, queuePlaces, whyWaiting } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import type { Concern } from '../concerns.ts';
import { type Work, workLine } from '../works.ts';
import { type Command, command } from './command.ts';

/** What `status` asks beside the projections. */
export type Health = {
  readonly version: string;
  readonly log: () => LogState;
  readonly confinement: Confinement;
  readonly place: Place;
  /** What is under way besides builds; files on their way by their names, which are anybody's word, for staff. */
  readonly works: (mayKnowNames: boolean) => readonly Work[];
  /** In which stage a build is that runs, wherever. */
  readonly stage: (build: BuildId) => string | undefined;
  readonly concerns: () => readonly Concern[];
  readonly silentNodes: () => SilentNodes;
  readonly lastBackup?: (() => LastBackup | undefined) | undefined;
  readonly now: () => number;
  /** Whether this instance sends mail. */
  readonly mail: boolean;
};

/** What staff should look after before it fails, a line each. It names people, so nobody else is told. */
export type Attention = () => Promise<readonly string[]>;

/** `status`: is it up, what does it do, what does it wait for. */
export const status = (world: World, health: Health, attention: Attention): Command =>
  command({
    name: 'status',
    summary: 'Shows whether the daemon is up, and what it is doing',
    arguments: {},
    privilege: 'none',
    run: async (_, _actor, { privilege }) => {
      const isStaff = suffices(privilege, 'staff');
      const forStaff = isStaff
        ? {
            attention: await attention(),
            backup: health.lastBackup?.() ?? null,
            overtakenPorts: overtakenPorts(world).length,
          }
        : {};
      const answer = { ...describe(world, health, isStaff), ...forStaff };
      return right({ json: answer, plain: plain(answer) });
    },
  });

const describe = (
  world: World,
  { version, log, confinement, place, mail, works, stage, concerns, now }: Health,
  isStaff: boolean,
) => {
  const { instance, repositories, remotes } = world.configuration;
  const { hostname, url, ftpPort } = instanceAddress(world.configuration);
  const atWork = claims(world.builds, place.builder).length;
  const pending = held(world);
  const places = queuePlaces(world);
  return {
    version,
    instance: instance?.instance ?? null,
    url,
    http: hostAndPort(url),
    ftp: `${hostname}:${ftpPort}`,
    running: world.engine === 'started',
    log: log(),
    concerns: concerns().map(({ severity, fact, remedy }) => ({ severity, fact, remedy })),
    load: place.room === 0 ? 0 : Math.round(((atWork + pending.length) / place.room) * 100) / 100,
    chroots: group(readyChroots(world)),
    repositories: Object.fromEntries([...repositories.values()].map((each) => [each.repository, each.codenames])),
    remotes: [...remotes.keys()],
    packaging: acceptedUploads(world.uploads).map(({ id, accepted }) => ({
      upload: id,
      source: accepted.source,
      version: accepted.version,
      distribution: accepted.distribution,
      builds: buildsOf(world.builds, id).map(({ requested, status: state }) => ({
        architecture: requested.architecture,
        status: state,
      })),
    })),
    building: running(world.builds, place.builder).map(({ id, requested, attempts }) => ({
      build: id,
      source: requested.source,
      version: builtAs(world.binNmus, requested),
      architecture: requested.architecture,
      attempt: attempts,
      stage: stage(id) ?? null,
    })),
    waiting: pending.map((build) => ({
      build: build.id,
      position: places.get(build.id) ?? null,
      source: build.requested.source,
      version: builtAs(world.binNmus, build.requested),
      architecture: build.requested.architecture,
      since: build.changedAt,
      because: whyWaiting(build, world, place),
    })),
    underWay: works(isStaff).map((work) => ({
      kind: work.kind,
      about: work.about,
      says: work.says ?? null,
      since: instant(work.startedAt),
      usualSeconds: work.usual === undefined ? null : work.usual / 1000,
      line: `${work.about}: ${workLine(work, now())}`,
    })),
    binNmus: [...world.binNmus.open.values()].map(({ planned, rebuilds }) => ({
      binNmu: planned.binNmu,
      distribution: planned.distribution,
      reason: planned.reason,
      builds: rebuilds.size,
      there: rebuilds.values().filter(isThere).toArray().length,
    })),
    checking: openChecks(world, place),
    unready: [...unreadyChroots(world.templates, ''), ...unreadyChroots(wantedCheckTemplates(world), ' for checks')],
    mail: mail ? { owed: owedMails(world), delayed: world.notices.delay ?? null } : null,
    confinement,
  };
};

const owedMails = ({ notices }: World): number =>
  notices.owed
    .values()
    .flatMap(({ recipients, open }) => recipients.filter((to) => isReader(to) && open.has(recipientKey(to))))
    .toArray().length;

const readyChroots = ({ templates }: World): readonly (readonly [string, string])[] =>
  [...templates.values()].flatMap(({ chroot, prepared }) =>
    chroot === undefined || prepared === undefined ? [] : [[prepared.codename, prepared.architecture] as const],
  );

const openChecks = (world: World, place: Place) =>
  [...world.checks.open.values()].map((check) => ({
    check: check.id,
    tool: check.requested.tool,
    source: check.requested.source,
    version: check.requested.version,
    architecture: check.requested.architecture,
    status: check.status,
    because: whyChecking(check, world, place),
  }));

const wantedCheckTemplates = ({ checkTemplates, configuration }: World): Templates =>
  new Map(
    [...checkTemplates].filter(
      ([, { chroot }]) => chroot !== undefined && wantsCheckChroot(configuration, chroot.codename),
    ),
  );

/** `what` follows the name where it is not the chroot of builds. */
const unreadyChroots = (templates: Templates, what: string) =>
  [...templates.values()].flatMap(({ chroot, prepared, failed }) =>
    chroot === undefined || prepared !== undefined
      ? []
      : [
          {
            codename: chroot.codename,
            architecture: chroot.architecture,
            because: `${failed === undefined ? 'being prepared' : `${failed.stage}: ${failed.fact}`}${what}`,
          },
        ],
  );

const group = (pairs: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...Map.groupBy(pairs, ([codename]) => codename)].map(([codename, all]) => [codename, all.map(([, arch]) => arch)]),
  );

type ForStaff = {
  readonly overtakenPorts?: number;
  readonly attention?: readonly string[];
  readonly backup?: LastBackup | null;
};

const plain = (answer: ReturnType<typeof describe> & ForStaff): string =>
  [
    `${answer.url} (${answer.version}):`,
    '',
    `Daemon: ${answer.running ? 'UP' : 'DOWN'}: ftp://${answer.ftp} (load ${answer.load})`,
    ...answer.concerns.map(({ severity, fact, remedy }) => `${heading[severity]}: ${fact} (${remedy})`),
    '',
    `Repositories: ${words(answer.repositories)}`,
    `Chroots     : ${words(answer.chroots)}`,
    ...answer.unready.map(
      ({ codename, architecture, because }) => `              ${codename}: ${architecture}: ${because}`,
    ),
    ...mailLine(answer.mail),
    ...backupLine(answer.backup ?? null),
    ...(answer.attention ?? []).map((line) => `Attention: ${line}`),
    ...newerLine(answer.overtakenPorts ?? 0),
    '',
    `Packager: ${answer.packaging.length} packaging`,
    ...answer.packaging.map(
      ({ source, version, distribution, builds }) =>
        `  ${source} ${version} (${distribution}) ${builds.map((build) => `${build.architecture}:${build.status}`).join(' ')}`,
    ),
    '',
    ...(answer.underWay.length === 0 ? [] : [...answer.underWay.map(({ line }) => `Under way: ${line}`), '']),
    ...answer.binNmus.map(
      ({ binNmu, distribution, builds, there }) =>
        `binNMU ${binNmu} in ${distribution}: ${there} of ${builds} built again`,
    ),
    `Builder: ${answer.building.length} building`,
    ...answer.building.map(
      ({ source, version, architecture, stage }) =>
        `  ${source} ${version} ${architecture}${stage === null ? '' : ` (${stage})`}`,
    ),
    ...answer.checking.map(
      ({ tool, source, version, architecture, status: state, because }) =>
        `  ${tool} of ${source} ${version} ${architecture}: ${state}: ${because}`,
    ),
    ...answer.waiting.map(
      ({ source, version, architecture, position, because }) =>
        `  ${source} ${version} ${architecture}: waits: ${because}${inQueue(position)}`,
    ),
    '',
  ].join('\n');

const newerLine = (ports: number): readonly string[] =>
  ports === 0
    ? []
    : [`Ports       : ${ports} overtaken where ${ports === 1 ? 'it' : 'they'} came from: see portupdates`];

const mailLine = (mail: ReturnType<typeof describe>['mail']): readonly string[] => {
  if (mail === null) return ['Mail        : off'];
  const { owed, delayed } = mail;
  return [`Mail        : ${owed} owed${delayed === null ? '' : `, delayed since ${delayed.since}: ${delayed.fact}`}`];
};

const backupLine = (backup: LastBackup | null): readonly string[] =>
  backup === null
    ? []
    : [
        `Backup      : ${backup.taken}, ${backup.events} events, ${backup.files} files${backup.missing === 0 ? '' : `, ${backup.missing} damaged ones missing`}`,
      ];

const words = (lists: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(lists)
    .map(([name, list]) => `${name}: ${list.join(' ')}`)
    .join('; ');

const heading = { critical: 'Critical', warning: 'Warning' } as const;
