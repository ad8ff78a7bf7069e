import { join } from 'node:path';
import type { FileName } from '../../domain/debian/names.ts';
import { withoutEpoch } from '../../domain/debian/version.ts';
import { type Builder, type BuildOrder, type BuildResult, NoVerdict } from '../../ports/builder.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { aptProxy, type Upstream } from './apt-proxy.ts';
import { bringFiles } from './bring-files.ts';
import { type BuildLog, openBuildLog } from './build-log.ts';
import { buildRequest } from './build-request.ts';
import { buildSummary, summaryTimes } from './build-summary.ts';
import { builtVersion } from './built-version.ts';
import { Finished, nextMessage, Ready } from './helper-job.ts';
import { hostProxies } from './host-proxies.ts';
import { keepLog } from './keep-log.ts';
import { collectProducts, UnusableProducts } from './products.ts';
import type { Job, RootHelper } from './root-helper.ts';
import { watchBuild } from './stop-watch.ts';
import { type Failure, type Verdict, verdict } from './verdict.ts';

export type SbuildOptions = {
  readonly helper: RootHelper;
  readonly files: FileStore;
  /** A folder of the daemon's own, for logs as they grow. What an earlier life left there is overwritten. */
  readonly workFolder: string;
  /** Bytes of a log that are kept; default 64 MB. */
  readonly logLimit?: number;
};

/**
 * Builds with sbuild through the root helper (`ops/root-helper` says what must exist on the machine). The attempt runs in
 * `/var/lib/mini-buildd/builds/INSTANCE/BUILD-ATTEMPT`, which goes away with the connection to the helper: whoever dies, nothing of a build
 * stays, and the same attempt can be run again.
 */
export const sbuildBuilder = ({ helper, files, workFolder, logLimit = 64 * 2 ** 20 }: SbuildOptions): Builder => {
  const running = new Map<string, BuildLog>();
  return {
    build: async (order, cancel) => {
      if (cancel.aborted) return withoutLog(cancelledFirst);
      const log = await openBuildLog(join(workFolder, `${order.build}-${order.attempt}.log`), logLimit);
      running.set(order.build, log);
      try {
        return await attempt(order, cancel, log, helper, files);
      } finally {
        running.delete(order.build);
        await log.close();
        await log.remove();
      }
    },
    liveLog: (build) => running.get(build)?.live,
  };
};

const cancelledFirst: Failure = {
  outcome: 'failed',
  class: 'killed',
  stage: 'cancelled',
  fact: 'the build was cancelled before it began',
};

const withoutLog = (failure: Failure): BuildResult => ({
  ...failure,
  log: null,
  times: { ...summaryTimes(undefined), stages: [] },
});

const attempt = async (
  order: BuildOrder,
  cancel: AbortSignal,
  log: BuildLog,
  helper: RootHelper,
  files: FileStore,
): Promise<BuildResult> => {
  const upstream = await hostProxies(helper);
  const job = await helper.start(buildRequest(order));
  try {
    const { folder } = (await nextMessage(job, Ready, log)).ready;
    await log.write(heading(order));
    await bringFiles(order.sources, join(folder, 'source'), files);
    const found = await runJob(order, cancel, log, job, folder, upstream);
    await log.close();
    return await report(order, found, join(folder, 'output'), log, files);
  } finally {
    job.end();
  }
};

/** sbuild from its start to its verdict, with apt's way out beside it. */
const runJob = async (
  order: BuildOrder,
  cancel: AbortSignal,
  log: BuildLog,
  job: Job,
  folder: string,
  upstream: Upstream,
): Promise<Verdict> => {
  const proxy = await aptProxy(join(folder, 'door'), order.aptHosts, upstream);
  const watch = watchBuild(order, cancel, job);
  try {
    job.say({ start: true });
    const { ended } = await nextMessage(job, Finished, log, watch.heard);
    return verdict(ended, watch.stopped(), log.end());
  } finally {
    watch.end();
    await proxy.close();
  }
};

/** What a reader of the log asks first, and sbuild does not say. */
const heading = (order: BuildOrder): Buffer =>
  Buffer.from(
    [
      `Build ${order.build}, attempt ${order.attempt}: ${order.source} ${builtVersion(order)} for ${order.distribution}`,
      '',
      'Sources beside those of the chroot:',
      ...indented(order.aptSources.replace(/^ -----BEGIN PGP[\s\S]*?^ -----END PGP.*$/gm, ' (key)')),
      'Preferences:',
      ...indented(order.aptPreferences),
      'Recipe:',
      ...indented(recipeText(order.recipe)),
      '',
    ].join('\n'),
  );

const recipeText = ({ resolver, jobs, options, profiles, depends, setup }: BuildOrder['recipe']): string =>
  [
    `resolver: ${resolver}`,
    ...(jobs === null ? [] : [`jobs: ${jobs}`]),
    ...(options.length === 0 ? [] : [`DEB_BUILD_OPTIONS: ${options.join(' ')}`]),
    ...(profiles.length === 0 ? [] : [`profiles: ${profiles.join(' ')}`]),
    ...(depends.length === 0 ? [] : [`further dependencies: ${depends.join(', ')}`]),
    ...(setup === '' ? [] : ['a setup script, printed below']),
  ].join('\n');

const indented = (text: string): readonly string[] =>
  text.trim() === ''
    ? ['    none', '']
    : text
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`)
        .concat('');

const report = async (
  order: BuildOrder,
  found: Verdict,
  output: string,
  log: BuildLog,
  files: FileStore,
): Promise<BuildResult> => {
  if (found.outcome === 'unknown') throw new NoVerdict(found.reason);
  const kept = await keepLog(logName(order), log, files);
  const result = found.outcome === 'succeeded' ? await collected(order, output, files) : found;
  return { ...result, log: kept, times: { ...summaryTimes(buildSummary(log.end())), stages: log.live.stages() } };
};

const collected = async (order: BuildOrder, output: string, files: FileStore) => {
  try {
    return { outcome: 'succeeded' as const, ...(await collectProducts(order, output, files)) };
  } catch (error) {
    if (!(error instanceof UnusableProducts)) throw error;
    return { outcome: 'failed' as const, class: 'products' as const, stage: 'products', fact: error.message };
  }
};

/** `SOURCE_VERSION_ARCHITECTURE.buildlog.gz` */
const logName = (order: BuildOrder): FileName =>
  `${order.source}_${withoutEpoch(builtVersion(order))}_${order.architecture}.buildlog.gz` as FileName;
