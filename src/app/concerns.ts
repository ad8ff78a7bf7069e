import { type LastBackup, longestWithoutBackup } from '../domain/backup/last.ts';
import { type DiskRoom, isFull, isNearlyFull, lackOfRoom, whatIsFree } from '../domain/disk-room.ts';
import type { Expiry } from '../domain/expiry/expiry.ts';
import type { NodeName } from '../domain/node/events.ts';
import type { Confinement } from '../ports/builder.ts';
import type { CertificateState } from '../ports/certificate.ts';
import type { LogState } from '../ports/event-log.ts';
import { requestsIn } from '../projections/buildrequests.ts';
import type { SilentNodes } from '../projections/node-leases.ts';
import { addedNodes, noRoomAt } from '../projections/nodes.ts';
import { lostRemotes } from '../projections/remotes.ts';
import type { Templates } from '../projections/templates.ts';
import type { World } from '../projections/world.ts';
import { certificateNotices } from './certificate-notices.ts';
import { clockNotices } from './clock-notices.ts';
import { endsNear } from './expiry-watch.ts';
import { neverBuilt } from './never-built.ts';
import { type Sealing, sealAttention } from './pages/sealing.ts';
import { standbyConcerns } from './standby/concerns.ts';
import type { Standing } from './standby/seat.ts';
import type { ClockLeap } from './steady-clock.ts';

/** Something that somebody should see to. `critical`: a promise is broken now; `warning`: one will be. It names nobody. */
export type Concern = {
  readonly severity: 'critical' | 'warning';
  readonly fact: string;
  readonly remedy: string;
  /** Where the manual says more, a path of ours. */
  readonly doneAt?: string;
};

