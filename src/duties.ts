import { Readable } from 'node:stream';
import { catchError, defer, EMPTY, exhaustMap, ignoreElements, map, merge, type Observable, of } from 'rxjs';
import { ulid } from 'ulid';
import type { Outbox } from './app/accounts/outbox.ts';
import { senderOf } from './app/accounts/sender-of.ts';
import { buildOrders } from './app/builds/build-orders.ts';
import { builtBefore } from './app/builds/built-before.ts';
import { checkOrders } from './app/checks/check-orders.ts';
import type { ExpiryWatch } from './app/expiry-watch.ts';
import { followSuites } from './app/follow-suites.ts';
import { renewKeyring } from './app/generated/renew-keyring.ts';
import type { Reception } from './app/incoming/reception.ts';
import type { UploaderKeys } from './app/incoming/uploader-keys.ts';
import { everyKeptFile } from './app/kept-logs.ts';
import { letters } from './app/notifications/letters.ts';
import { webhookCalls } from './app/notifications/webhook-calls.ts';
import { oneAfterTheOther } from './app/one-after-the-other.ts';
import { makePort } from './app/porting/make-port.ts';
import { migratePort } from './app/porting/migrate-port.ts';
import { planAutoPort } from './app/porting/plan-auto-port.ts';
import { isTaken } from './app/porting/plan-port.ts';
import { planUpdate } from './app/porting/plan-update.ts';
import { forTheChecks, type Preparations } from './app/preparations.ts';
import type { Projector } from './app/projector.ts';
import type { Carrier } from './app/repository/carry-out.ts';
import { isPassing, migrateAged } from './app/repository/migrate-aged.ts';
import { heldThen, type PastStates } from './app/snapshots/past-states.ts';
import { packageReader } from './app/tell.ts';
import type { Works } from './app/works.ts';
import { accountMail } from './domain/account/account-mail.ts';
import { chrootName } from './domain/configuration/configuration.ts';
import type { UploadId } from './domain/ids.ts';
import type { EngineParts } from './engine-parts.ts';
import { homeDisk } from './home-disk.ts';
import type { Builder, Chroots } from './ports/builder.ts';
import type { Clock } from './ports/clock.ts';
import type { FileStore } from './ports/file-store.ts';
import type { Mailer } from './ports/mailer.ts';
import type { Neighbours } from './ports/neighbours.ts';
import type { RollCall } from './ports/roll-call.ts';
import { answersOpened } from './projections/answers-opened.ts';
import { removableAmong } from './projections/needed-files.ts';
import type { Sightings } from './projections/sightings.ts';
import type { World } from './projections/world.ts';
import { addArchitectures } from './reactors/add-architectures.ts';
import { assignBuilds } from './reactors/assign-builds.ts';
import { callWebhooks } from './reactors/call-webhooks.ts';
import { cancelBuilds } from './reactors/cancel-builds.ts';
import { cancelChecks } from './reactors/cancel-checks.ts';
import { checkSources } from './reactors/check-sources.ts';
import { finishChanges } from './reactors/finish-changes.ts';
import type { FollowedLogs } from './reactors/follow-logs.ts';
import { installPackages } from './reactors/install-packages.ts';
import { judgeUploads } from './reactors/judge-uploads.ts';
import { letGoFiles } from './reactors/let-go-files.ts';
import { letGoUploads } from './reactors/let-go-uploads.ts';
import { makePorts } from './reactors/make-ports.ts';
import { migrateAgedVersions } from './reactors/migrate-aged.ts';
import { migratePorts } from './reactors/migrate-ports.ts';
import { narrateBuilds } from './reactors/narrate-builds.ts';
import { notify } from './reactors/notify.ts';
import type { Fault } from './reactors/once-each.ts';
import { outdatePorts } from './reactors/outdate-ports.ts';
import {
  forBuilds,
  forChecks,
  type KeepLogs,
  madeAt,
  type Onlooker,
  prepareChroots,
} from './reactors/prepare-chroots.ts';
import { publishRepositories } from './reactors/publish-repositories.ts';
import { removeChroots } from './reactors/remove-chroots.ts';
import { type LogsOf, letGoAll, removeFiles } from './reactors/remove-files.ts';
import { removeRepositories } from './reactors/remove-repositories.ts';
import { removeUploadFiles } from './reactors/remove-upload-files.ts';
import { renewKeyrings } from './reactors/renew-keyrings.ts';
import { requestAutoPorts } from './reactors/request-auto-ports.ts';
import { requestBuilds } from './reactors/request-builds.ts';
import { requestChecks } from './reactors/request-checks.ts';
import { resumeBuilds } from './reactors/resume-builds.ts';
import { retireArchiveKeys } from './reactors/retire-archive-keys.ts';
import { runBuilds } from './reactors/run-builds.ts';
import { runChecks } from './reactors/run-checks.ts';
import { scheduleBinNmus } from './reactors/schedule-binnmus.ts';
import { type SealWork, sealLog } from './reactors/seal-log.ts';
import { sendAccountMails } from './reactors/send-account-mails.ts';
import { sightPackages } from './reactors/sight-packages.ts';
import { tidyPools } from './reactors/tidy-pools.ts';
import { updatePorts } from './reactors/update-ports.ts';
import { wakeBuilds } from './reactors/wake-builds.ts';
import { watchExpiries } from './reactors/watch-expiries.ts';
import { watchPorts } from './reactors/watch-ports.ts';
import { withdrawChecksFromNodes, withdrawFromNodes } from './reactors/withdraw-from-nodes.ts';
import { remoteDuties } from './remote-duties.ts';

