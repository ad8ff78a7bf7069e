import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { auditStore, sizeInStore } from '../adapters/audit/audit-store.ts';
import { auditTree, type ExpectedRepository } from '../adapters/audit/audit-tree.ts';
import { type Hasher, openHasher } from '../adapters/audit/hasher.ts';
import { structureFaults } from '../adapters/embedded-log/structure.ts';
import { releaseVerifier } from '../adapters/openpgp/release-verifier.ts';
import type { ReadCheckpoint } from '../app/seals/believe.ts';
import { auditEvents, type EventsFound, type Folded, foldPages, nameFiles } from '../app/verification/audit-events.ts';
import { expectedTrees } from '../app/verification/expected-trees.ts';
import { readPortableLog } from '../app/verification/portable-log.ts';
import type { Finding } from '../domain/finding.ts';
import type { LogSealed } from '../domain/seal/events.ts';
import type { Settings } from '../settings.ts';
import { type Say, withProgress } from './host-progress.ts';
import { openLogPages } from './log-pages.ts';

export type VerifyOptions = {
  /** A file with public keys: only these vouch. */
  readonly keyring?: string;
  /** An export to verify instead of the instance; `-` for standard input. */
  readonly from?: string;
  readonly json: boolean;
};

/** Everything that was found. `notes` are no faults. */
export type Verification = {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  readonly events: number;
  readonly seal: Pick<LogSealed, 'seal' | 'sealedAt' | 'last' | 'upTo' | 'signedBy'> | null;
  readonly unsealed: number;
  readonly files: number;
  readonly namings: number;
  readonly bytes: number;
  readonly repositories: readonly string[];
};

/**
 * Holds log, seals, files and published trees of an instance against each other, and says everything that is wrong by its name. Reads only, beside
 * a running daemon or without one. Gives the exit code: 0 nothing is wrong, 1 something is. Rejects when there is nothing to verify.
 */
export const verifyLog = async (
  settings: Settings,
  options: VerifyOptions,
  out: (text: string) => void,
): Promise<0 | 1> => {
  const { from, keyring } = options;
  const found =
    from === undefined
      ? await withProgress({ home: settings.home, verb: 'log verify' }, (say) => verifyInstance(settings, keyring, say))
      : await withProgress(undefined, (say) => verifyExport(from, keyring, say));
  out(options.json ? `${JSON.stringify(found, null, 2)}\n` : inWords(found));
  return found.findings.length === 0 ? 0 : 1;
};

/** The clock of each seal is its own: keys may have expired since. */
const reader =
  (keyring: string | undefined) =>
  (keys: string): ReadCheckpoint =>
  ({ checkpoint, sealedAt }) =>
    releaseVerifier({ now: Date.now }).verifyRelease(
      { inRelease: Buffer.from(checkpoint) },
      keyring ?? keys,
      Date.parse(sealedAt),
    );

const verifyExport = async (from: string, keyring: string | undefined, say: Say): Promise<Verification> => {
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const input = from === '-' ? process.stdin : createReadStream(from);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  // A stream that fails does not end its lines.
  const failed = new Promise<never>((_, reject) => input.once('error', reject));
  const audit = auditEvents(readPortableLog(lines, report), {
    ...{ report, sizeOf: undefined, readWith: reader(keyring) },
    progress: (events) => say(`${events} events`),
  });
  const found = await Promise.race([audit, failed]);
  return { findings, notes: notesOn(found, keyring), ...figures(found), files: 0, bytes: 0, repositories: [] };
};

