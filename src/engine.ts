import { Readable } from 'node:stream';
import { isLeft } from 'fp-ts/lib/Either.js';
import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  firstValueFrom,
  ignoreElements,
  map,
  merge,
  type Observable,
  of,
} from 'rxjs';
import { access } from './app/accounts/access.ts';
import { enrolment } from './app/accounts/enrolment.ts';
import { forgetErased } from './app/accounts/forget-erased.ts';
import { type Outbox, outbox } from './app/accounts/outbox.ts';
import { rates } from './app/accounts/rates.ts';
import { senderOf } from './app/accounts/sender-of.ts';
import { buildOrders } from './app/builds/build-orders.ts';
import { builtBefore } from './app/builds/built-before.ts';
import { checkOrders } from './app/checks/check-orders.ts';
import { commandTable } from './app/commands/command-table.ts';
import type { WebhookParts } from './app/commands/webhook.ts';
import { type Reception, reception } from './app/incoming/reception.ts';
import { type UploaderKeys, uploaderKeys } from './app/incoming/uploader-keys.ts';
import { packageLogs } from './app/kept-logs.ts';
import { letters } from './app/notifications/letters.ts';
import { webhookCalls } from './app/notifications/webhook-calls.ts';
import { oneAfterTheOther } from './app/one-after-the-other.ts';
import { makePort } from './app/porting/make-port.ts';
import { migratePort } from './app/porting/migrate-port.ts';
import { planAutoPort } from './app/porting/plan-auto-port.ts';
import { type Projector, startProjector } from './app/projector.ts';
import type { Carrier } from './app/repository/carry-out.ts';
import { heldThen, type PastStates, pastStates } from './app/snapshots/past-states.ts';
import { snapshots } from './app/snapshots/snapshots.ts';
import { accountReader, packageReader, teller } from './app/tell.ts';
import { accountMail } from './domain/account/account-mail.ts';
import { chrootName } from './domain/configuration/configuration.ts';
import type { FileName, StoredFile } from './domain/debian/names.ts';
import type { Access } from './ports/access.ts';
import type { Api } from './ports/api.ts';
import type { Archive } from './ports/archive.ts';
import type { Builder, Chroots, Confinement } from './ports/builder.ts';
import type { Checker } from './ports/checker.ts';
import type { Clock } from './ports/clock.ts';
import type { Enrolment } from './ports/enrolment.ts';
import type { EventLog } from './ports/event-log.ts';
import type { FileStore } from './ports/file-store.ts';
import type { HostMachine } from './ports/host.ts';
import type { IncomingFolder } from './ports/incoming.ts';
import type { Installability } from './ports/installability.ts';
import type { Journal } from './ports/journal.ts';
import type { KeyReader, Keyring } from './ports/keyring.ts';
import type { Mailer } from './ports/mailer.ts';
import type { People } from './ports/people.ts';
import type { Remotes } from './ports/remotes.ts';
import type { Snapshots } from './ports/snapshots.ts';
import type { SourceFetcher } from './ports/source-fetcher.ts';
import type { SourcePackager } from './ports/source-packager.ts';
import { duty, type Tell } from './ports/tell.ts';
import type { ReleaseVerifier, Upstream } from './ports/upstream.ts';
import { type BuildStory, running } from './projections/build-queue.ts';
import { type CheckStory, runningChecks } from './projections/checks.ts';
import type { Recorded } from './projections/recorded.ts';
import type { Place } from './projections/waiting-reason.ts';
import type { World } from './projections/world.ts';
import { addArchitectures } from './reactors/add-architectures.ts';
import { assignBuilds } from './reactors/assign-builds.ts';
import { callWebhooks } from './reactors/call-webhooks.ts';
import { cancelBuilds } from './reactors/cancel-builds.ts';
import { checkSources } from './reactors/check-sources.ts';
import { finishChanges } from './reactors/finish-changes.ts';
import { installPackages } from './reactors/install-packages.ts';
import { judgeUploads } from './reactors/judge-uploads.ts';
import { letGoFiles } from './reactors/let-go-files.ts';
import { makePorts } from './reactors/make-ports.ts';
import { migratePorts } from './reactors/migrate-ports.ts';
import { notify } from './reactors/notify.ts';
import type { Fault } from './reactors/once-each.ts';
import { forBuilds, forChecks, type Purpose, prepareChroots } from './reactors/prepare-chroots.ts';
import { publishRepositories } from './reactors/publish-repositories.ts';
import { removeChroots } from './reactors/remove-chroots.ts';
import { type LogsOf, removeFiles } from './reactors/remove-files.ts';
import { removeRepositories } from './reactors/remove-repositories.ts';
import { requestAutoPorts } from './reactors/request-auto-ports.ts';
import { requestBuilds } from './reactors/request-builds.ts';
import { requestChecks } from './reactors/request-checks.ts';
import { resumeBuilds } from './reactors/resume-builds.ts';
import { runBuilds } from './reactors/run-builds.ts';
import { runChecks } from './reactors/run-checks.ts';
import { sendAccountMails } from './reactors/send-account-mails.ts';
import { tidyPools } from './reactors/tidy-pools.ts';

