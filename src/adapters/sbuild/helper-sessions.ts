import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileName, type StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { SessionOrder, SessionResult, Sessions } from '../../ports/sessions.ts';
import { aptProxy } from './apt-proxy.ts';
import { bringFiles } from './bring-files.ts';
import { type BuildLog, openBuildLog } from './build-log.ts';
import { Finished, nextMessage, Ready } from './helper-job.ts';
import { hostProxies } from './host-proxies.ts';
import { keepLog } from './keep-log.ts';
import { regularFile } from './regular-file.ts';
import type { Job, RootHelper } from './root-helper.ts';
import { watchBuild } from './stop-watch.ts';
import type { Ended, Stop } from './verdict.ts';

/**
 * Runs procedures through the root helper's verb `run-session`. As with builds the folder of a session goes away with the connection to the
 * helper: whoever dies, nothing stays, and the same attempt can be run again.
 */
export const helperSessions = ({
  helper,
  files,
  workFolder,
  logLimit = 16 * 2 ** 20,
}: {
  readonly helper: RootHelper;
  readonly files: FileStore;
  /** A folder of the daemon's own, for logs as they grow. */
  readonly workFolder: string;
  /** Bytes of a log that are kept. */
  readonly logLimit?: number;
}): Sessions => ({
  run: async (order, cancel) => {
    const log = await openBuildLog(join(workFolder, `${order.session}-${order.attempt}.log`), logLimit);
    try {
      return await attempt(order, cancel, log, helper, files);
    } finally {
      await log.close();
      await log.remove();
    }
  },
});

const attempt = async (
  order: SessionOrder,
  cancel: AbortSignal,
  log: BuildLog,
  helper: RootHelper,
  files: FileStore,
): Promise<SessionResult> => {
  const job = await helper.start(sessionRequest(order));
  try {
    const { folder } = (await nextMessage(job, Ready, log)).ready;
    await bringFiles(order.files, join(folder, 'source'), files);
    for (const { name, text } of order.texts) await writeFile(join(folder, 'source', name), text, { flag: 'wx' });
    const ended = await runJob(order, cancel, log, job, folder, helper);
    await log.close();
    const kept = await keepLog(order.logName, log, files);
    return await resultOf(ended, order, join(folder, 'output'), log.end(), kept, files);
  } finally {
    job.end();
  }
};

export const sessionRequest = (order: SessionOrder): object => ({
  verb: 'run-session',
  procedure: order.procedure,
  session: order.session,
  attempt: String(order.attempt),
  codename: order.codename,
  architecture: order.architecture,
  aptSources: order.aptSources,
  aptPreferences: order.aptPreferences,
  aptCertificates: order.aptCertificates ?? '',
});

type End = { readonly ended: Ended; readonly stopped: Stop | undefined };

/** The procedure from its start to its end, with apt's way out beside it. */
const runJob = async (
  order: SessionOrder,
  cancel: AbortSignal,
  log: BuildLog,
  job: Job,
  folder: string,
  helper: RootHelper,
): Promise<End> => {
  const proxy = await aptProxy(join(folder, 'door'), order.aptHosts, await hostProxies(helper));
  const watch = watchBuild(order, cancel, job);
  try {
    job.say({ start: true });
    const { ended } = await nextMessage(job, Finished, log, watch.heard);
    return { ended, stopped: watch.stopped() };
  } finally {
    watch.end();
    await proxy.close();
  }
};

/** `EX_DATAERR` of sysexits(3): what was given is at fault. */
const dataError = 65;

const resultOf = async (
  { ended, stopped }: End,
  order: SessionOrder,
  output: string,
  logEnd: string,
  log: StoredFile,
  files: FileStore,
): Promise<SessionResult> => {
  if (stopped !== undefined) return { outcome: 'ended', ...stageOf(stopped), log };
  if (ended.limit !== undefined) return { outcome: 'ended', ...ended.limit, log };
  if (ended.exit === dataError) return { outcome: 'refused', fact: lastLine(logEnd), log };
  if (ended.because !== undefined || ended.exit !== 0) {
    throw new Error(
      ended.because ?? `${order.procedure} ended with ${ended.exit ?? `signal ${ended.signal}`}: ${lastLine(logEnd)}`,
    );
  }
  const left = await leftIn(output);
  const bytes = left.reduce((sum, { size }) => sum + size, 0);
  if (left.length > mostFiles || bytes > order.outputBytes) {
    const fact = `${order.procedure} left ${left.length} files of ${bytes} bytes, at most ${mostFiles} of ${order.outputBytes} bytes are taken`;
    return { outcome: 'ended', stage: 'output', fact, log };
  }
  const taken: StoredFile[] = [];
  for (const { name } of left) taken.push(await files.adopt(name, join(output, name)));
  return { outcome: 'done', files: taken, log };
};

const stageOf = (stop: Stop): { readonly stage: string; readonly fact: string } => {
  switch (stop.why) {
    case 'cancelled':
      return { stage: 'cancelled', fact: 'it was cancelled' };
    case 'timeout':
      return { stage: 'timeout', fact: `it took longer than ${stop.seconds} s` };
    case 'silence':
      return { stage: 'silence', fact: `it printed nothing for ${stop.seconds} s` };
  }
};

const mostFiles = 1000;

/** Regular files with names as Debian gives them; nothing in the folder changes any more. */
const leftIn = async (folder: string): Promise<readonly { readonly name: FileName; readonly size: number }[]> => {
  const found = [];
  for (const name of (await readdir(folder)).sort()) {
    if (!FileName.is(name)) continue;
    const file = await regularFile(join(folder, name), 0).catch(() => undefined);
    if (file !== undefined) found.push({ name, size: file.size });
  }
  return found;
};

const lastLine = (text: string): string =>
  (text.trimEnd().split('\n').at(-1) ?? '').replace(/[^\x20-\x7E\u00A0-\uFFFD]/g, '?').slice(0, 300);
