import { createHash } from 'node:crypto';
import type { PackageInstalled, VersionReleased, VersionReserved } from '../../src/domain/archive/events.ts';
import type { ArchiveKeyGenerated } from '../../src/domain/archive-key/events.ts';
import type {
  BuildDepWaited,
  BuildFailed,
  BuildGivenBack,
  BuildRequested,
  BuildStarted,
  BuildSucceeded,
} from '../../src/domain/build/events.ts';
import type { Recipe } from '../../src/domain/build/recipe.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonCommand } from '../../src/domain/command.ts';
import type { ChrootConfigured, ChrootPrepared } from '../../src/domain/configuration/chroot-events.ts';
import { type Configuration, configure, noConfiguration } from '../../src/domain/configuration/configuration.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import {
  distributionDefaults,
  instanceDefaults,
  repositoryDefaults,
  sourceDefaults,
} from '../../src/domain/configuration/defaults.ts';
import type {
  ConfigurationEvent,
  DistributionConfigured,
  InstanceConfigured,
  InstanceId,
  RemoteConfigured,
  RemoteId,
  RepositoryConfigured,
  SourceConfigured,
  SourceId,
} from '../../src/domain/configuration/events.ts';
import { webAddress } from '../../src/domain/configuration/web-address.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type {
  Architecture,
  Codename,
  Component,
  FileName,
  Fingerprint,
  RepositoryId,
  Sha256,
  SourceName,
  StoredFile,
  Version,
} from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId, type EventId, portId, type UploadId } from '../../src/domain/ids.ts';
import type { PortRequested } from '../../src/domain/port/events.ts';
import { streamOf } from '../../src/domain/stream.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import type { ChangesFacts, Signature, UploadAccepted, UploadReceived } from '../../src/domain/upload/events.ts';
import type { Position } from '../../src/ports/event-log.ts';
import type { Recorded } from '../../src/projections/recorded.ts';

/*
 * The world that all examples live in: instance `acme` with one repository of that name for trixie, where the
 * maintainer uploads hello 2.10-3 and the builder is called ernie.
 */

export const source = (name: string): SourceName => name as SourceName;
export const version = (text: string): Version => text as Version;
export const architecture = (name: string): Architecture => name as Architecture;
export const distribution = (name: string): DistributionName => name as DistributionName;
export const eventId = (n: number): EventId => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as EventId;
/** Crockford's alphabet has no I, L, O and U; digits are enough. */
export const uploadId = (n: number): UploadId => `01JDA${String(n).padStart(21, '0')}` as UploadId;

export const sha256 = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;
/** A file whose bytes are its name, or `bytes`. */
export const stored = (name: string, bytes: string = name): StoredFile => ({
  name: name as FileName,
  size: bytes.length,
  sha256: sha256(bytes),
});

/** An instance that builds for us. */
export const grover = 'grover.example.org:8066' as RemoteId;
export const groverConfigured: RemoteConfigured = {
  type: 'RemoteConfigured',
  remote: grover,
  url: `http://${grover}`,
  fingerprint: 'D'.repeat(40) as Fingerprint,
  key: stored('grover.asc'),
};

export const hello = source('hello');
export const acme = 'acme' as RepositoryId;
export const trixie = 'trixie' as Codename;
export const main = 'main' as Component;
export const amd64 = architecture('amd64');
export const arm64 = architecture('arm64');
export const unstable = distribution('trixie-acme-unstable');
export const ernie = 'ernie';
/** hello 2.10-3 as the layout `Default` wants it, and the ones that follow. */
export const hello3 = version('2.10-3~acme13+1');
export const hello4 = version('2.10-4~acme13+1');
export const hello5 = version('2.10-5~acme13+1');
export const maintainer = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' as Fingerprint;
export const archiveFingerprint = 'CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC' as Fingerprint;
export const uploaderKeyring = '/etc/mini-buildd/uploaders.asc';
export const now = Date.UTC(2026, 10, 22, 10, 15);