const tickMs = 15_000;
const nodesMs = 5_000;

/** Every standing duty at work over the world; emits what went wrong and is tried again. */
export const duties = (
  parts: EngineParts,
  { world, world$, recorded$ }: Projector,
  carrier: Carrier,
  desk: Reception,
  uploaders: UploaderKeys,
  mails: Outbox,
  watched: Preparations,
  peers: Neighbours,
  roll: RollCall,
  seals: SealWork,
  isSteady: () => boolean,
  followed: FollowedLogs,
  expiries: ExpiryWatch,
  underWay: Pick<Works, 'during'>,
  liveLog: Builder['liveLog'],
  stop: AbortSignal,
): Observable<Fault> => {
  const { clock, place, mailer } = parts;
  const { tell, inTurn } = carrier;
  // Some things fall due because time passes, not because anything happened.
  const tick$ = clock.every(tickMs);
  const due$ = merge(world$, tick$.pipe(map(() => world)));
  // That a node is heard, or not any more, is no event.
  const nodes$ = merge(world$, clock.every(nodesMs).pipe(map(() => world)));
  const answers = answersOpened();
  const sightings: Sightings = new Map();
  const porting = { ...parts, verify: uploaders.verify, configuration: () => world.configuration };
  const orderOf = buildOrders(world, parts.ownUrl, parts.timeouts);
  const heard = (suffix: string): Onlooker => ({
    begin: (chroot) => watched.begin(`${chroot}${suffix}`),
    print: (chroot, line) => {
      parts.progress(chroot, line);
      watched.print(`${chroot}${suffix}`, line);
    },
    end: (chroot) => watched.end(`${chroot}${suffix}`),
  });
  const removed = ({ remove }: Pick<Chroots, 'remove'>, suffix: string): Pick<Chroots, 'remove'> => ({
    remove: (codename, architecture) =>
      underWay.during('removal', `${chrootName({ codename, architecture })}${suffix}`, () =>
        remove(codename, architecture),
      ),
  });
  return merge(
    judgeUploads(due$, clock, world, uploaders.signatureOf, packageReader(parts.log), tell),
    scheduleBinNmus(due$, clock, tell),
    requestBuilds(due$, clock, builtBefore(parts.log), tell),
    assignBuilds(nodes$, clock, place, peers, roll, tell),
    withdrawFromNodes(nodes$, clock, roll, parts.nodeLeaseMs, tell),
    withdrawChecksFromNodes(nodes$, clock, roll, parts.nodeLeaseMs, tell),
    runBuilds(due$, clock, place.builder, parts.builder, orderOf, stop, homeDisk(parts.homeRoom), tell),
    narrateBuilds(recorded$, tick$.pipe(map(() => world)), world, undefined, liveLog, clock.now, parts.progress),
    makePorts(
      due$,
      clock,
      world,
      (requested, workplace) =>
        underWay.during('port', `${requested.source} ${requested.version}`, (say) =>
          makePort(requested, workplace, porting, say),
        ),
      tell,
    ),
    migratePorts(due$, clock, (requested) => migratePort(requested, carrier), tell),
    migrateAgedVersions(world$, clock, world, migrateAged({ ...carrier, ...parts }), isPassing),
    requestAutoPorts(due$, clock, (wanted) => planAutoPort(world, wanted, clock.now()), tell),
    requestChecks(due$, clock, answers, tell),
    runChecks(due$, clock, place, parts.checker, checkOrders(world, parts.ownUrl, parts.timeouts), stop, tell),
    installPackages(due$, clock, world, inTurn, tell),
    finishChanges(due$, clock, world, inTurn, (about, work) => underWay.during('change', about, work), tell),
    resumeBuilds(due$, clock, tell),
    cancelBuilds(due$, clock, tell),
    cancelChecks(due$, clock, tell),
    addArchitectures(due$, clock, world, inTurn, tell),
    publishRepositories(due$, clock, world, parts.archive, parts.progress, tell),
    prepareChroots(
      madeAt(forBuilds, place),
      due$,
      clock,
      world,
      parts.chroots,
      keepLogs(parts.files, world),
      heard(''),
      tell,
    ),
    prepareChroots(
      madeAt(forChecks, place),
      due$,
      clock,
      world,
      parts.checkChroots,
      keepLogs(parts.files, world),
      heard(forTheChecks),
      tell,
    ),
    removeChroots(forBuilds, due$, clock, removed(parts.chroots, ''), tell),
    removeChroots(forChecks, due$, clock, removed(parts.checkChroots, forTheChecks), tell),
    callWebhooks(
      due$,
      clock,
      world,
      parts.webhooks.caller,
      webhookCalls(world, { ...parts, targets: parts.webhooks.targets }),
      oneAfterTheOther,
      tell,
    ),
    mailer === undefined ? EMPTY : notify(due$, clock, world, mailer, letters(world, parts), oneAfterTheOther(), tell),
    removeRepositories(due$, clock, world, parts.archive),
    renewKeyrings(due$, clock, renewKeyring(carrier, parts.files)),
    retireArchiveKeys(due$, clock, isSteady, tell),
    watchExpiries(due$, clock, expiries, tell),
    sealLog(due$, clock, seals),
    checkSources(
      due$,
      clock,
      world,
      parts.upstream,
      followSuites(
        [
          (seen) => sightPackages(seen, sightings, world, parts.upstream),
          watchPorts(new Map(), world, parts.upstream, () => ulid(clock.now()) as UploadId, tell),
        ],
        parts.progress,
      ),
      tell,
    ),
    wakeBuilds(tick$.pipe(map(() => world)), clock, sightings, tell),
    outdatePorts(
      tick$.pipe(map(() => world)),
      clock,
      (outdated) => isTaken(world, outdated),
      () => ulid(clock.now()) as UploadId,
      tell,
    ),
    updatePorts(
      tick$.pipe(map(() => world)),
      clock,
      (port) => planUpdate(port, { ...parts, world, verify: uploaders.verify, now: clock.now }),
      tell,
    ),
    remoteDuties(parts, { world, world$ }, peers, roll, followed, answers, stop, tell),
    tidyIncoming(tick$, desk),
    mailer === undefined ? EMPTY : mailAccounts(mailer, mails, clock, world),
  );
};