const verifyInstance = async (settings: Settings, keyring: string | undefined, say: Say): Promise<Verification> => {
  const { home } = settings;
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const log = await openLogPages(settings);
  const hasher = openHasher();
  let events = 0;
  const ticking = setInterval(() => say(`${events} events, ${inUnits(hasher.bytes())} of files`), 500);
  try {
    const store = join(home, 'files');
    const storing = auditStore(store, hasher);
    const structure = settings.log === 'embedded:' ? structureFaults(join(home, 'log')) : Promise.resolve([]);
    const read = (): Promise<EventsFound> =>
      auditEvents(log.pages(report), {
        ...{ report, sizeOf: sizeInStore(store), readWith: reader(keyring) },
        progress: (many) => {
          events = many;
        },
      });
    const audited = await read();
    const { files, wrong } = await storing;
    findings.push(...(await structure));
    if (wrong.size > 0)
      await nameFiles(
        wrong,
        log.pages(() => undefined),
        report,
      );
    const trees = await auditTrees(audited, {
      settings,
      keyring,
      hasher,
      wrong,
      report,
      again: () => foldPages(log.pages(() => undefined)),
    });
    return {
      findings,
      notes: [...notesOn(audited, keyring), ...trees.notes],
      ...figures(audited),
      files,
      bytes: hasher.bytes(),
      repositories: trees.repositories,
    };
  } finally {
    clearInterval(ticking);
    await hasher.close();
    await log.close();
  }
};

type TreeParts = {
  readonly settings: Settings;
  readonly keyring: string | undefined;
  readonly hasher: Hasher;
  readonly wrong: ReadonlyMap<string, string>;
  readonly report: (finding: Finding) => void;
  /** What history says by now. */
  readonly again: () => Promise<Folded>;
};

/** A daemon at work may publish meanwhile: what differs is held against history once more, if that went on. */
const mostLooks = 3;
const pauseMs = 500;

const auditTrees = async (
  audited: Folded,
  { settings: { home }, keyring, hasher, wrong, report, again }: TreeParts,
): Promise<{ readonly notes: readonly string[]; readonly repositories: readonly string[] }> => {
  const folders = { repositories: join(home, 'repositories'), store: join(home, 'files') };
  const verifier = releaseVerifier({ now: Date.now });
  const notes: string[] = [];
  const look = async (expected: ExpectedRepository, keys: string): Promise<readonly Finding[]> => {
    const found: Finding[] = [];
    const parts = { ...folders, wrong, hasher, verifier, keys: keyring ?? keys };
    await auditTree(expected, { ...parts, report: (finding) => void found.push(finding) });
    return found;
  };
  let known = audited;
  const names = expectedTrees(known.world).map(({ repository }) => repository);
  for (const repository of names) {
    for (let looks = 1; ; looks += 1) {
      const expected = expectedTrees(known.world).find((each) => each.repository === repository);
      const found = expected === undefined ? [] : await look(expected, known.keys);
      const later = found.length === 0 || looks === mostLooks ? known : await pause(pauseMs).then(again);
      if (later.events === known.events) {
        for (const finding of found) report(finding);
        if (expected?.isUpToDate === false)
          notes.push(`${repository}: history is ahead of what is published; contents and pool were not compared`);
        break;
      }
      known = later;
    }
  }
  return { notes, repositories: names };
};

const notesOn = ({ seals: { last, unsealed } }: EventsFound, keyring: string | undefined): readonly string[] => [
  ...(keyring === undefined
    ? ['signatures were verified with the keys that the log itself names: with --keyring they do not rest on it']
    : []),
  ...(last === undefined ? ['the log was never sealed'] : []),
  ...(unsealed > 0 && last !== undefined ? [`${unsealed} events came after the last that a seal stands for`] : []),
];

const figures = ({ events, named, seals: { last, unsealed } }: EventsFound) => ({
  events,
  seal:
    last === undefined
      ? null
      : { seal: last.seal, sealedAt: last.sealedAt, last: last.last, upTo: last.upTo, signedBy: last.signedBy },
  unsealed,
  namings: named,
});

const inWords = ({ findings, notes, events, seal, files, bytes, repositories }: Verification): string =>
  [
    ...findings.map(({ about, where, fact }) => `${about}: ${where}: ${fact}`),
    ...notes.map((note) => `note: ${note}`),
    `${events} events; ${seal === null ? 'no seal' : `seal ${seal.seal} of ${seal.sealedAt} stands for ${seal.last} of them`}; ${files} files; ${inUnits(bytes)} hashed; repositories: ${repositories.join(' ') || 'none'}`,
    findings.length === 0 ? 'Nothing is wrong.' : `${findings.length} wrong.`,
    '',
  ].join('\n');

const inUnits = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
