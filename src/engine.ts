import { firstValueFrom, merge, type Observable } from 'rxjs';
import { access } from './app/accounts/access.ts';
import { type Doers, doers } from './app/accounts/doers.ts';
import { enrolment } from './app/accounts/enrolment.ts';
import { enterSignedOn, signOnPace } from './app/accounts/enter-signed-on.ts';
import { forgetErased } from './app/accounts/forget-erased.ts';
import { forgetUntold } from './app/accounts/forget-untold.ts';
import { identities } from './app/accounts/link-identity.ts';
import { outbox } from './app/accounts/outbox.ts';
import { rates } from './app/accounts/rates.ts';
import { type Administration, administration } from './app/administration/administration.ts';
import { commandTable } from './app/commands/command-table.ts';
import { type Concern, concernsOf } from './app/concerns.ts';
import { expiryWatch } from './app/expiry-watch.ts';
import { type ArrivingFiles, arrivingFiles, arrivingWorks } from './app/incoming/arriving-files.ts';
import { type Reception, reception } from './app/incoming/reception.ts';
import { uploaderKeys } from './app/incoming/uploader-keys.ts';
import { storedLog } from './app/kept-logs.ts';
import { needsAttention } from './app/needs-attention.ts';
import { type NodeGate, nodeGate } from './app/nodes/node-gate.ts';
import { rollCall } from './app/nodes/roll-call.ts';
import { oneAfterTheOther } from './app/one-after-the-other.ts';
import { type Sealing, sealingOf } from './app/pages/sealing.ts';
import { preparations } from './app/preparations.ts';
import { startProjector } from './app/projector.ts';
import { exchangeDesk } from './app/remotes/exchange-desk.ts';
import { neighbours } from './app/remotes/neighbours.ts';
import { signedStatement } from './app/remotes/own-statement.ts';
import { sealMaker } from './app/seals/make-seal.ts';
import { sealChecks } from './app/seals/seal-checks.ts';
import { heldThen, pastStates } from './app/snapshots/past-states.ts';
import { type PastStatesByTime, snapshots } from './app/snapshots/snapshots.ts';
import { type SteadyClock, steadyClock } from './app/steady-clock.ts';
import { accountReader, rehearsal, teller } from './app/tell.ts';
import { attentive } from './app/undisturbed.ts';
import { watchedArchive } from './app/watched-archive.ts';
import { type Works, works } from './app/works.ts';
import type { Expiry } from './domain/expiry/expiry.ts';
import type { BuildId } from './domain/ids.ts';
import { duties, keeping } from './duties.ts';
import type { EngineParts } from './engine-parts.ts';
import { giveBackBuilds, giveBackChecks, interruptBuildrequests, leftChecks, missTemplates } from './leftovers.ts';
import type { Access } from './ports/access.ts';
import type { Api } from './ports/api.ts';
import type { Builder } from './ports/builder.ts';
import type { Enrolment } from './ports/enrolment.ts';
import type { RecordedEvent } from './ports/event-log.ts';
import type { Neighbours } from './ports/neighbours.ts';
import type { Tell } from './ports/tell.ts';
import { running } from './projections/build-queue.ts';
import { requestsIn } from './projections/buildrequests.ts';
import { runningChecks } from './projections/checks.ts';
import { type SilentNodes, silentNodes } from './projections/node-leases.ts';
import type { Recorded } from './projections/recorded.ts';
import { canBeSealed } from './projections/seals.ts';
import type { World } from './projections/world.ts';
import { followedLogs } from './reactors/follow-logs.ts';
import type { Fault } from './reactors/once-each.ts';
import { forBuilds, forChecks } from './reactors/prepare-chroots.ts';

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
  /** Lets in whom an identity provider vouches for. */
  readonly identities: ReturnType<typeof identities>;
  readonly enterSignedOn: ReturnType<typeof enterSignedOn>;
  readonly signOnPace: ReturnType<typeof signOnPace>;
  /** The people behind the actors of the log. */
  readonly doers: Doers;
  readonly administration: Administration;
  readonly snapshots: PastStatesByTime;
  readonly works: Works;
  /** Uploads on their way, by doors that it watches. */
  readonly arriving: ArrivingFiles;
  readonly sealing: Sealing;
  /** What ends unless it is renewed, as it was seen last. */
  readonly expiries: () => readonly Expiry[];
  readonly silentNodes: () => SilentNodes;
  /** How far the clock leapt ahead, while nothing is done on its word that cannot be taken back. */
  readonly clockLeap: SteadyClock['leap'];
  /** What somebody should see to. */
  readonly concerns: () => readonly Concern[];
  readonly tell: Tell;
  /** What other instances said of themselves last. */
  readonly peers: Neighbours;
  /** What nodes show themselves to. */
  readonly nodes: NodeGate;
  /** The log of a build under way, wherever it runs; also of those for others. */
  readonly liveLog: Builder['liveLog'];
  /** Gives back builds that an earlier life left running, looks whether templates are where they were, and forgets who is erased. Needs a listener on `world$`. */
  readonly recover: () => Promise<void>;
  /** Ends builds, so that they are given back; resolves when none runs here. */
  readonly stop: () => Promise<void>;
  /** Seals what no seal stands for yet, at an orderly end. Needs a listener on `world$`. */
  readonly seal: () => Promise<void>;
};

