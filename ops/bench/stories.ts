import { createHash } from 'node:crypto';
import { newEventId } from '../../src/app/event-ids.ts';
import type { StoredFile, Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId, type EventId, type UploadId } from '../../src/domain/ids.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import type { NewEvent } from '../../src/ports/event-log.ts';
import {
  acme,
  amd64,
  ernie,
  goodSignature,
  helloFacts,
  helloReceived,
  main,
  source,
  trixie,
  unstable,
} from '../../test/support/fixed-examples.ts';

/** Sources that upload again and again, and the binary packages of each. */
export const sources = 50_000;
export const binariesEach = 2;

/** One whose people upload it all the time: every so many uploads are of it. */
export const busySource = source('busy');
const busyEach = 251;

/**
 * What happens to the `n`-th upload, from `UploadReceived` to `PackageInstalled`, with as much in it as a small real one has. It is of
 * one of `among` sources, in turns, but for one in 251, which is of `busySource`.
 */
export const storyOf = (n: number, among = sources) => {
  const upload = `01JDB${String(n).padStart(21, '0')}` as UploadId;
  const build = buildId(upload, amd64);
  const isBusy = n % busyEach === busyEach - 1;
  const name = isBusy ? busySource : source(`package-${n % among}`);
  const version = `1.${Math.floor(n / (isBusy ? busyEach : among))}-1~acme13+1` as Version;
  const file = (suffix: string): StoredFile => stored(`${name}_${version}${suffix}`, n);
  const [dsc, orig, tar] = [
    file('.dsc'),
    stored(`${name}_1.orig.tar.xz`, isBusy ? 0 : n % among),
    file('.debian.tar.xz'),
  ];
  const about = { source: name, version, distribution: unstable };
  const binaries = Array.from({ length: binariesEach }, (_, k) => {
    const binary = k === 0 ? name : `lib${name}-${k}`;
    return { package: binary, version, architecture: amd64, file: stored(`${binary}_${version}_amd64.deb`, n) };
  });
  return {
    received: helloReceived(upload, version, {
      changes: file('_source.changes'),
      files: [dsc, orig, tar],
      facts: helloFacts(version, {
        ...about,
        dsc: {
          file: dsc.name,
          source: name,
          version,
          architectures: ['any'],
          files: [orig, tar],
          signature: goodSignature,
        },
      }),
    }),
    reserved: { type: 'VersionReserved', repository: acme, ...about, upload, sources: [orig, tar] },
    accepted: {
      type: 'UploadAccepted',
      upload,
      repository: acme,
      ...about,
      component: main,
      sources: [dsc, orig, tar],
      builds: [{ architecture: amd64, mandatory: true, archAll: false }],
      options: [],
      warnings: [],
    },
    built: [
      { type: 'BuildRequested', build, upload, ...about, codename: trixie, architecture: amd64, archAll: false },
      {
        type: 'BuildAssigned',
        build,
        builder: ernie,
        because: 'ernie has a chroot for trixie/amd64 and room (2 builds at once)',
      },
      { type: 'BuildStarted', build, builder: ernie, attempt: 1 },
      {
        type: 'BuildSucceeded',
        build,
        attempt: 1,
        binaries,
        records: [file('_amd64.changes'), file('_amd64.buildinfo')],
        log: file('_amd64.buildlog.gz'),
        times: { install: 4, build: 2, total: 7 + (n % 500), stages: [] },
      },
    ],
    installed: {
      type: 'PackageInstalled',
      repository: acme,
      ...about,
      upload,
      component: main,
      dsc,
      sources: [orig, tar],
      binaries: binaries.map((binary) => ({ ...binary, component: main })),
    },
  } as const satisfies Record<string, DaemonEvent | readonly DaemonEvent[]>;
};

const stored = (name: string, n: number): StoredFile =>
  ({ name, size: 1000 + n, sha256: createHash('sha256').update(`${name} ${n}`).digest('hex') }) as StoredFile;

/** An event as a duty would have it recorded at `now` (milliseconds since 1970). */
export const enveloped = (
  body: DaemonEvent,
  correlation: string,
  causedBy?: EventId | undefined,
  now = Date.now(),
): NewEvent => ({
  id: newEventId(now),
  body,
  actor: { kind: 'duty', name: 'judge-uploads' },
  causedBy,
  correlation,
  subject: subjectOf(body),
});
