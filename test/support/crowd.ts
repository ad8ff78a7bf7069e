import type { AccountId } from '../../src/domain/account/events.ts';
import type { Instant } from '../../src/domain/codec.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import type { SourceId, Suite } from '../../src/domain/configuration/events.ts';
import type { Codename, Fingerprint, RepositoryId, SuiteName, Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId, checkId, type UploadId } from '../../src/domain/ids.ts';
import { crowdedPast, formerRepositories } from './crowded-past.ts';
import {
  acmeConfigured,
  amd64,
  architecture,
  archiveKeyGenerated,
  chrootConfigured,
  chrootPrepared,
  distribution,
  ernie,
  goodSignature,
  helloFacts,
  helloInstalled,
  helloReceived,
  helloReleased,
  helloReserved,
  instanceConfigured,
  sha256,
  source,
  stored,
  trixieConfigured,
  trixieSources,
  version,
} from './fixed-examples.ts';

/* More of everything than a big company has, with names as long as Debian's longest. */

export const amounts = {
  accounts: 150,
  codenames: 20,
  repositories: 45,
  remotes: 40,
  nodes: 20,
  webhooks: 30,
  uploads: 200,
  rejected: 60,
  released: 40,
  failing: 30,
  packages: 10_000,
  versions: 200,
  suites: 30,
} as const;

export const architectures = ['amd64', 'arm64', 'riscv64'].map(architecture);
const tools = ['lintian', 'piuparts', 'autopkgtest'] as const;

const count = <Made>(most: number, make: (n: number) => Made): readonly Made[] =>
  Array.from({ length: most }, (_, n) => make(n));

const hex = (n: number, length = 16): string => n.toString(16).padStart(length, '0');

export const accountOf = (n: number): AccountId => hex(0x5f0c2a9be1d00000 + n * 4096) as AccountId;
export const codenameOf = (n: number): Codename => `codename${n}` as Codename;
export const repositoryOf = (n: number): RepositoryId =>
  `departmentofpackages${n === 0 ? 'andarchives' : 'archive'}${n}` as RepositoryId;
export const remoteOf = (n: number): string => `buildd${n}.department-of-packages.example.org:8066`;
export const nodeOf = (n: number): string => `builder-of-the-rack-${n}`;
export const webhookOf = (n: number): string => hex(n + 1);
const fingerprintOf = (n: number): Fingerprint => hex(n + 1, 40).toUpperCase() as Fingerprint;
export const crowdedUpload = (n: number): UploadId => `01JDC${String(n).padStart(21, '0')}` as UploadId;
export const crowdedSource = (n: number) => source(`golang-github-department-of-packages-component-${n}-dev`);
/** Where the crowd is. */
export const busiest = distribution(`${codenameOf(0)}-${repositoryOf(0)}-unstable`);
const longVersion = version('2:1.24.13~rc1+git20261122.0a1b2c3d4e+dfsg1-3~department13+1');

const longFact =
  'dh_auto_test: error: cd obj-x86_64-linux-gnu && go test -vet=off -v -p 2 <all> of github.com/department/of/packages returned exit code 1; '.repeat(
    2,
  );

/** Some of the codenames, the first among them. */
const codenamesOf = (n: number): readonly Codename[] => count(4, (k) => codenameOf((n + k) % amounts.codenames));

/** Everybody who has an account, as they stand beside the log. */
export const crowdOfPeople = count(amounts.accounts, (n) => ({
  account: accountOf(n),
  login: `maximiliane.mustermann.${n}`,
  fullName: `Maximiliane Alexandra von und zu Mustermann-Beispiel ${n}`,
  email: `maximiliane.mustermann-beispiel.${n}@department-of-packages.example.org`,
}));

/** Each migrates to the next. */
const manySuites = ([like]: readonly Suite[]): readonly Suite[] =>
  like === undefined
    ? []
    : count(amounts.suites, (n) => ({
        ...like,
        suite: `stagingnumber${n}` as SuiteName,
        experimental: false,
        uploadable: n === 0,
        migratesTo: n + 1 < amounts.suites ? (`stagingnumber${n + 1}` as SuiteName) : null,
      }));

const declared: readonly DaemonEvent[] = [
  instanceConfigured,
  archiveKeyGenerated,
  ...defaultLayouts,
  ...defaultLayouts.slice(0, 1).map((layout) => ({ ...layout, layout: 'Plenty', suites: manySuites(layout.suites) })),
  ...trixieSources,
  ...count(amounts.codenames, codenameOf).flatMap((codename): readonly DaemonEvent[] => [
    ...trixieSources.map((each) => ({ ...each, id: `${each.id}-of-${codename}` as SourceId, codename })),
    {
      ...trixieConfigured,
      codename,
      base: `debian-trixie-of-${codename}` as SourceId,
      extras: [{ source: `debian-trixie-security-of-${codename}` as SourceId, priority: null }],
      architectures: architectures.map((each) => ({
        architecture: each,
        optional: false,
        buildsArchAll: each === amd64,
      })),
    },
    ...architectures.flatMap((each, k): readonly DaemonEvent[] => [
      { ...chrootConfigured(each), codename },
      k === 2
        ? { type: 'ChrootFailed', codename, architecture: each, stage: 'download', fact: longFact }
        : { ...chrootPrepared(each), codename },
    ]),
  ]),
  ...count(amounts.repositories, repositoryOf).flatMap((repository, n): readonly DaemonEvent[] => [
    { ...acmeConfigured, repository, codenames: codenamesOf(n), notify: count(20, accountOf) },
    { type: 'RetentionConfigured', repository, versions: 3, days: 90 },
  ]),
];