const longestFarewellMs = 30_000;

/** Ties duties, log and ports together. Nothing happens until somebody listens. */
export const engine = async (given: EngineParts): Promise<Engine> => {
  const underWay = works(given.clock.now, given.progress);
  const arriving = arrivingFiles(given.clock.now, given.progress);
  const noticing = attentive(given.log);
  const parts = { ...given, log: noticing.log, archive: watchedArchive(given.archive, underWay) };
  const { log, clock, place } = parts;
  const projector = await startProjector(log, (events) => parts.progress('log', `${events} events replayed`));
  const { world, world$, recorded } = projector;
  const steady = steadyClock(clock, recorded);
  // Taken before any duty works: a build that this life starts is none of them.
  const leftovers = running(world.builds, place.builder);
  const leftoverChecks = leftChecks(world, place.builder);
  const heldTokens = await parts.people.tokens();
  const leftoverRequests = requestsIn(world.buildrequests, 'building');
  const foldedUpTo = ({ position }: RecordedEvent): Promise<void> => projector.folded(position);
  const tell = teller(log, foldedUpTo, clock.now);
  const undisturbed = async () => {
    const asItStands = await noticing.asItStands(world, projector.folded);
    return { tell: teller(asItStands, foldedUpTo, clock.now), begin: asItStands.begin };
  };
  const inTurn = oneAfterTheOther();
  const carrier = { world, tell, inTurn, clock, until: projector.until };
  const past = pastStates(log, world, underWay);
  const pastByTime = snapshots({ log, world, past, cache: parts.archive.snapshots, now: clock.now });
  const stopping = new AbortController();
  const watched = preparations();
  const makeSeal = sealMaker({ world, log, keyring: parts.keyring, tell, now: clock.now });
  const checks = sealChecks({ world, log, verifier: parts.upstream });
  const mails = outbox(parts.people);
  const limits = rates(clock.now);
  const accountsInTurn = oneAfterTheOther();
  const uploaders = uploaderKeys(world, parts.keyring, parts.files);
  const peers = neighbours();
  const roll = rollCall(clock.now, () => log.state().status === 'writable');
  const followed = followedLogs(clock, peers, parts.remotes.followLog, parts.openLog);
  const desk = reception({
    folder: parts.incoming,
    files: parts.files,
    verify: uploaders.verify,
    lastReceived: (changes) => world.uploads.changes.get(changes)?.lastReceivedAt,
    clock,
    exchange: exchangeDesk({ ...parts, world, tell }),
    tell,
    bound: parts.timeouts.incomingMs,
  });
  const liveLog: Builder['liveLog'] = (build) =>
    parts.builder.liveLog(build) ?? parts.guests.liveLog(build) ?? followed.liveLog(build);
  const stage = (build: BuildId): string | undefined => liveLog(build)?.stage();
  const sealing = sealingOf(world, checks.found, clock.now);
  const expiries = expiryWatch({ world, ...parts });
  const silent = () => silentNodes(world, roll, clock.now(), parts.nodeLeaseMs);
  const machine = {
    log: log.state,
    confinement: parts.confinement,
    certificate: parts.certificate,
    sealing,
    expiries: expiries.found,
    standby: parts.standby,
    lastBackup: parts.lastBackup,
    homeRoom: parts.homeRoom,
    silentNodes: silent,
    clockLeap: steady.leap,
    now: clock.now,
  };
  const concerns = () => concernsOf(world, machine);
  const seals = {
    make: () => underWay.during('seal', 'the log', () => makeSeal('gently')),
    looked: () => checks.found()?.seal,
    check: () => underWay.during('verification', 'the log', checks.check),
  };
  /** A log that takes nothing more would make us wait for ever; the next start finds what is left then. */
  const farewell = (done: Promise<void>): Promise<void> =>
    Promise.race([done, firstValueFrom(clock.after(longestFarewellMs), { defaultValue: undefined })]);
  return {
    world,
    world$,
    recorded$: projector.recorded$,
    duties$: merge(
      duties(
        parts,
        projector,
        carrier,
        desk,
        uploaders,
        mails,
        watched,
        peers,
        roll,
        seals,
        steady.isSteady,
        followed,
        expiries,
        underWay,
        liveLog,
        stopping.signal,
      ),
      keeping(parts, projector, carrier, past, steady.isSteady, underWay),
    ),
    reception: desk,
    api: commandTable({
      ...carrier,
      rehearsal: () => rehearsal(log),
      accountsInTurn,
      undisturbed,
      archive: parts.archive,
      installability: parts.installability,
      health: {
        version: parts.version,
        log: log.state,
        confinement: parts.confinement,
        place,
        mail: parts.mailer !== undefined,
        works: (mayKnowNames) => [...underWay.now(), ...arrivingWorks(arriving.now(), mayKnowNames)],
        stage,
        concerns,
        silentNodes: silent,
        lastBackup: parts.lastBackup,
        now: clock.now,
      },
      people: parts.people,
      keys: parts.keyring,
      files: parts.files,
      webhooks: parts.webhooks,
      read: accountReader(log),
      now: clock.now,
      log,
      journal: parts.journal,
      preparing: watched,
      host: parts.host,
      remotes: parts.remotes,
      wake: parts.wake,
      statement: signedStatement(world, place, parts.version, parts.keyring, clock.now, parts.homeRoom),
      fetcher: parts.fetcher,
      upstream: parts.upstream,
      verify: uploaders.verify,
      past: pastByTime,
      peers,
      readLog: parts.readLogs({ liveLog, storedLog: storedLog(log) }),
      heldThen: heldThen(world, past),
    }),
    doers: doers(world.accounts, parts.people),
    access: access(world.accounts, parts.people, clock.now, limits),
    enrolment: enrolment({
      world,
      people: parts.people,
      outbox: mails,
      tell,
      rates: limits,
      sendsMail: parts.mailer !== undefined,
      inTurn: accountsInTurn,
      now: clock.now,
    }),
    signOnPace: signOnPace(limits),
    identities: identities({ people: parts.people, read: accountReader(log), inTurn: accountsInTurn }),
    enterSignedOn: enterSignedOn({
      accounts: world.accounts,
      people: parts.people,
      read: accountReader(log),
      tell,
      inTurn: accountsInTurn,
    }),
    administration: administration({
      world,
      log,
      people: parts.people,
      files: parts.files,
      host: parts.host,
      preparations: watched,
      sealing,
      attention: () => needsAttention(world, machine),
      lastBackup: parts.lastBackup,
      silentNodes: silent,
      heldThen: heldThen(world, past),
      keys: parts.keyring,
      now: clock.now,
      place,
      peers,
      confinement: parts.confinement,
      sendsMail: parts.mailer !== undefined,
      undisturbed,
      inTurn: oneAfterTheOther(),
    }),
    snapshots: pastByTime,
    works: underWay,
    arriving,
    sealing,
    expiries: expiries.found,
    silentNodes: silent,
    clockLeap: steady.leap,
    concerns,
    tell,
    peers,
    nodes: nodeGate(world, roll, clock.now),
    liveLog,
    recover: async () => {
      await giveBackBuilds(leftovers, tell);
      await giveBackChecks(leftoverChecks, tell);
      await interruptBuildrequests(leftoverRequests, tell);
      await missTemplates(forBuilds, world, parts.chroots, tell);
      await missTemplates(forChecks, world, parts.checkChroots, tell);
      await forgetErased({ accounts: world.accounts, people: parts.people, files: parts.files });
      await forgetUntold(heldTokens, world.accounts, parts.people);
      await mails.load();
    },
    stop: async () => {
      stopping.abort();
      await farewell(
        projector.until(
          (now) =>
            running(now.builds, place.builder).length === 0 &&
            requestsIn(now.buildrequests, 'building').length === 0 &&
            runningChecks(now.checks, place.builder).length === 0,
        ),
      );
    },
    seal: async () => {
      if (canBeSealed(world)) await farewell(makeSeal('at-once'));
    },
  };
};
