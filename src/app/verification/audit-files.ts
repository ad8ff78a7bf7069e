import { chrootName } from '../../domain/configuration/configuration.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { Finding } from '../../domain/finding.ts';
import { filesNamedIn, type NamedFile } from './named-files.ts';

/** Holds the files that events name against the store, as a log is read once from its beginning. */
export type FileAudit = {
  /** `where`: how people find the event. */
  readonly event: (event: DaemonEvent, where: string) => void;
  /** Those that are still missing, though nothing that happened so far took them away. */
  readonly missing: () => readonly (NamedFile & { readonly where: string })[];
  /** Once all is read: reports what is missing. Gives how many files were named. */
  readonly end: () => number;
};

/** Bytes that the store holds of a file; `undefined` when it has none. */
export type SizeOf = (sha256: Sha256) => number | undefined;

type Missing = NamedFile & { readonly where: string; readonly namings: Naming[] };
/** `at`: how many were named before. */
type Naming = { readonly owner: string; readonly isChanges: boolean; readonly at: number };

/** What is there is not remembered, so that it takes room only for what is missing. */
export const fileAudit = (sizeOf: SizeOf, report: (finding: Finding) => void): FileAudit => {
  const missing = new Map<Sha256, Missing>();
  const gone = departures();
  let named = 0;

  const look = (file: NamedFile, by: Omit<Naming, 'at'>, where: string): void => {
    const naming = { ...by, at: named };
    named += 1;
    const size = sizeOf(file.sha256);
    if (size === undefined) {
      const known = missing.get(file.sha256) ?? { ...file, where, namings: [] };
      known.namings.push(naming);
      missing.set(file.sha256, known);
    } else if (size !== file.size) {
      report({ about: 'file', where: pathOf(file), fact: `it has ${size} bytes, and ${file.size} as ${where} has it` });
    }
  };

  const lacking: FileAudit['missing'] = () => {
    for (const { sha256 } of [...missing.values()]) if (sizeOf(sha256) !== undefined) missing.delete(sha256);
    return [...missing.values()].filter(
      ({ sha256, namings }) => !namings.every((naming) => gone.isExcused(sha256, naming)),
    );
  };

  return {
    event: (event, where) => {
      gone.event(event, named);
      if (liesInExchange(event)) return;
      const owner = ownerOf(event);
      if (event.type === 'UploadReceived') {
        look(event.changes, { owner, isChanges: true }, where);
        for (const file of event.files) look(file, { owner, isChanges: false }, where);
      } else {
        for (const file of filesNamedIn(event)) look(file, { owner, isChanges: false }, where);
      }
    },
    missing: lacking,
    end: () => {
      for (const file of lacking())
        report({ about: 'file', where: pathOf(file), fact: `it is missing; ${file.where} names it as ${file.name}` });
      return named;
    },
  };
};

/** What goes to and comes from remotes lies elsewhere, and is gone when its build has ended. */
const liesInExchange = ({ type }: DaemonEvent): boolean =>
  type === 'BuildDispatched' ||
  type === 'BuildresultReceived' ||
  type === 'BuildrequestReceived' ||
  type === 'BuildresultMade';

/** Where a file lies below the home of an instance. */
export const pathOf = ({ sha256 }: Pick<NamedFile, 'sha256'>): string => `files/${sha256.slice(0, 2)}/${sha256}`;

/** Whose a file is as long as it is kept: an upload's with all that came of it, an account's, or nobody's in particular. */
const ownerOf = (event: DaemonEvent): string => {
  if ('upload' in event) return event.upload;
  if ('build' in event && typeof event.build === 'string') return event.build.slice(0, uploadIdLength);
  if ('check' in event) return event.check.slice(0, uploadIdLength);
  if (event.type === 'ChrootLogKept') return chrootName(event);
  return 'account' in event ? event.account : '';
};

const uploadIdLength = 26;

/** What happened that takes files away. */
const departures = () => {
  /** With which naming it began to be owed again: the first by an upload once it was removed. */
  const withdrawn = new Map<Sha256, number>();
  const removed = new Set<Sha256>();
  /** With which naming the last log of a chroot begins: those before may be gone. */
  const chroots = new Map<string, number>();
  /** Uploads whose files may be gone, but for the `.changes`. */
  const uploads = new Set<string>();
  /** Owners of whom nothing is kept. */
  const owners = new Set<string>();
  const uploadsOf = new Map<string, string[]>();
  const versionKey = (event: { readonly repository: string; readonly source: string; readonly version: string }) =>
    `${event.repository} ${event.source} ${event.version}`;
  return {
    event: (event: DaemonEvent, named: number): void => {
      switch (event.type) {
        case 'VersionReserved':
        case 'BinNmuScheduled':
          uploadsOf.set(versionKey(event), [...(uploadsOf.get(versionKey(event)) ?? []), event.upload]);
          break;
        case 'FilesLetGo':
          for (const upload of uploadsOf.get(versionKey(event)) ?? []) owners.add(upload);
          break;
        case 'UploadRejected':
        case 'UploadFilesLetGo':
          uploads.add(event.upload);
          break;
        case 'ChrootLogKept':
          chroots.set(chrootName(event), named);
          break;
        case 'PersonErased':
          owners.add(event.account);
          break;
        case 'FileWithdrawn':
          withdrawn.set(event.sha256, Number.POSITIVE_INFINITY);
          removed.delete(event.sha256);
          break;
        case 'WithdrawnFileRemoved':
          removed.add(event.sha256);
          break;
        case 'UploadReceived':
          for (const { sha256 } of [event.changes, ...event.files])
            if (removed.delete(sha256)) withdrawn.set(sha256, named);
          break;
      }
    },
    isExcused: (sha256: Sha256, { owner, isChanges, at }: Naming): boolean =>
      at < (withdrawn.get(sha256) ?? 0) ||
      at < (chroots.get(owner) ?? 0) ||
      owners.has(owner) ||
      (uploads.has(owner) && !isChanges),
  };
};