const people: readonly DaemonEvent[] = count(amounts.accounts, accountOf).flatMap(
  (account, n): readonly DaemonEvent[] => [
    { type: 'AccountRegistered', account },
    { type: 'AccountActivated', account },
    ...(n === 0 ? [{ type: 'RoleChanged', account, role: 'admin' } as const] : []),
    ...(n % 10 === 9 ? [{ type: 'AccountDisabled', account } as const] : []),
    { type: 'UploaderKeySubmitted', account, fingerprint: fingerprintOf(n), key: stored(`${fingerprintOf(n)}.asc`) },
    ...(n % 3 === 0
      ? []
      : count(n % 30, (k) => ({
          type: 'UploaderApproved' as const,
          account,
          fingerprint: fingerprintOf(n),
          repository: repositoryOf(k),
          suites: null,
          sources: null,
        }))),
    ...count(n === 0 ? 100 : 2, (k) => ({
      type: 'SubscriptionAdded' as const,
      account,
      package: crowdedSource(n * 2 + k),
      distribution: busiest,
    })),
  ],
);

const acquaintances: readonly DaemonEvent[] = [
  ...count(amounts.remotes, remoteOf).flatMap(
    (remote, n): readonly DaemonEvent[] =>
      [
        {
          type: 'RemoteConfigured',
          remote,
          url: `http://${remote}`,
          fingerprint: fingerprintOf(900 + n),
          key: stored(`${fingerprintOf(900 + n)}.asc`),
        },
        { type: 'RemoteActivated', remote, repositories: count(5, repositoryOf), tags: ['fast', 'big'] },
        { type: 'RemoteLost', remote, rule: 'unreachable-remote', fact: longFact },
      ] as never,
  ),
  ...count(
    amounts.nodes,
    (n): DaemonEvent => ({ type: 'NodeAdded', node: nodeOf(n), key: hex(n + 1, 64) }) as DaemonEvent,
  ),
  ...count(
    amounts.webhooks,
    (n): DaemonEvent =>
      ({
        type: 'WebhookAdded',
        webhook: webhookOf(n),
        host: `ci${n}.department-of-packages.example.org`,
        package: null,
        distribution: busiest,
      }) as DaemonEvent,
  ),
];

const came = (n: number): readonly DaemonEvent[] => {
  const upload = crowdedUpload(n);
  const [name, of] = [crowdedSource(n), longVersion];
  const file = (suffix: string) => stored(`${name}_${of.slice(2)}${suffix}`, `${name} ${suffix} ${n}`);
  const facts = helloFacts(of, {
    source: name,
    distribution: busiest,
    dsc: {
      file: file('.dsc').name,
      source: name,
      version: of,
      architectures: ['any', 'all'],
      files: [file('.orig.tar.xz'), file('.debian.tar.xz')],
      signature: goodSignature,
    },
  });
  const sources = [file('.dsc'), file('.orig.tar.xz'), file('.debian.tar.xz')];
  return [
    helloReceived(upload, of, { changes: file('_source.changes'), files: sources, facts }),
    {
      type: 'UploadAccepted',
      upload,
      repository: repositoryOf(0),
      distribution: busiest,
      source: name,
      version: of,
      component: facts.component,
      sources,
      builds: architectures.map((each) => ({ architecture: each, mandatory: true, archAll: each === amd64 })),
      options: [],
      warnings: [longFact],
    },
    ...architectures.map(
      (each): DaemonEvent => ({
        type: 'BuildRequested',
        build: buildId(upload, each),
        upload,
        source: name,
        version: of,
        distribution: busiest,
        codename: codenameOf(0),
        architecture: each,
        archAll: each === amd64,
      }),
    ),
  ];
};

const times = { install: 4, build: 2, total: 7, stages: [] };

/** Of versions as long as can be. */
const rejected = (n: number): readonly DaemonEvent[] => {
  const of = version(`1.${'0'.repeat(196)}-1`);
  const upload = crowdedUpload(n);
  const facts = helloFacts(of, { source: crowdedSource(n), distribution: busiest });
  return [
    helloReceived(upload, of, { changes: stored(`${crowdedSource(n)}_source.changes`, `rejected ${n}`), facts }),
    { type: 'UploadRejected', upload, rule: 'not-authorised', fact: longFact, remedy: longFact },
  ];
};