/** What is asked beside the world. */
export type ConcernSources = {
  readonly log: () => LogState;
  readonly confinement: Confinement;
  /** Of HTTPS; `undefined` where there is none. */
  readonly certificate: () => CertificateState | undefined;
  readonly sealing: Sealing;
  /** What ends, as it was seen last. */
  readonly expiries: () => readonly Expiry[];
  readonly standby?: (() => Standing) | undefined;
  readonly lastBackup?: (() => LastBackup | undefined) | undefined;
  /** Of the home, as it was seen last. */
  readonly homeRoom?: (() => DiskRoom | undefined) | undefined;
  readonly silentNodes: () => SilentNodes;
  /** How far the clock leapt ahead, while it is not believed yet. */
  readonly clockLeap: () => ClockLeap | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** All there is now, what is worst first: the same for status, metrics and `mini-buildd check`. */
export const concernsOf = (world: World, sources: ConcernSources): readonly Concern[] => {
  const found = [
    ...machineConcerns(sources),
    ...unpublished(world).map(critical),
    ...datedAhead(world, sources.now()).map(warning),
    ...clockNotices(world, sources.clockLeap(), sources.now()).map(warning),
    ...(world.engine === 'started' ? [] : [stopped]),
    ...failedChroots(world.templates, '').map(warning),
    ...neverBuilt(world).map(warning),
    ...ofNodes(world, sources.silentNodes()).map(({ node: _, ...said }) => warning(said)),
    ...lost(world),
    ...undelivered(world, sources.now()).map(warning),
    ...delayedMail(world),
  ];
  return [...ofSeverity('critical', found), ...ofSeverity('warning', found)];
};

export const countConcerns = (concerns: readonly Concern[]): Readonly<Record<Concern['severity'], number>> => ({
  critical: ofSeverity('critical', concerns).length,
  warning: ofSeverity('warning', concerns).length,
});

const ofSeverity = (severity: Concern['severity'], concerns: readonly Concern[]): readonly Concern[] =>
  concerns.filter((each) => each.severity === severity);

/** Those of the machine and the log, whatever the instance does. */
export const machineConcerns = ({
  log,
  confinement,
  certificate,
  sealing,
  expiries,
  standby,
  lastBackup,
  homeRoom,
  now,
}: ConcernSources): readonly Concern[] => [
  ...logConcerns(log()),
  ...diskConcerns(homeRoom?.()),
  ...sealAttention(sealing()).map(sealing().doubt === undefined ? warning : critical),
  ...certificateNotices(certificate(), now()).map((certificate()?.validUntil ?? now()) < now() ? critical : warning),
  ...endsNear(expiries(), now()),
  ...open(confinement).map(warning),
  ...(standby === undefined ? [] : standbyConcerns(standby())),
  ...oldBackup(lastBackup?.(), now()).map(warning),
];

/** What apt does not see though it should. */
export const unpublished = ({ publications }: World): readonly Said[] =>
  [...publications].flatMap(([repository, { failure }]) =>
    failure === undefined ? [] : [{ fact: `${repository}: ${failure.fact}`, remedy: failure.remedy }],
  );

/** The clock of another day: apt takes no index that is dated in its future. Milliseconds. */
const shortestAhead = 3_600_000;

/** What was published when the clock was ahead of today's: dates never go back, so it stays dated so until then. */
export const datedAhead = ({ publications }: World, now: number): readonly Said[] =>
  [...publications].flatMap(([repository, { published }]) =>
    published === undefined || Date.parse(published.date) - now < shortestAhead
      ? []
      : [
          {
            fact: `${repository}: what apt sees is dated ${published.date}, which is still to come by the clock of this machine`,
            remedy: 'set the clock; machines whose clock is right take it from that date on',
          },
        ],
  );

type Said = Omit<Concern, 'severity'>;

const critical = (said: Said): Concern => ({ severity: 'critical', ...said });
const warning = (said: Said): Concern => ({ severity: 'warning', ...said });

const logRemedies = {
  unreachable: { remedy: 'the daemon waits, and goes on by itself when the event store answers' },
  fenced: { remedy: 'see the manual on recovery', doneAt: '/mini_buildd/doc/recovery#the-log-is-fenced' },
} as const;

const logConcerns = (state: LogState): readonly Concern[] =>
  state.status === 'writable'
    ? []
    : [critical({ fact: `nothing can be recorded: ${state.reason}`, ...logRemedies[state.status] })];

const diskConcerns = (room: DiskRoom | undefined): readonly Concern[] => {
  if (room === undefined || !isNearlyFull(room)) return [];
  const disk = 'the disk of the instance';
  const doneAt = '/mini_buildd/doc/recovery#the-disk-is-full';
  return isFull(room)
    ? [
        critical({
          fact: `${lackOfRoom(room, disk)}: it is full`,
          remedy: 'make room: nothing is uploaded and built before',
          doneAt,
        }),
      ]
    : [warning({ fact: whatIsFree(room, disk), remedy: 'make room before it is full', doneAt })];
};

const open = ({ network, processes, bounds }: Confinement): readonly Said[] =>
  [
    ...(network === true ? [] : [`builds reach the network: ${network}`]),
    ...(processes === true ? [] : [`builds may leave processes behind: ${processes}`]),
    ...(bounds === true ? [] : [`builds are not bounded: ${bounds}`]),
  ].map((fact) => ({
    fact,
    remedy: 'see the manual on what the machine must give',
    doneAt: '/mini_buildd/doc/recovery#builds',
  }));

/** Who never backs up has a reason, or another way; who did, and stopped, may not know it. */
const oldBackup = (last: LastBackup | undefined, now: number): readonly Said[] =>
  last === undefined || now - Date.parse(last.taken) <= longestWithoutBackup
    ? []
    : [
        {
          fact: `the last backup is of ${last.taken}`,
          remedy: 'see why no other followed, and run mini-buildd backup',
          doneAt: '/mini_buildd/doc/recovery#what-to-back-up-and-how-it-comes-back',
        },
      ];

const stopped = warning({
  fact: 'the daemon was stopped: it begins no builds',
  remedy: 'mini-buildd-tool USER@HOST start',
});

/** Nodes that should work and are silent, or have no room, and what they cannot build for. One that was stopped is no concern. */
export const ofNodes = ({ nodes }: World, silent: SilentNodes): readonly (Said & { readonly node: NodeName })[] =>
  addedNodes(nodes).flatMap(({ node, process, templates }) => {
    if (process === undefined) return [];
    const how = silent.get(node);
    const said = how === undefined ? [] : [{ fact: `node ${node} ${how}: its builds go elsewhere`, remedy: see }];
    const full = process.full && [{ fact: `${noRoomAt(node, process.full)}: its builds go elsewhere`, ...makeRoom }];
    const failed = failedChroots(templates.builds, ` at node ${node}`);
    return [...said, ...(full ?? []), ...failed].map((each) => ({ ...each, node }));
  });

const makeRoom = { remedy: 'free space there', doneAt: '/mini_buildd/doc/recovery#the-disk-is-full' };
const see = 'see whether it runs, and reaches the archive and the log';

const failedChroots = (templates: Templates, where: string): readonly Said[] =>
  [...templates.values()].flatMap(({ chroot, prepared, failed }) =>
    chroot === undefined || prepared !== undefined || failed === undefined
      ? []
      : [
          {
            fact: `nothing can be built for ${chroot.codename}/${chroot.architecture}${where}: ${failed.stage}: ${failed.fact}`,
            remedy: 'see its log on the page of the chroot, and prepare it again',
          },
        ],
  );

const lost = ({ remotes }: World): readonly Concern[] =>
  lostRemotes(remotes).map((each) =>
    warning({ fact: `remote ${each.remote} is lost: ${each.lost?.fact}`, remedy: 'it is asked again by itself' }),
  );

/** A result that is sent again and again. Milliseconds. */
const usualDelivery = 600_000;

/** What was built for others and does not come through to them: mostly a firewall before their incoming. */
export const undelivered = ({ buildrequests }: World, now: number): readonly Said[] => {
  const late = requestsIn(buildrequests, 'built').filter(
    ({ changedAt }) => now - Date.parse(changedAt) > usualDelivery,
  );
  return [...Map.groupBy(late, ({ received }) => received.remote)].map(([remote, results]) => ({
    fact: `${results.length} results could not be delivered to ${remote}, the oldest since ${results[0]?.changedAt}`,
    remedy:
      'see that its incoming (FTP, and its passive ports) can be reached from here; they are sent again by themselves',
  }));
};

const delayedMail = ({ notices: { delay } }: World): readonly Concern[] =>
  delay === undefined
    ? []
    : [
        warning({
          fact: `mail is delayed since ${delay.since}: ${delay.fact}`,
          remedy: 'it is sent for three days; see what the mail server says',
        }),
      ];