/** The real parts, or fakes that behave. */
export type EngineParts = {
  readonly log: EventLog;
  readonly files: FileStore;
  readonly incoming: IncomingFolder;
  readonly keyring: Keyring & KeyReader;
  readonly people: People;
  /** Undefined: this instance sends no mail. */
  readonly mailer: Mailer | undefined;
  readonly webhooks: WebhookParts;
  readonly builder: Builder;
  readonly chroots: Chroots;
  readonly checker: Checker;
  /** Templates that hold the tools of checks. */
  readonly checkChroots: Chroots;
  readonly archive: Archive;
  readonly upstream: Upstream & ReleaseVerifier;
  readonly host: HostMachine;
  readonly remotes: Remotes;
  readonly packager: SourcePackager;
  readonly fetcher: SourceFetcher;
  readonly installability: Installability;
  readonly clock: Clock;
  readonly place: Place;
  readonly confinement: Confinement;
  readonly version: string;
  readonly journal: Journal;
  /** Where builds on this machine reach what we publish: `http://127.0.0.1:8066`. */
  readonly ownUrl: string;
  readonly timeouts: { readonly buildSeconds: number; readonly silenceSeconds: number; readonly incomingMs: number };
  /** A line for the journal about long work: what it is about, and how far it is. */
  readonly progress: (about: string, line: string) => void;
};

export type Engine = {
  readonly world: World;
  /** The world each time it changed. Somebody must listen, or nothing is ever folded. */
  readonly world$: Observable<World>;
  /** Each new event, once the world holds it. */
  readonly recorded$: Observable<Recorded>;
  /** All duties at work: emits what went wrong and is tried again. Its error is a log that cannot be read. */
  readonly duties$: Observable<Fault>;
  readonly reception: Reception;
  readonly api: Api;
  readonly access: Access;
  readonly enrolment: Enrolment;
  readonly snapshots: Snapshots;
  readonly tell: Tell;
  /** Gives back builds that an earlier life left running, looks whether templates are where they were, and forgets who is erased. Needs a listener on `world$`. */
  readonly recover: () => Promise<void>;
  /** Ends builds, so that they are given back; resolves when none runs here. */
  readonly stop: () => Promise<void>;
};

const tickMs = 15_000;
const longestFarewellMs = 30_000;