/** Accepted, and then installed by nobody. */
const released = (n: number): readonly DaemonEvent[] => [
  ...came(n).slice(0, 2),
  {
    ...helloReleased(crowdedUpload(n), longVersion),
    repository: repositoryOf(0),
    source: crowdedSource(n),
    reason: longFact,
  },
];

/** Three architectures, built, with three checks each that fail. */
const failed = (n: number): readonly DaemonEvent[] =>
  architectures.flatMap((each): readonly DaemonEvent[] => {
    const build = buildId(crowdedUpload(n), each);
    const log = stored(`${crowdedSource(n)}_${each}.buildlog.zst`);
    const binary = {
      package: crowdedSource(n),
      version: longVersion,
      architecture: each,
      file: stored(`${crowdedSource(n)}_${each}.deb`),
    };
    return [
      { type: 'BuildAssigned', build, builder: ernie, because: 'it has room' },
      { type: 'BuildStarted', build, builder: ernie, attempt: 1 },
      { type: 'BuildSucceeded', build, attempt: 1, binaries: [binary], records: [], log, times },
      ...tools.flatMap((tool): readonly DaemonEvent[] => {
        const check = checkId(build, tool);
        return [
          {
            type: 'CheckRequested',
            check,
            upload: crowdedUpload(n),
            build,
            tool,
            source: crowdedSource(n),
            version: longVersion,
            distribution: busiest,
            codename: codenameOf(0),
            architecture: each,
            mode: 'error',
            denies: true,
          },
          { type: 'CheckStarted', check, builder: ernie, attempt: 1 },
          {
            type: 'CheckFailed',
            check,
            attempt: 1,
            toolVersion: '2.116.3',
            counts: { error: 60, warning: 40, info: 0 },
            findings: count(100, (k) => ({
              severity: k < 60 ? 'error' : 'warning',
              tag: `package-name-doesnt-match-sonames-${k}`,
              about: `${crowdedSource(n)} usr/lib/${each}-linux-gnu/libdepartment.so.${k} ${longFact.slice(0, 120)}`,
              times: 3,
            })),
            more: 250,
            report: stored(`${check}.json`),
            log: stored(`${check}.log.zst`),
          } as DaemonEvent,
        ];
      }),
    ];
  });

const waiting = (n: number): readonly DaemonEvent[] =>
  architectures.map(
    (each): DaemonEvent => ({
      type: 'BuildDepWaited',
      build: buildId(crowdedUpload(n), each),
      attempt: 1,
      waitsFor: count(10, (k) => `libdepartment-of-packages-${k}-dev (>= 2:1.24.13~rc1)`),
      until: '2026-12-06T10:15:00.000Z' as Instant,
      fact: longFact,
      log: stored(`${crowdedSource(n)}_${each}.buildlog.zst`),
      times,
    }),
  );

const held = (n: number): readonly DaemonEvent[] => [reserved(n, longVersion), installed(n)];

/** Claimed before it was accepted, as all are. */
const reserved = (n: number, of: Version): DaemonEvent => ({
  ...helloReserved(`01JDD${String(n).padStart(21, '0')}` as UploadId, of),
  repository: repositoryOf(0),
  distribution: busiest,
  source: crowdedSource(n),
  sources: [],
});

/** Of repositories that are no more. */
const former = formerRepositories.map((repository) => ({ ...reserved(0, longVersion), repository }));

/** One that was uploaded over and over. */
const often = count(amounts.versions, (n) => reserved(amounts.uploads - 1, version(`1.${'0'.repeat(190)}${n}-1`)));

const installed = (n: number): DaemonEvent => ({
  ...helloInstalled(`01JDD${String(n).padStart(21, '0')}` as UploadId, longVersion, {
    repository: repositoryOf(0),
    distribution: busiest,
  }),
  source: crowdedSource(n),
  binaries: [
    {
      package: crowdedSource(n),
      version: longVersion,
      architecture: amd64,
      component: helloFacts().component,
      file: { ...stored(`${crowdedSource(n)}_amd64.deb`), sha256: sha256(`held ${n}`) },
    },
  ],
});

/** What happened, in order. */
export const crowd: readonly DaemonEvent[] = [
  ...declared,
  ...people,
  ...crowdedPast(count(amounts.repositories, repositoryOf)),
  ...acquaintances,
  ...count(amounts.packages, held).flat(),
  ...often,
  ...former,
  ...count(amounts.uploads, came).flat(),
  ...count(amounts.rejected, (n) => rejected(amounts.uploads + n)).flat(),
  ...count(amounts.released, (n) => released(amounts.uploads + amounts.rejected + n)).flat(),
  ...count(amounts.failing, (n) => failed(amounts.uploads - 1 - n)).flat(),
  ...count(amounts.uploads - amounts.failing, waiting).flat(),
];