export const goodSignature: Signature = {
  status: 'good',
  fingerprint: maintainer,
  signedBy: maintainer,
  signedAt: instant(now),
  digest: 'SHA512',
};

export const unsigned: Signature = {
  status: 'unauthenticated',
  because: { rule: 'unsigned', fact: 'the file carries no signature', remedy: 'sign it with debsign' },
};

export const instanceConfigured: InstanceConfigured = {
  type: 'InstanceConfigured',
  instance: 'acme' as InstanceId,
  hostname: 'buildd.example.org',
  url: webAddress('http://buildd.example.org:8066'),
  ftpPort: 8067,
  ...instanceDefaults,
};

const debian = (suite: string): SourceConfigured => ({
  type: 'SourceConfigured',
  id: `debian-${suite}` as SourceId,
  origin: 'Debian',
  suite,
  codename: trixie,
  uris: [
    suite.endsWith('-security')
      ? 'http://security.debian.example.org/debian-security/'
      : 'http://deb.debian.example.org/debian/',
  ],
  components: [main],
  keys: '/usr/share/keyrings/debian-archive-keyring.gpg',
  ...sourceDefaults,
});

export const trixieSources: readonly SourceConfigured[] = [debian('trixie'), debian('trixie-security')];

/** amd64, which builds arch-indep packages too, and arm64; both have to succeed. */
export const trixieConfigured: DistributionConfigured = {
  type: 'DistributionConfigured',
  codename: trixie,
  codeversion: '13',
  base: 'debian-trixie' as SourceId,
  extras: [{ source: 'debian-trixie-security' as SourceId, priority: null }],
  components: [main, 'contrib' as Component],
  architectures: [
    { architecture: amd64, optional: false, buildsArchAll: true },
    { architecture: arm64, optional: false, buildsArchAll: false },
  ],
  ...distributionDefaults,
};

export const acmeConfigured: RepositoryConfigured = {
  type: 'RepositoryConfigured',
  repository: acme,
  layout: 'Default',
  codenames: [trixie],
  allowUnauthenticated: false,
  uploaderKeyrings: [uploaderKeyring],
  validForDays: 14,
  ...repositoryDefaults,
};

export const chrootConfigured = (on: Architecture = amd64): ChrootConfigured => ({
  type: 'ChrootConfigured',
  codename: trixie,
  architecture: on,
  kind: 'directory',
  options: {},
  include: ['fakeroot', 'debhelper'],
  ccache: false,
});

export const chrootPrepared = (on: Architecture = amd64, generation = '1'): ChrootPrepared => ({
  type: 'ChrootPrepared',
  codename: trixie,
  architecture: on,
  generation,
  preparedAt: instant(now),
  seconds: 31.4,
});

