import type { WebhookParts } from './app/commands/webhook.ts';
import type { Standing } from './app/standby/seat.ts';
import type { LastBackup } from './domain/backup/last.ts';
import type { DiskRoom } from './domain/disk-room.ts';
import type { Anchors } from './ports/anchors.ts';
import type { Archive } from './ports/archive.ts';
import type { BuildLogs, ReadLog } from './ports/build-logs.ts';
import type { Builder, Chroots, Confinement } from './ports/builder.ts';
import type { CertificateState } from './ports/certificate.ts';
import type { Checker } from './ports/checker.ts';
import type { Clock } from './ports/clock.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Exchange } from './ports/exchange.ts';
import type { FileStore } from './ports/file-store.ts';
import type { HostMachine } from './ports/host.ts';
import type { IncomingFolder } from './ports/incoming.ts';
import type { Installability } from './ports/installability.ts';
import type { Journal } from './ports/journal.ts';
import type { KeyReader, Keyring } from './ports/keyring.ts';
import type { Mailer } from './ports/mailer.ts';
import type { People } from './ports/people.ts';
import type { ProductReader } from './ports/products.ts';
import type { Remotes } from './ports/remotes.ts';
import type { SourceFetcher } from './ports/source-fetcher.ts';
import type { SourcePackager } from './ports/source-packager.ts';
import type { Tars } from './ports/tar.ts';
import type { ReleaseVerifier, Upstream } from './ports/upstream.ts';
import type { Wake } from './ports/waker.ts';
import type { OpenWrittenLog } from './ports/written-log.ts';
import type { Place } from './projections/waiting-reason.ts';

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
  /** How remotes that sleep are woken, if the host has a way. */
  readonly wake: Wake | undefined;
  /** What goes to and comes from them, and who builds and checks what they want: with chroots of ours, and files of the exchange. */
  readonly exchange: Exchange;
  readonly guests: Builder;
  readonly guestChecker: Checker;
  readonly tars: Tars;
  readonly products: ProductReader;
  /** Reads logs of builds a few lines at a time. */
  readonly readLogs: (logs: BuildLogs) => ReadLog;
  /** Where logs are written that are followed elsewhere. */
  readonly openLog: OpenWrittenLog;
  /** A folder of our own for what is unpacked. */
  readonly scratch: string;
  /** How long a remote may be silent before its builds go elsewhere. */
  readonly leaseMs: number;
  /** How long a node may be silent before its builds go elsewhere. */
  readonly nodeLeaseMs: number;
  readonly packager: SourcePackager;
  readonly fetcher: SourceFetcher;
  readonly installability: Installability;
  readonly clock: Clock;
  readonly place: Place;
  /** How the standby stands that has a disk of its own, where there is to be one. */
  readonly standby?: (() => Standing) | undefined;
  /** The last backup that was taken of this home, where one was. */
  readonly lastBackup?: (() => LastBackup | undefined) | undefined;
  /** How much room the disk of the home has, as it was seen last. */
  readonly homeRoom?: (() => DiskRoom | undefined) | undefined;
  readonly confinement: Confinement;
  /** By which builders elsewhere believe who answers where we publish. */
  readonly anchors: Anchors;
  /** Of HTTPS, where there is one. */
  readonly certificate: () => CertificateState | undefined;
  readonly version: string;
  readonly journal: Journal;
  /** Where builds on this machine reach what we publish: `http://127.0.0.1:8066`. */
  readonly ownUrl: string;
  readonly timeouts: { readonly buildSeconds: number; readonly silenceSeconds: number; readonly incomingMs: number };
  /** A line for the journal about long work: what it is about, and how far it is. */
  readonly progress: (about: string, line: string) => void;
};