const mailAccounts = (mailer: Mailer, mails: Outbox, clock: Clock, world: World): Observable<Fault> =>
  sendAccountMails(mails.owed$, clock, {
    mailer,
    mailOf: async (id) => {
      const owed = await mails.read(id);
      return owed && accountMail(owed, owed.secret, senderOf(world.configuration));
    },
    done: mails.done,
    inTurn: oneAfterTheOther(),
  });

/** The duties that decide which files stay. */
export const keeping = (
  { log, clock, archive, files }: EngineParts,
  { world, world$ }: Projector,
  { tell, inTurn }: Pick<Carrier, 'tell' | 'inTurn'>,
  past: PastStates,
  isSteady: () => boolean,
  { during }: Pick<Works, 'during'>,
): Observable<Fault> => {
  const removing = (about: string, work: (say: (line: string) => void) => Promise<void>) =>
    during('removal', about, work);
  const tidyPool: typeof archive.tidyPool = (repository, keep) =>
    during('tidying', repository, () => archive.tidyPool(repository, keep));
  const logs = everyKeptFile(log);
  const logsOf: LogsOf = async ({ repository, source, version }) =>
    (await logs(repository, source, version)).map(({ file }) => file);
  return merge(
    letGoFiles(world$, clock, world, heldThen(world, past), inTurn, isSteady, tell),
    letGoUploads(world$, clock, world, inTurn, isSteady, tell),
    removeUploadFiles(merge(world$, clock.every(tickMs).pipe(map(() => world))), clock, world, files, tell),
    removeFiles(world$, { clock, world, archive, files, logsOf, tell, during: removing }),
    tidyPools(clock, world, { tidyPool }),
  );
};

const keepLogs = (files: FileStore, world: World): KeepLogs => ({
  put: (name, text) => files.put(name, Readable.from([text])),
  letGo: (logs) => letGoAll(removableAmong(world, { packages: [], texts: logs.map(({ sha256 }) => sha256) }), files),
});

/** Not owed by state but by files that lie about: looked at now and then. */
const tidyIncoming = (tick$: Observable<void>, desk: Reception): Observable<Fault> =>
  tick$.pipe(
    exhaustMap(() =>
      defer(() => desk.tidy()).pipe(
        ignoreElements(),
        catchError((error: unknown) => of({ duty: 'tidy-incoming', item: 'incoming', error, againInMs: tickMs })),
      ),
    ),
  );