/** What the fake keyring takes for an armored archive key. */
export const armoredKey = (fingerprint: Fingerprint, subkeys = ''): string =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${Buffer.from(`${fingerprint}${subkeys}`).toString('base64')}\n-----END PGP PUBLIC KEY BLOCK-----\n`;

export const archiveKeyGenerated: ArchiveKeyGenerated = {
  type: 'ArchiveKeyGenerated',
  fingerprint: archiveFingerprint,
  publicKey: armoredKey(archiveFingerprint),
};

/** What an administrator has said before the first upload. */
export const configured: readonly (ConfigurationEvent | ArchiveKeyGenerated)[] = [
  instanceConfigured,
  archiveKeyGenerated,
  ...defaultLayouts,
  ...trixieSources,
  trixieConfigured,
  acmeConfigured,
  chrootConfigured(amd64),
  chrootConfigured(arm64),
];

/** The command by which an administrator says it. */
export const commandFor = (event: ConfigurationEvent | ArchiveKeyGenerated): DaemonCommand => {
  if (event.type !== 'ArchiveKeyGenerated') return { command: 'Configure', event };
  const { type: _, ...key } = event;
  return { command: 'AddArchiveKey', ...key };
};

export const configurationOf = (events: readonly DaemonEvent[]): Configuration =>
  events.reduce(configure, noConfiguration);

export const acmeConfiguration = configurationOf(configured);

export const helloOrig = stored('hello_2.10.orig.tar.gz');
const withoutEpoch = (of: Version): string => of.slice(of.indexOf(':') + 1);
export const debianTar = (of: Version): StoredFile => stored(`hello_${withoutEpoch(of)}.debian.tar.xz`);
const helloDsc = (of: Version): StoredFile => stored(`hello_${withoutEpoch(of)}.dsc`);

export const helloFacts = (of: Version = hello3, news: Partial<ChangesFacts> = {}): ChangesFacts => ({
  source: hello,
  version: of,
  distribution: unstable,
  architectures: ['source'],
  options: [],
  remarks: [],
  component: main,
  dsc: {
    file: helloDsc(of).name,
    source: hello,
    version: of,
    architectures: ['any', 'all'],
    files: [helloOrig, debianTar(of)],
    signature: goodSignature,
  },
  ...news,
});

export const helloReceived = (
  upload: UploadId = uploadId(1),
  of: Version = hello3,
  news: Partial<UploadReceived> = {},
): UploadReceived => ({
  type: 'UploadReceived',
  upload,
  door: 'ftp',
  changes: stored(`hello_${withoutEpoch(of)}_source.changes`),
  files: [helloDsc(of), helloOrig, debianTar(of)],
  signature: goodSignature,
  facts: helloFacts(of),
  faults: [],
  ...news,
});

export const helloAccepted = (upload: UploadId = uploadId(1), of: Version = hello3): UploadAccepted => ({
  type: 'UploadAccepted',
  upload,
  repository: acme,
  distribution: unstable,
  source: hello,
  version: of,
  component: main,
  sources: [helloDsc(of), helloOrig, debianTar(of)],
  builds: [
    { architecture: amd64, mandatory: true, archAll: true },
    { architecture: arm64, mandatory: true, archAll: false },
  ],
  options: [],
  warnings: [],
});

export const helloReserved = (upload: UploadId = uploadId(1), of: Version = hello3): VersionReserved => ({
  type: 'VersionReserved',
  repository: acme,
  source: hello,
  version: of,
  distribution: unstable,
  upload,
  sources: [helloOrig, debianTar(of)],
});

export const helloReleased = (upload: UploadId = uploadId(1), of: Version = hello3): VersionReleased => ({
  type: 'VersionReleased',
  repository: acme,
  source: hello,
  version: of,
  upload,
  reason: 'not built on amd64 (ftbfs in build: make failed)',
});

export const helloInstalled = (
  upload: UploadId = uploadId(1),
  of: Version = hello3,
  news: Partial<PackageInstalled> = {},
): PackageInstalled => ({
  type: 'PackageInstalled',
  repository: acme,
  source: hello,
  version: of,
  distribution: unstable,
  upload,
  component: main,
  dsc: helloDsc(of),
  sources: [helloOrig, debianTar(of)],
  binaries: [
    { package: 'hello', version: of, architecture: amd64, component: main, file: stored(`hello_${of}_amd64.deb`) },
  ],
  ...news,
});

/** hello 2.10-3 shall go from unstable to experimental. */
export const helloPort = (news: Partial<PortRequested> = {}): PortRequested => ({
  type: 'PortRequested',
  port: portId(uploadId(9), 'trixie-acme-experimental'),
  upload: uploadId(2),
  origin: { kind: 'internal', distribution: unstable },
  source: hello,
  version: hello3,
  files: [helloDsc(hello3), helloOrig, debianTar(hello3)],
  to: distribution('trixie-acme-experimental'),
  as: version('2.10-3~acme13+0'),
  options: ['ignore-lintian=true'],
  askedBy: null,
  generation: 1,
  migrates: false,
  requestedAt: instant(now),
  ...news,
});

export const helloBuild = (upload: UploadId = uploadId(1), on: Architecture = amd64) => buildId(upload, on);

export const helloRequested = (upload: UploadId = uploadId(1), on: Architecture = amd64): BuildRequested => ({
  type: 'BuildRequested',
  build: helloBuild(upload, on),
  upload,
  source: hello,
  version: hello3,
  distribution: unstable,
  codename: trixie,
  architecture: on,
  archAll: on === amd64,
});

export const helloAssigned = (builder: string = ernie, upload: UploadId = uploadId(1), on: Architecture = amd64) => ({
  type: 'BuildAssigned' as const,
  build: helloBuild(upload, on),
  builder,
  because: 'ernie has a chroot for trixie/amd64 and room (2 builds at once)',
});

export const helloStarted = (attempt = 1, upload: UploadId = uploadId(1), on: Architecture = amd64): BuildStarted => ({
  type: 'BuildStarted',
  build: helloBuild(upload, on),
  builder: ernie,
  attempt,
});

export const plainRecipe: Recipe = {
  resolver: 'apt',
  jobs: null,
  options: [],
  profiles: [],
  depends: [],
  setup: '',
};

const times = { install: 4, build: 2, total: 7, stages: [] };

export const helloSucceeded = (
  attempt = 1,
  upload: UploadId = uploadId(1),
  on: Architecture = amd64,
): BuildSucceeded => ({
  type: 'BuildSucceeded',
  build: helloBuild(upload, on),
  attempt,
  binaries: [{ package: 'hello', version: hello3, architecture: on, file: stored(`hello_${hello3}_${on}.deb`) }],
  records: [stored(`hello_${hello3}_${on}.changes`), stored(`hello_${hello3}_${on}.buildinfo`)],
  log: stored(`hello_${hello3}_${on}.buildlog.zst`),
  times,
});

export const helloFailed = (attempt = 1, upload: UploadId = uploadId(1), on: Architecture = amd64): BuildFailed => ({
  type: 'BuildFailed',
  build: helloBuild(upload, on),
  attempt,
  class: 'ftbfs',
  stage: 'build',
  fact: 'make: *** [all] Error 2',
  log: stored(`hello_${hello3}_${on}.buildlog.zst`),
  times,
});

export const helloGivenBack = (
  attempt = 1,
  upload: UploadId = uploadId(1),
  on: Architecture = amd64,
): BuildGivenBack => ({
  type: 'BuildGivenBack',
  build: helloBuild(upload, on),
  attempt,
  reason: 'the daemon was restarted',
});

export const helloDepWaited = (
  attempt = 1,
  upload: UploadId = uploadId(1),
  on: Architecture = amd64,
  waitsFor: readonly string[] = ['libgreet-dev (>= 2.0)'],
): BuildDepWaited => ({
  type: 'BuildDepWaited',
  build: helloBuild(upload, on),
  attempt,
  waitsFor,
  until: instant(now + 14 * 86_400_000),
  fact: 'Depends: libgreet-dev (>= 2.0) but it is not installable',
  log: stored(`hello_${hello3}_${on}.buildlog.zst`),
  times,
});

/** The event as the `n`-th of a log, a second after the one before. */
export const recorded = (event: DaemonEvent, n: number): Recorded => ({
  id: eventId(n),
  stream: streamOf(event),
  revision: 0,
  position: String(n).padStart(20, '0') as Position,
  recordedAt: instant(now + n * 1000),
  actor: { kind: 'duty', name: 'example' },
  causedBy: undefined,
  correlation: 'example',
  subject: subjectOf(event),
  event,
});

export const recordedAll = (events: readonly DaemonEvent[]): readonly Recorded[] =>
  events.map((event, index) => recorded(event, index + 1));
