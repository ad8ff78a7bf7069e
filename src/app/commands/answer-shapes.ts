import * as t from 'io-ts';
import { Counts, Finding } from '../../domain/check/findings.ts';
import { Count, Instant } from '../../domain/codec.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { Architecture, SourceName, StoredFile, Version } from '../../domain/debian/names.ts';
import { EventBody } from '../../domain/event.ts';
import { Actor, BuildId, EventId, StreamName, UploadId } from '../../domain/ids.ts';
import { Refusal } from '../../domain/refusal.ts';

/* What answers of commands look like as JSON: those that programs build upon. */

const nullable = <Codec extends t.Mixed>(codec: Codec) => t.union([codec, t.null]);
const listOf = <Codec extends t.Mixed>(codec: Codec) => t.readonlyArray(codec);
const words = <Word extends string>(...all: readonly Word[]) =>
  t.keyof(Object.fromEntries(all.map((word) => [word, null])) as unknown as Readonly<Record<Word, null>>);
/** What may be left out. */
const perhaps = (fields: t.Props) => t.exact(t.partial(fields));

const place = { page: Count, pages: Count, found: Count };

/** A page of a list. */
const pageOf = (name: string, items: t.Mixed) => t.strict({ ...place, items: listOf(items) }, name);

const uploadState = words('received', 'accepted', 'rejected', 'failed', 'installed', 'published');

const UploadLine = t.strict(
  {
    upload: UploadId,
    changes: nullable(t.string),
    source: nullable(SourceName),
    version: nullable(Version),
    distribution: nullable(t.string),
    state: uploadState,
    receivedAt: nullable(Instant),
    note: nullable(t.string),
  },
  'UploadLine',
);

const LinkedFile = t.strict({ ...StoredFile.type.props, path: t.string }, 'LinkedFile');

const CheckState = t.strict(
  {
    tool: t.string,
    status: words('requested', 'running', 'passed', 'failed', 'skipped', 'abandoned', 'cancelled'),
    mode: t.string,
    denied: t.boolean,
    toolVersion: nullable(t.string),
    counts: nullable(Counts),
    findings: listOf(Finding),
    more: Count,
    before: nullable(t.strict({ version: Version, appeared: listOf(Finding), gone: listOf(Finding) })),
    because: nullable(t.string),
    log: nullable(LinkedFile),
    report: nullable(LinkedFile),
    waits: nullable(t.string),
  },
  'CheckState',
);

const UploadState = t.strict(
  {
    upload: UploadId,
    changes: t.string,
    source: nullable(SourceName),
    version: nullable(Version),
    distribution: nullable(t.string),
    status: uploadState,
    refusal: nullable(Refusal),
    retryOf: nullable(UploadId),
    warnings: listOf(t.string),
    receivedAt: Instant,
    changedAt: Instant,
    builds: listOf(
      t.strict({
        build: BuildId,
        architecture: Architecture,
        status: t.string,
        attempts: Count,
        class: nullable(t.string),
        fact: nullable(t.string),
        checks: listOf(CheckState),
        position: nullable(Count),
        waits: nullable(t.string),
      }),
    ),
  },
  'UploadState',
);

/** With `page`, a page of all; without it, those of now. */
export const Uploads = t.union([pageOf('UploadList', UploadLine), listOf(UploadState)], 'Uploads');

export const Builds = pageOf(
  'BuildList',
  t.strict(
    {
      build: BuildId,
      upload: UploadId,
      source: SourceName,
      version: Version,
      distribution: DistributionName,
      architecture: Architecture,
      state: words('needs-build', 'building', 'dep-wait', 'built', 'skipped', 'failed', 'cancelled'),
      builder: nullable(t.string),
      requestedAt: Instant,
      changedAt: Instant,
      startedAt: nullable(Instant),
      seconds: nullable(Count),
      hasLog: t.boolean,
      note: nullable(t.string),
    },
    'BuildLine',
  ),
);

