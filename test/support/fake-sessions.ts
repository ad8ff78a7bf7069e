import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { SessionOrder, SessionResult, Sessions } from '../../src/ports/sessions.ts';

/** What a procedure does in the fake: it prints, and ends as `ops/sessions/README.md` says, or hangs. */
export type FakeProcedure = (source: ReadonlyMap<string, string>, order: SessionOrder) => FakeEnd;

export type FakeEnd = {
  readonly printed: string;
  /** `hangs`: until it is ended. */
  readonly status: number | 'hangs';
  readonly output?: readonly { readonly name: string; readonly text: string }[];
};

export type FakeSessions = Sessions & {
  /** Every attempt ever begun. */
  readonly runs: readonly SessionOrder[];
  /** Sessions under way. */
  readonly atWork: () => readonly SessionOrder[];
};

/** Sessions without chroots: procedures are functions, by name. `isReady` says whether there is a chroot. */
export const fakeSessions = (
  files: FileStore,
  procedures: Readonly<Record<string, FakeProcedure>>,
  isReady: (order: SessionOrder) => boolean = () => true,
): FakeSessions => {
  const runs: SessionOrder[] = [];
  const active = new Set<SessionOrder>();

  const run = async (order: SessionOrder, cancel: AbortSignal): Promise<SessionResult> => {
    const procedure = procedures[order.procedure];
    if (procedure === undefined) throw new Error(`there is no procedure ${order.procedure}`);
    if (!isReady(order)) throw new Error(`there is no chroot for ${order.codename} on ${order.architecture}`);
    const { printed, status, output = [] } = procedure(await sourceOf(order, files), order);
    const log = await files.put(order.logName, Readable.from([gzipSync(printed)]));
    if (status === 'hangs') return { outcome: 'ended', ...(await endOf(order, cancel)), log };
    if (status === 65) return { outcome: 'refused', fact: lastLine(printed), log };
    if (status !== 0) throw new Error(`${order.procedure} ended with ${status}: ${lastLine(printed)}`);
    const bytes = output.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    if (bytes > order.outputBytes) return { outcome: 'ended', stage: 'output', fact: `it left ${bytes} bytes`, log };
    const taken: StoredFile[] = [];
    for (const { name, text } of output.toSorted(byName))
      taken.push(await files.put(name as FileName, Readable.from([text])));
    return { outcome: 'done', files: taken, log };
  };

  return {
    runs,
    atWork: () => [...active],
    run: async (order, cancel) => {
      runs.push(order);
      active.add(order);
      try {
        return await run(order, cancel);
      } finally {
        active.delete(order);
      }
    },
  };
};

const sourceOf = async (order: SessionOrder, files: FileStore): Promise<ReadonlyMap<string, string>> => {
  const source = new Map(order.texts.map(({ name, text }): [string, string] => [name, text]));
  for (const { name, sha256 } of order.files) source.set(name, await readFile(await files.path(sha256), 'utf8'));
  return source;
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/** Whatever ends it first. */
const endOf = ({ silenceSeconds, timeoutSeconds }: SessionOrder, cancel: AbortSignal) =>
  new Promise<{ readonly stage: string; readonly fact: string }>((resolve) => {
    const silence = silenceSeconds <= timeoutSeconds;
    const seconds = Math.min(silenceSeconds, timeoutSeconds);
    const timer = setTimeout(
      () => resolve({ stage: silence ? 'silence' : 'timeout', fact: `nothing for ${seconds} s` }),
      seconds * 1000,
    );
    const cancelled = (): void => {
      clearTimeout(timer);
      resolve({ stage: 'cancelled', fact: 'it was cancelled' });
    };
    if (cancel.aborted) cancelled();
    cancel.addEventListener('abort', cancelled, { once: true });
  });
