import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { teller } from '../../../src/app/tell.ts';
import type { InstalledBinary, Step } from '../../../src/domain/archive/events.ts';
import type { DaemonCommand } from '../../../src/domain/command.ts';
import type { FileName, StoredFile } from '../../../src/domain/debian/names.ts';
import type { ChangeId } from '../../../src/domain/ids.ts';
import { mostOfBinaries } from '../../../src/domain/portions.ts';
import { packageStream } from '../../../src/domain/stream.ts';
import { duty } from '../../../src/ports/tell.ts';
import { startEventStoreServer } from '../../support/eventstore-server.ts';
import {
  acme,
  amd64,
  hello,
  hello3,
  helloInstalled,
  helloReserved,
  main,
  stored,
  unstable,
  uploadId,
} from '../../support/fixed-examples.ts';
import { brisk } from './patience.ts';

/** As wordy as an envelope may be. */
const because = duty('a-duty-with-quite-a-long-name-for-one', uploadId(1));

const office = async (test: TestContext) => {
  const server = await startEventStoreServer();
  const log = await openEventStoreLog(server.connectionString, { ...brisk, giveUpAfter: 1_000 });
  test.after(async () => {
    await log.close();
    await server.stop();
  });
  return { server, log, tell: teller(log, async () => undefined) };
};

const named = (n: number, width: number): string => String(n).padStart(width, 'x');

const binary = (n: number, width: number): InstalledBinary => ({
  package: named(n, width),
  version: hello3,
  architecture: amd64,
  component: main,
  file: { ...stored('hello.deb'), name: `${named(n, width)}_2.10-3_amd64.deb` as FileName },
});

/** As many of such names as may be installed at once. */
const asManyAsFit = (width: number): readonly InstalledBinary[] => {
  const each = JSON.stringify(binary(0, width)).length + 1;
  return Array.from({ length: Math.floor((mostOfBinaries - 1) / each) }, (_, n) => binary(n, width));
};

/** The tarballs that an upload of our bounds may have: 255 names, 16,000 characters. */
const sources: readonly StoredFile[] = Array.from({ length: 255 }, (_, n) => ({
  ...stored('hello.tar'),
  name: `hello_${named(n, 56)}` as FileName,
}));

const installOf = (binaries: readonly InstalledBinary[]): DaemonCommand => {
  const { type, ...installed } = { ...helloInstalled(), binaries, sources };
  return { command: 'InstallPackage', ownedElsewhere: [], ...installed };
};

const { type: _reserved, ...claim } = helloReserved();

for (const width of [6, 40, 200])
  it(`An event store takes the largest install of names with ${width} characters`, async (test) => {
    const { log, tell, server } = await office(test);
    await tell({ command: 'ReserveVersion', ...claim }, because);
    const binaries = asManyAsFit(width);
    const told = await tell(installOf(binaries), because);
    assert.ok(isRight(told), JSON.stringify(told));
    assert.equal(server.appendCalls().plain, 2);
    const said = (await log.readStream(packageStream(acme, hello))).slice(1).map(({ body }) => body);
    assert.deepEqual(
      said.flatMap((body) => ('binaries' in body ? (body.binaries as InstalledBinary[]) : [])),
      binaries,
    );
    test.diagnostic(`${binaries.length} binary packages in ${said.length} events`);
  });

it('An event store takes 2,000 binary packages with names as Debian has them', async (test) => {
  const { tell } = await office(test);
  await tell({ command: 'ReserveVersion', ...claim }, because);
  assert.ok(isRight(await tell(installOf(Array.from({ length: 2000 }, (_, n) => binary(n, 40))), because)));
});

it('An event store takes what a change of as many steps as may be planned comes to', async (test) => {
  const { tell } = await office(test);
  await tell({ command: 'ReserveVersion', ...claim }, because);
  await tell(installOf([binary(0, 10)]), because);
  const place = { version: hello3, distribution: unstable };
  const steps = Array.from(
    { length: 600 },
    (_, n): Step => (n % 2 === 0 ? { deed: 'remove', ...place } : { deed: 'restore', ...place, from: null }),
  );
  assert.ok(JSON.stringify(steps).length < 60_000);
  const about = { repository: acme, source: hello, change: '01J00000000000000000000000' as ChangeId };
  const part: DaemonCommand = { command: 'ClaimPackage', ...about, steps, seen: 1, ownedElsewhere: [] };
  assert.ok(isRight(await tell(part, because)));
  const settled = await tell({ command: 'SettlePackage', ...about }, because);
  assert.ok(isRight(settled), JSON.stringify(settled));
  assert.equal(settled.right.length, 600);
});

it('A decision that no log takes is refused once and for all', async (test) => {
  const { tell, server } = await office(test);
  const many = Array.from({ length: 40 }, () => sources).flat();
  const told = await tell({ command: 'ReserveVersion', ...claim, sources: many }, because);
  assert.deepEqual('left' in told && told.left.rule, 'too-much-at-once');
  assert.equal(server.appendCalls().plain, 0);
});