/** Ties duties, log and ports together. Nothing happens until somebody listens. */
export const engine = async (parts: EngineParts): Promise<Engine> => {
  const { log, clock, place } = parts;
  const projector = await startProjector(log, (events) => parts.progress('log', `${events} events replayed`));
  const { world, world$ } = projector;
  // Taken before any duty works: a build that this life starts is none of them.
  const leftovers = running(world.builds, place.builder);
  const leftoverChecks = runningChecks(world.checks, place.builder);
  const tell = teller(log, ({ position }) => projector.folded(position));
  const inTurn = oneAfterTheOther();
  const carrier = { world, tell, inTurn, clock, until: projector.until };
  const past = pastStates(log, world);
  const pastByTime = snapshots({ log, world, past, cache: parts.archive.snapshots, now: clock.now });
  const stopping = new AbortController();
  const mails = outbox(parts.people);
  const limits = rates(clock.now);
  const uploaders = uploaderKeys(world, parts.keyring, parts.files);
  const desk = reception({
    folder: parts.incoming,
    files: parts.files,
    verify: uploaders.verify,
    lastReceived: (changes) => world.uploads.changes.get(changes)?.lastReceivedAt,
    clock,
    tell,
    bound: parts.timeouts.incomingMs,
  });
  return {
    world,
    world$,
    recorded$: projector.recorded$,
    duties$: merge(
      duties(parts, projector, carrier, desk, uploaders, mails, stopping.signal),
      keeping(parts, projector, carrier, past),
    ),
    reception: desk,
    api: commandTable({
      ...carrier,
      archive: parts.archive,
      installability: parts.installability,
      health: {
        version: parts.version,
        log: log.state,
        confinement: parts.confinement,
        place,
        mail: parts.mailer !== undefined,
      },
      people: parts.people,
      keys: parts.keyring,
      files: parts.files,
      webhooks: parts.webhooks,
      read: accountReader(log),
      now: clock.now,
      log,
      journal: parts.journal,
      host: parts.host,
      remotes: parts.remotes,
      fetcher: parts.fetcher,
      verify: uploaders.verify,
      past: pastByTime,
      heldThen: heldThen(world, past),
    }),
    access: access(world.accounts, parts.people, clock.now, limits),
    enrolment: enrolment({
      world,
      people: parts.people,
      outbox: mails,
      tell,
      rates: limits,
      sendsMail: parts.mailer !== undefined,
      inTurn: oneAfterTheOther(),
      now: clock.now,
    }),
    snapshots: pastByTime,
    tell,
    recover: async () => {
      await giveBack(leftovers, tell);
      await giveBackChecks(leftoverChecks, tell);
      await missTemplates(forBuilds, world, parts.chroots, tell);
      await missTemplates(forChecks, world, parts.checkChroots, tell);
      await forgetErased({ accounts: world.accounts, people: parts.people, files: parts.files });
      await mails.load();
    },
    stop: async () => {
      stopping.abort();
      // A log that takes nothing more would make us wait for ever; the next start gives back what is left then.
      await Promise.race([
        projector.until(
          (now) =>
            running(now.builds, place.builder).length === 0 && runningChecks(now.checks, place.builder).length === 0,
        ),
        firstValueFrom(clock.after(longestFarewellMs), { defaultValue: undefined }),
      ]);
    },
  };
};