export const Machines = pageOf(
  'MachineList',
  t.strict(
    {
      kind: words('builder', 'node', 'remote', 'chroot'),
      name: t.string,
      state: t.string,
      look: words('good', 'bad', 'busy', 'warn', 'idle'),
      reason: t.string,
      since: nullable(Instant),
      room: nullable(Count),
      running: Count,
      buildsFor: listOf(t.string),
      building: listOf(t.strict({ build: BuildId, source: SourceName, version: Version, architecture: Architecture })),
      stream: nullable(StreamName),
    },
    'MachineLine',
  ),
);

const RepositoryLine = t.strict(
  {
    repository: t.string,
    state: words('active', 'troubled', 'inactive'),
    because: listOf(t.string),
    externalHomeUrl: nullable(t.string),
    layout: t.string,
    packages: Count,
    distributions: listOf(t.strict({ distribution: DistributionName, codename: t.string, packages: Count })),
    publishedAt: nullable(Instant),
  },
  'RepositoryLine',
);

/** With `page`, a page of them. */
export const Repositories = t.intersection(
  [t.strict({ repositories: listOf(RepositoryLine) }), perhaps(place)],
  'RepositoryList',
);

const PackageLine = t.intersection(
  [
    t.strict({
      source: SourceName,
      version: Version,
      component: t.string,
      binaries: Count,
      architectures: listOf(Architecture),
      isLost: t.boolean,
    }),
    perhaps({ now: Version, since: Instant, next: Version, stays: t.string, byItself: t.string }),
  ],
  'PackageLine',
);

export const Packages = t.strict(
  {
    distribution: DistributionName,
    at: nullable(t.string),
    ended: nullable(Instant),
    ...place,
    packages: listOf(PackageLine),
  },
  'PackageList',
);

/** Of a binary package, its file. */
export const PackagesFound = listOf(
  t.intersection(
    [
      t.strict({
        package: t.string,
        type: words('dsc', 'deb', 'udeb'),
        architecture: t.string,
        distribution: DistributionName,
        component: t.string,
        version: Version,
        source: SourceName,
      }),
      perhaps({ file: StoredFile }),
    ],
    'PackageFound',
  ),
);

export const NamesFound = t.strict({ ...place, names: listOf(t.string) }, 'NamesFound');

const Standing = t.strict({ version: nullable(Version), rollbacks: listOf(Version) }, 'SlotStanding');

const installability = t.intersection([
  t.strict({ distribution: DistributionName, architecture: Architecture }),
  perhaps({
    broken: listOf(t.strict({ package: t.string, version: t.string, because: t.string })),
    unknown: t.string,
  }),
]);

const PlanStep = t.strict(
  {
    package: SourceName,
    what: t.string,
    distribution: DistributionName,
    before: Standing,
    after: Standing,
    warnings: listOf(t.string),
  },
  'PlanStep',
);

const Ending = t.strict({ goes: listOf(t.string), depends: listOf(t.string), stays: listOf(t.string) }, 'Ending');

/** What would be done, or was (`done`); and of what would be, what it puts an end to. */
export const Plan = t.intersection(
  [
    t.strict({ done: t.boolean, steps: listOf(PlanStep), installability: listOf(installability) }),
    perhaps({ ends: Ending }),
  ],
  'Plan',
);

/** `login` for who may know it. */
const Doer = t.strict({ ...Actor.type.props, login: nullable(t.string) }, 'Doer');

export const History = t.strict(
  {
    events: listOf(
      t.strict(
        {
          at: Instant,
          type: t.string,
          package: nullable(t.string),
          version: nullable(t.string),
          distribution: nullable(t.string),
          actor: Doer,
          id: EventId,
          position: t.string,
          stream: StreamName,
          causedBy: nullable(EventId),
          correlation: t.string,
          body: EventBody,
        },
        'Happening',
      ),
    ),
    next: nullable(t.string),
  },
  'History',
);

export const Why = t.strict(
  {
    upload: UploadId,
    status: nullable(uploadState),
    reasons: listOf(
      t.strict({
        event: EventId,
        at: Instant,
        type: t.string,
        stream: StreamName,
        actor: Doer,
        causedBy: nullable(EventId),
        says: t.string,
      }),
    ),
    waits: listOf(
      t.strict({
        build: BuildId,
        architecture: Architecture,
        check: nullable(t.string),
        position: nullable(Count),
        because: t.string,
      }),
    ),
  },
  'Why',
);
