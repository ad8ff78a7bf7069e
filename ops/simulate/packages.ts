import { createHash } from 'node:crypto';
import { distributionName } from '../../src/domain/debian/distribution.ts';
import type {
  Architecture,
  Codename,
  FileName,
  Sha256,
  SourceName,
  StoredFile,
  SuiteName,
  Version,
} from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId, type UploadId } from '../../src/domain/ids.ts';
import type { UploadReceived } from '../../src/domain/upload/events.ts';
import type { BuildResult } from '../../src/ports/builder.ts';
import { ernie, goodSignature, helloFacts, helloReceived, main, trixie } from '../../test/support/fixed-examples.ts';
import { optional, type Work } from './scenario.ts';

const unstable = 'unstable' as SuiteName;
export const codename: Codename = trixie;

/** What everybody has by now, and what is uploaded during the simulation. */
const versionOf = ({ repository }: Work, which: 'old' | 'new'): Version =>
  `${which === 'old' ? 1 : 2}.0-1~${repository}13+1` as Version;

/** The `n`-th of all, in the order of uploads; old ones come before new ones. */
export const uploadOf = (n: number, which: 'old' | 'new'): UploadId =>
  `01JD${which === 'old' ? 'A' : 'B'}${String(n).padStart(21, '0')}` as UploadId;

const aboutOf = (work: Work, which: 'old' | 'new') => ({
  source: work.source,
  version: versionOf(work, which),
  distribution: distributionName({ codename, repository: work.repository, suite: unstable, rollback: undefined }),
});

export const received = (work: Work, upload: UploadId, which: 'old' | 'new'): UploadReceived => {
  const about = aboutOf(work, which);
  const [dsc, tar] = [file(work, which, '.dsc'), file(work, which, '.tar.xz')];
  const architectures = work.isAll ? ['all'] : work.seconds.size < 3 ? [...work.seconds.keys()] : ['any'];
  return helloReceived(upload, about.version, {
    changes: file(work, which, '_source.changes'),
    files: [dsc, tar],
    facts: helloFacts(about.version, {
      ...about,
      dsc: {
        file: dsc.name,
        source: work.source,
        version: about.version,
        architectures,
        files: [tar],
        signature: goodSignature,
      },
    }),
  });
};

/** What one build makes: a binary package of the source's name. */
const binaryOf = (work: Work, on: Architecture, which: 'old' | 'new') => ({
  package: work.source,
  version: versionOf(work, which),
  architecture: work.isAll ? ('all' as Architecture) : on,
  file: file(work, which, `_${work.isAll ? 'all' : on}.deb`),
});

/** The relation by which others need the new version. */
export const relationTo = ({ source }: Pick<Work, 'source'>): string => `${source} (>= 2.0)`;
export const isNew = (version: Version): boolean => version.startsWith('2.');

/** How a build ends that runs to its end, or cannot even begin for what is missing. */
export const resultOf = (work: Work, on: Architecture, missing: readonly SourceName[], total: number): BuildResult => {
  const log = file(work, 'new', `_${on}.buildlog`);
  const times = { install: 10, build: Math.max(0, total - 20), total, stages: [] };
  if (missing.length > 0) {
    const relations = missing.map((source) => relationTo({ source }));
    return { outcome: 'dep-wait', missing: relations, fact: `Depends: ${relations.join(', ')}`, log, times };
  }
  if (work.failsOn === on) {
    return { outcome: 'failed', class: 'ftbfs', stage: 'build', fact: 'make: *** [all] Error 2', log, times };
  }
  const records = [file(work, 'new', `_${on}.changes`)];
  return { outcome: 'succeeded', binaries: [binaryOf(work, on, 'new')], records, log, times };
};

/** How the old version came, from `UploadReceived` to `PackageInstalled`; nothing of a package that was never here. */
export const historyOf = (work: Work, n: number): readonly DaemonEvent[] => {
  if (work.tookBefore.size === 0) return [];
  const upload = uploadOf(n, 'old');
  const about = aboutOf(work, 'old');
  const [dsc, tar] = [file(work, 'old', '.dsc'), file(work, 'old', '.tar.xz')];
  const { repository } = work;
  const binaries = [...work.seconds.keys()].map((on) => binaryOf(work, on, 'old'));
  return [
    received(work, upload, 'old'),
    { type: 'VersionReserved', repository, ...about, upload, sources: [tar] },
    {
      type: 'UploadAccepted',
      upload,
      repository,
      ...about,
      component: main,
      sources: [dsc, tar],
      builds: [...work.seconds.keys()].map((architecture) => ({
        architecture,
        mandatory: !optional.has(architecture),
        archAll: work.isAll,
      })),
      options: [],
      warnings: [],
    },
    ...[...work.tookBefore].flatMap(([architecture, seconds], k) => {
      const build = buildId(upload, architecture);
      const times = { install: 10, build: seconds, total: seconds, stages: [] };
      const records = [file(work, 'old', `_${architecture}.changes`)];
      const log = file(work, 'old', `_${architecture}.buildlog`);
      return [
        { type: 'BuildRequested', build, upload, ...about, codename, architecture, archAll: work.isAll },
        { type: 'BuildAssigned', build, builder: ernie, because: 'it was free' },
        { type: 'BuildStarted', build, builder: ernie, attempt: 1 },
        { type: 'BuildSucceeded', build, attempt: 1, binaries: binaries.slice(k, k + 1), records, log, times },
      ] as const;
    }),
    {
      type: 'PackageInstalled',
      repository,
      ...about,
      upload,
      component: main,
      dsc,
      sources: [tar],
      binaries: binaries.map((binary) => ({ ...binary, component: main })),
    },
  ];
};

const file = (work: Work, which: 'old' | 'new', suffix: string): StoredFile => {
  const name = `${work.source}_${versionOf(work, which)}${suffix}` as FileName;
  return { name, size: 1000 + name.length, sha256: createHash('sha256').update(name).digest('hex') as Sha256 };
};