const duties = (
  parts: EngineParts,
  { world, world$ }: Projector,
  carrier: Carrier,
  desk: Reception,
  uploaders: UploaderKeys,
  mails: Outbox,
  stop: AbortSignal,
): Observable<Fault> => {
  const { clock, place, mailer } = parts;
  const { tell, inTurn } = carrier;
  // Some things fall due because time passes, not because anything happened.
  const tick$ = clock.every(tickMs);
  const due$ = merge(world$, tick$.pipe(map(() => world)));
  const porting = { ...parts, verify: uploaders.verify, configuration: () => world.configuration };
  const orderOf = buildOrders(world, parts.ownUrl, parts.timeouts);
  return merge(
    judgeUploads(due$, clock, world, uploaders.signatureOf, packageReader(parts.log), tell),
    requestBuilds(due$, clock, builtBefore(parts.log), tell),
    assignBuilds(due$, clock, place, tell),
    runBuilds(due$, clock, place.builder, parts.builder, orderOf, stop, tell),
    makePorts(due$, clock, world, (requested, workplace) => makePort(requested, workplace, porting), tell),
    migratePorts(due$, clock, (requested) => migratePort(requested, carrier), tell),
    requestAutoPorts(due$, clock, (wanted) => planAutoPort(world, wanted, clock.now()), tell),
    requestChecks(due$, clock, tell),
    runChecks(due$, clock, place, parts.checker, checkOrders(world, parts.ownUrl, parts.timeouts), stop, tell),
    installPackages(due$, clock, world, inTurn, tell),
    finishChanges(due$, clock, world, inTurn, tell),
    resumeBuilds(due$, clock, tell),
    cancelBuilds(due$, clock, tell),
    addArchitectures(due$, clock, world, tell),
    publishRepositories(due$, clock, world, parts.archive, parts.progress, tell),
    prepareChroots(forBuilds, due$, clock, world, parts.chroots, keepText(parts.files), parts.progress, tell),
    prepareChroots(forChecks, due$, clock, world, parts.checkChroots, keepText(parts.files), parts.progress, tell),
    removeChroots(forBuilds, due$, clock, parts.chroots, tell),
    removeChroots(forChecks, due$, clock, parts.checkChroots, tell),
    callWebhooks(
      due$,
      clock,
      world,
      parts.webhooks.caller,
      webhookCalls(world, { ...parts, targets: parts.webhooks.targets }),
      oneAfterTheOther,
      tell,
    ),
    ...(mailer === undefined
      ? []
      : [notify(due$, clock, world, mailer, letters(world, parts), oneAfterTheOther(), tell)]),
    removeRepositories(due$, clock, world, parts.archive),
    checkSources(due$, clock, world, parts.upstream, tell),
    tidyIncoming(tick$, desk),
    parts.mailer === undefined ? EMPTY : mailAccounts(parts.mailer, mails, clock, world),
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
const keeping = (
  { log, clock, archive, files }: EngineParts,
  { world, world$ }: Projector,
  { tell, inTurn }: Pick<Carrier, 'tell' | 'inTurn'>,
  past: PastStates,
): Observable<Fault> => {
  const logs = packageLogs(log);
  const logsOf: LogsOf = async ({ repository, source, version }) =>
    (await logs(repository, source, version)).map(({ file }) => file);
  return merge(
    letGoFiles(world$, clock, world, heldThen(world, past), inTurn, tell),
    removeFiles(world$, { clock, world, archive, files, logsOf, tell }),
    tidyPools(clock, world, archive),
  );
};

const keepText =
  (files: FileStore) =>
  (name: FileName, text: string): Promise<StoredFile> =>
    files.put(name, Readable.from([text]));

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

/** What the log calls prepared may have been deleted since: then it is prepared anew, and no build is lost on it. */
const missTemplates = async (purpose: Purpose, world: World, chroots: Chroots, tell: Tell): Promise<void> => {
  for (const { prepared } of purpose.templates(world).values()) {
    if (prepared === undefined) continue;
    const { codename, architecture, generation } = prepared;
    if (await chroots.isReady(codename, architecture, generation)) continue;
    const fact = 'the template was not found at start';
    await tell(
      { command: 'Report', event: { type: purpose.lost, codename, architecture, generation, fact } },
      duty(purpose.name, chrootName(prepared)),
    );
  }
};

const giveBack = async (leftovers: readonly BuildStory[], tell: Tell): Promise<void> => {
  for (const { id, attempts, requested } of leftovers) {
    const told = await tell(
      { command: 'GiveBackBuild', build: id, attempt: attempts, reason: 'the daemon was restarted' },
      duty('run-builds', requested.upload),
    );
    if (isLeft(told)) throw new Error(`build ${id} cannot be given back: ${told.left.fact}`);
  }
};

const giveBackChecks = async (leftovers: readonly CheckStory[], tell: Tell): Promise<void> => {
  for (const { id, attempts, requested } of leftovers) {
    const told = await tell(
      { command: 'GiveBackCheck', check: id, attempt: attempts, reason: 'the daemon was restarted' },
      duty('run-checks', requested.upload),
    );
    if (isLeft(told)) throw new Error(`check ${id} cannot be given back: ${told.left.fact}`);
  }
};
