import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { carryOutImport, verifyImport } from '../../../src/app/import/carry-out.ts';
import type { Journal } from '../../../src/app/import/journal.ts';
import { startProjector } from '../../../src/app/projector.ts';
import { teller } from '../../../src/app/tell.ts';
import type { ImportPackage } from '../../../src/domain/archive/imported.ts';
import type { Version } from '../../../src/domain/debian/names.ts';
import type { ImportId, RepositoryImported } from '../../../src/domain/import/events.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { because } from '../../support/accounts-at-work.ts';
import {
  acme,
  acmeConfigured,
  amd64,
  commandFor,
  configured,
  distribution,
  main,
  source,
  stored,
  uploadId,
  version,
} from '../../support/fixed-examples.ts';

const unstable = distribution('trixie-acme-unstable');
const testing = distribution('trixie-acme-testing');

const arrival = (name: string, of: Version, n: number): ImportPackage['versions'][number] => ({
  version: of,
  upload: uploadId(n),
  component: main,
  dsc: stored(`${name}_${of}.dsc`),
  sources: [stored(`${name}_${of}.tar.xz`)],
  binaries: [
    { package: name, version: of, architecture: amd64, component: main, file: stored(`${name}_${of}_amd64.deb`) },
  ],
});

const [one, two, three] = [version('1'), version('2'), version('3')] as const;

const packages: readonly ImportPackage[] = [
  {
    command: 'ImportPackage',
    repository: acme,
    source: source('hello'),
    versions: [arrival('hello', one, 1), arrival('hello', two, 2), arrival('hello', three, 3)],
    slots: [
      // The present version is the one before the last, which was restored; and once it was there twice in a row.
      { distribution: unstable, occupants: [one, one, three, two], isPresent: true },
      { distribution: testing, occupants: [two, one], isPresent: false },
    ],
  },
  {
    command: 'ImportPackage',
    repository: acme,
    source: source('tool'),
    versions: [arrival('tool', one, 4)],
    slots: [{ distribution: testing, occupants: [one], isPresent: true }],
  },
];

const record: RepositoryImported = {
  type: 'RepositoryImported',
  import: uploadId(53) as string as ImportId,
  repository: acme,
  from: '/srv/acme',
  suites: [],
  sources: 2,
  versions: 4,
};

const journal: Journal = {
  configuration: [acmeConfigured],
  key: null,
  secretKey: null,
  packages,
  imported: [record, record],
};

const setUp = async (): Promise<EventLog> => {
  const log = openMemoryLog();
  for (const event of configured)
    if (event.type !== 'RepositoryConfigured') await teller(log, async () => undefined)(commandFor(event), because);
  return log;
};

const carriedOut = (log: EventLog): Promise<void> =>
  carryOutImport(
    journal,
    log,
    teller(log, async () => undefined),
    () => undefined,
  );

const bodies = async (log: EventLog) => (await log.readAll(undefined, 1000)).map(({ body }) => body);

const verified = async (log: EventLog, there = true): Promise<readonly string[]> =>
  verifyImport(journal, (await startProjector(log, () => undefined)).world, { has: async () => there });

describe('An import', () => {
  it('leaves each slot with who held it, in order, the present one last', async () => {
    const log = await setUp();
    await carriedOut(log);
    assert.deepEqual(await verified(log), []);
    assert.match((await verified(log, false)).join('\n'), /hello 1 names [0-9a-f]{64}, which is not in the store/);
  });

  it('ends the same wherever it was broken off, before and after each append', async () => {
    const untouched = await setUp();
    await carriedOut(untouched);
    const whole = await bodies(untouched);
    const appends = whole.length - configured.length;
    for (const isTaken of [false, true]) {
      for (let n = 0; n < appends; n += 1) {
        const log = await setUp();
        let left = n;
        const failing: EventLog = {
          ...log,
          append: async (...args) => {
            left -= 1;
            if (left >= 0) return log.append(...args);
            if (isTaken) await log.append(...args);
            throw new Error('the power failed');
          },
        };
        await carriedOut(failing).catch(() => undefined);
        await carriedOut(log);
        assert.deepEqual(await bodies(log), whole, `broken off ${isTaken ? 'after' : 'before'} append ${n}`);
      }
    }
  });

  it('says nothing when it is said again, and is refused where a package has a history of its own', async () => {
    const log = await setUp();
    await carriedOut(log);
    const before = await bodies(log);
    await carriedOut(log);
    assert.deepEqual(await bodies(log), before);
    const [hello] = packages;
    assert.ok(hello);
    const others = hello.versions.map((each) => ({ ...each, upload: uploadId(99) }));
    const told = await teller(log, async () => undefined)({ ...hello, versions: others }, because);
    assert.ok(told._tag === 'Left');
    assert.equal(told.left.rule, 'package-known');
  });

  it('names what the log has otherwise than it was found', async () => {
    const log = await setUp();
    await carriedOut(log);
    const step = { deed: 'remove', version: one, distribution: testing } as const;
    const about = { repository: acme, source: source('tool'), seen: 1, ownedElsewhere: [] };
    await teller(log, async () => undefined)({ command: 'TakeStep', step, ...about }, because);
    assert.deepEqual(await verified(log), ['trixie-acme-testing holds tool as 1, and it was found as 1']);
  });

  it('tells nobody of each package', async () => {
    const log = await setUp();
    await carriedOut(log);
    const { world } = await startProjector(log, () => undefined);
    assert.equal(world.notices.unpublished.size, 0);
    assert.equal(world.notices.owed.size, 0);
  });
});
