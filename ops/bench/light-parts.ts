import { join } from 'node:path';
import { NEVER } from 'rxjs';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { exchangeStore } from '../../src/adapters/file-store/exchange-store.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { dropIncoming, listIncoming } from '../../src/adapters/incoming/received-files.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { httpRemotes } from '../../src/adapters/remote/http-remotes.ts';
import { openBuildLog } from '../../src/adapters/sbuild/build-log.ts';
import { tarStreamTars } from '../../src/adapters/tar/tar-stream-tars.ts';
import type { EngineParts } from '../../src/engine-parts.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { fakeArchive } from '../../test/support/fake-archive.ts';
import { fakeChroots } from '../../test/support/fake-chroots.ts';
import { fakeHost } from '../../test/support/fake-host.ts';
import { fakeInstallability } from '../../test/support/fake-installability.ts';
import { fakeProducts } from '../../test/support/fake-products.ts';
import { fakeSourceFetcher } from '../../test/support/fake-source-fetcher.ts';
import { fakeSourcePackager } from '../../test/support/fake-source-packager.ts';
import { fakeUpstream } from '../../test/support/fake-upstream.ts';
import { ernie } from '../../test/support/fixed-examples.ts';
import { memoryPeople } from '../../test/support/memory-people.ts';
import { fakeCaller, memoryTargets } from '../../test/support/memory-webhooks.ts';

/** Real signatures and files in `folder`; builds and checks that are begun and never end, and an archive of memory. */
export const lightParts = (folder: string, log: EventLog): EngineParts => {
  const incoming = join(folder, 'incoming');
  const files = fileStore(join(folder, 'files'));
  return {
    log,
    files,
    builder: { build: () => new Promise(() => {}), liveLog: () => undefined },
    keyring: openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now }),
    people: memoryPeople(Date.now),
    mailer: undefined,
    journal: { last: () => [] },
    webhooks: { targets: memoryTargets(), caller: fakeCaller() },
    archive: fakeArchive(systemClock),
    upstream: fakeUpstream(),
    host: fakeHost(),
    remotes: httpRemotes(),
    exchange: exchangeStore(join(folder, 'exchange')),
    guests: { build: () => new Promise(() => {}), liveLog: () => undefined },
    guestChecker: { check: () => new Promise(() => {}) },
    tars: tarStreamTars(),
    products: fakeProducts(files),
    openLog: (name) => openBuildLog(join(folder, 'logs', name), 1_000_000),
    scratch: join(folder, 'scratch'),
    leaseMs: 600_000,
    nodeLeaseMs: 60_000,
    packager: fakeSourcePackager(files),
    fetcher: fakeSourceFetcher(files),
    installability: fakeInstallability(new Map()),
    chroots: fakeChroots(),
    checker: { check: () => new Promise(() => {}) },
    checkChroots: fakeChroots(),
    incoming: { list: () => listIncoming(incoming), drop: (file) => dropIncoming(incoming, file) },
    clock: { ...systemClock, every: () => NEVER },
    wake: undefined,
    place: { builder: ernie, room: 1000, tags: [] },
    confinement: { network: true, processes: true, bounds: true },
    anchors: async () => '',
    certificate: () => undefined,
    version: 'bench',
    ownUrl: 'http://127.0.0.1:8066',
    timeouts: { buildSeconds: 3600, silenceSeconds: 600, incomingMs: 3_600_000 },
    readLogs: () => async () => undefined,
    progress: () => {},
  };
};
