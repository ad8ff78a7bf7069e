import { Readable } from 'node:stream';
import { builtVersion } from '../../src/adapters/sbuild/built-version.ts';
import type { BuildTimes } from '../../src/domain/build/events.ts';
import type { Architecture, FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { BuildId } from '../../src/domain/ids.ts';
import { type Builder, type BuildOrder, type BuildResult, NoVerdict } from '../../src/ports/builder.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import { type GrowingLog, growingLog } from './growing-log.ts';

/** How an attempt goes; a hanging one ends when it is cancelled, one that rejects says nothing about the package. */
export type Behaviour =
  | 'succeeds'
  | 'fails'
  | 'is skipped'
  | 'hangs'
  | 'rejects'
  | 'has no room'
  | 'has words of a full disk in its log'
  | { readonly waitsFor: readonly string[] };

export type FakeBuilder = Builder & {
  /** Every attempt ever begun, over all lives of the daemon. */
  readonly runs: readonly BuildOrder[];
  /** How attempts go from now on; `succeeds` without it. */
  readonly behave: (how: (order: BuildOrder) => Behaviour) => void;
  /** Most attempts under way at once. */
  readonly mostAtOnce: () => number;
  /** Attempts under way, by build. */
  readonly underWay: () => readonly string[];
  /** Whether an attempt is under way that ends by itself. */
  readonly isAtWork: () => boolean;
  /** Builds that were begun while another attempt of theirs was under way. */
  readonly doubled: readonly string[];
  /** The machine lost power: whatever ran is gone. */
  readonly loseAll: () => void;
  /** Which binary packages a source makes; one of its own name without it. */
  readonly makes: (source: string, packages: readonly string[]) => void;
  /** What an attempt writes into its log, as it begins; a line that names it without it. */
  readonly writes: (text: (order: BuildOrder) => string) => void;
  /** How long attempts say that they took. */
  readonly took: (times: BuildTimes) => void;
  /** The attempt of this build that hangs succeeds after all. */
  readonly letGo: (build: BuildId) => void;
  /** The attempt of this build that is under way goes on writing. */
  readonly goesOn: (build: BuildId, text: string) => void;
};

const usualTimes: BuildTimes = {
  install: 4,
  build: 2,
  total: 7,
  stages: [
    { stage: 'prepare', seconds: 0.2 },
    { stage: 'chroot', seconds: 0.6 },
    { stage: 'fetch-src', seconds: 0.1 },
    { stage: 'install-deps', seconds: 4 },
    { stage: 'build', seconds: 2 },
    { stage: 'cleanup', seconds: 0.1 },
  ],
};

/**
 * A builder without chroots. The bytes of a product name the attempt that made it, so that a doubled result shows. Its logs count stages by `now`,
 * in milliseconds.
 */
export const fakeBuilder = (files: FileStore, now?: () => number): FakeBuilder => {
  const runs: BuildOrder[] = [];
  const products = new Map<string, readonly string[]>();
  let how: (order: BuildOrder) => Behaviour = () => 'succeeds';
  let written = ({ build, attempt }: BuildOrder): string => `log of ${build}#${attempt}`;
  const logs = new Map<BuildId, GrowingLog>();
  const held = new Map<BuildId, () => void>();
  const doubled: string[] = [];
  const active = new Set<string>();
  let times = usualTimes;
  let under = 0;
  let hanging = 0;
  let most = 0;

  const put = (name: string, text: string): Promise<StoredFile> => files.put(name as FileName, Readable.from([text]));

  const binary = async (name: string, on: string, order: BuildOrder) => {
    const [version, { build, attempt }] = [builtVersion(order), order];
    const fileName = `${name}_${version.slice(version.indexOf(':') + 1)}_${on}.deb`;
    const file = await put(fileName, `${fileName} of ${build}#${attempt}`);
    return { package: name, version, architecture: on as Architecture, file };
  };

  const succeed = async (order: BuildOrder): Promise<BuildResult> => {
    const { source, architecture, archAll } = order;
    const version = builtVersion(order);
    const names = products.get(source) ?? [source];
    const binaries = [];
    for (const name of names) binaries.push(await binary(name, architecture, order));
    if (archAll) binaries.push(await binary(`${source}-doc`, 'all', order));
    const record = await put(
      `${source}_${version.slice(version.indexOf(':') + 1)}_${architecture}.changes`,
      order.build,
    );
    return { outcome: 'succeeded', binaries, records: [record], log: await logOf(order), times };
  };

  const logOf = ({ build }: BuildOrder): Promise<StoredFile> => put(`${build}.buildlog`, logs.get(build)?.text() ?? '');

  const run = async (order: BuildOrder, cancel: AbortSignal): Promise<BuildResult> => {
    const behaviour = how(order);
    if (typeof behaviour === 'object') {
      const { waitsFor: missing } = behaviour;
      return { outcome: 'dep-wait', missing, fact: `Depends: ${missing.join(', ')}`, log: await logOf(order), times };
    }
    switch (behaviour) {
      case 'succeeds':
        return succeed(order);
      case 'fails': {
        const log = await logOf(order);
        return { outcome: 'failed', class: 'ftbfs', stage: 'build', fact: 'make: *** [all] Error 2', log, times };
      }
      case 'is skipped':
        return { outcome: 'skipped', log: await logOf(order), times };
      case 'rejects':
        throw new Error('no session: the disk is full');
      case 'has no room':
        throw Object.assign(new Error('ENOSPC: no space left on device, copyfile'), { code: 'ENOSPC' });
      case 'has words of a full disk in its log':
        throw new NoVerdict('sbuild ended with exit code 3 at abort: make: *** ENOSPC: database or disk is full');
      case 'hangs':
        hanging += 1;
        await new Promise<unknown>((resolve) => {
          cancel.addEventListener('abort', resolve, { once: true });
          held.set(order.build, () => resolve(undefined));
        });
        hanging -= 1;
        if (!cancel.aborted) return succeed(order);
        return { outcome: 'failed', class: 'killed', stage: 'build', fact: 'cancelled', log: null, times };
    }
  };

  return {
    runs,
    behave: (wanted) => {
      how = wanted;
    },
    mostAtOnce: () => most,
    underWay: () => [...active],
    isAtWork: () => under > hanging,
    doubled,
    loseAll: () => active.clear(),
    makes: (source, packages) => products.set(source, packages),
    writes: (text) => {
      written = text;
    },
    took: (wanted) => {
      times = wanted;
    },
    letGo: (build) => held.get(build)?.(),
    goesOn: (build, text) => logs.get(build)?.add(text),
    liveLog: (build) => logs.get(build)?.live,
    build: async (order, cancel) => {
      runs.push(order);
      if (active.has(order.build)) doubled.push(order.build);
      active.add(order.build);
      under += 1;
      most = Math.max(most, under);
      logs.set(order.build, growingLog(written(order), now));
      try {
        return await run(order, cancel);
      } finally {
        under -= 1;
        active.delete(order.build);
        logs.get(order.build)?.close();
        logs.delete(order.build);
      }
    },
  };
};
