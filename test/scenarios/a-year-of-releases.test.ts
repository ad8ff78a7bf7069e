import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { verifyLog } from '../../src/cli/verify-log.ts';
import { instant } from '../../src/domain/codec.ts';
import { uploadOfBuild } from '../../src/domain/ids.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { versionOf } from '../../src/projections/contents.ts';
import { settingsFrom } from '../../src/settings.ts';
import { serve } from '../adapters/reprepro/served.ts';
import { admin, v, withRollbacks } from '../support/days-go-by.ts';
import { acme, hello, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine } from '../support/in-memory-daemon.ts';
import {
  fakedTime,
  type MachineWithRealArchive,
  machineWithRealArchive,
} from '../support/machine-with-real-archive.ts';
import { privateApt } from '../system/support/client-apt.ts';

const day = 86_400_000;
const tick = 20_000;
/** Days between two uploads of hello. */
const rhythm = 26;

const passes = async (on: Machine, daemon: Daemon, milliseconds: number): Promise<void> => {
  on.clock.leap(milliseconds);
  await daemon.rests();
  on.clock.leap(tick);
  await daemon.rests();
};

const run = async ({ engine }: Daemon, command: string, given: Readonly<Record<string, string>>): Promise<void> => {
  const answer = await engine.api.run(command, given, admin);
  assert.ok(isRight(answer), JSON.stringify(answer));
};

const uploaded = async ({ upload }: MachineWithRealArchive, daemon: Daemon, n: number): Promise<void> => {
  const replies = await daemon.uploads(upload({ version: v(n), withOrig: n === 1 }));
  assert.deepEqual(new Set(replies), new Set(['received']));
  await daemon.until(
    ({ contents, publications, uploads }) =>
      versionOf(contents, acme, hello, v(n)) !== undefined &&
      uploads.open.size === 0 &&
      publications.get(acme)?.published?.upTo === publications.get(acme)?.content,
  );
};

/** Every `InRelease` that machines see, by its distribution. */
const releases = async ({ on }: MachineWithRealArchive): Promise<ReadonlyMap<string, string>> => {
  const dists = join(on.archive.root(acme), 'dists');
  const names = await readdir(dists);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(dists, name, 'InRelease'), 'utf8')] as const),
    ),
  );
};

const dateIn = (field: string, release: string): number =>
  Date.parse(new RegExp(`^${field}: (.+)$`, 'm').exec(release)?.[1] ?? '');

/** Names below `folder`, however deep, of files. */
const filesBelow = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).flatMap((each) =>
    each.isFile() ? [each.name] : [],
  );

describe('A year of real publications that ends now', () => {
  it('is believed by gpgv at any time of it and by apt at its end, and leaves on the disk what retention keeps', async (test) => {
    const begin = Math.floor(Date.now() / 1000) * 1000 - 365 * day;
    const real = await machineWithRealArchive(test, [...withRollbacks(1), { type: 'EngineStarted' }], begin);
    const { on, home, gnupg } = real;
    let daemon = await boot(on);
    test.after(() => daemon.kill());
    await run(daemon, 'retention', { repository: acme, versions: '0', days: '30' });
    gnupg.gpg(['--import'], real.archiveKey.publicKey);

    const kept = new Map<string, string>();
    let [uploads, quarter] = [0, 0];
    /** What machines see at this moment is good at this moment. */
    const isGood = async (): Promise<void> => {
      const now = on.clock.now();
      const seen = await releases(real);
      assert.ok(seen.has(unstable) && seen.size > 4, [...seen.keys()].join());
      const isNewQuarter = now - begin >= (quarter * 365 * day) / 4;
      if (isNewQuarter) quarter += 1;
      for (const [name, text] of seen) {
        const at = `${name} at ${new Date(now).toISOString()}`;
        assert.ok(dateIn('Date', text) <= now, at);
        assert.ok(dateIn('Valid-Until', text) - now > 2 * day, at);
        if (isNewQuarter) gnupg.gpg([...fakedTime(now), '--verify'], text);
        kept.set(text, at);
      }
    };

    for (let n = 0; on.clock.now() + day < Date.now(); n += 1) {
      if (n % rhythm === 0) {
        uploads += 1;
        await uploaded(real, daemon, uploads);
        if (uploads === 2)
          await run(daemon, 'snapshot', {
            action: 'name',
            repository: acme,
            time: compactMoment(instant(on.clock.now())),
            name: 'second',
          });
      }
      await passes(on, daemon, day - tick);
      await isGood();
      if (n === 180) {
        await daemon.kill();
        daemon = await boot(on);
      }
    }
    const ring = gnupg.exportRing([real.archiveKey.fingerprint]);
    assert.ok(quarter >= 4);
    for (const [text, at] of kept) assert.ok(gnupg.gpgv(ring, text).good, at);
    assert.deepEqual([daemon.faults, daemon.engine.concerns()], [[], []]);
    await aptTakesIt(real, v(uploads));
    const past = await daemon.engine.snapshots.tree(acme, 'second', unstable, 'a test');
    assert.ok(isRight(past), JSON.stringify(past));
    const second = await readFile(join(past.right, 'InRelease'), 'utf8');
    assert.ok(gnupg.gpgv(ring, second).good);
    assert.match(await readFile(join(past.right, 'main/binary-amd64/Packages'), 'utf8'), /^Version: 2\.10-2~/m);

    await daemon.engine.seal();
    await daemon.kill();
    for (const type of ['PublishFailed', 'ExpiryAnnounced'] as const) assert.deepEqual(eventsOf(on, type), []);
    await keepsWhatRetentionSays(real, uploads);
    let said = '';
    const code = await verifyLog(settingsFrom({ MINI_BUILDD_HOME: home }), { json: false }, (text) => {
      said += text;
    });
    assert.equal(code, 0, said);
  });
});

/** By the clock of this machine, and with nothing that makes apt more lenient. */
const aptTakesIt = async (
  { on, home, archiveKey: { publicKey } }: MachineWithRealArchive,
  version: string,
): Promise<void> => {
  const { url, close } = await serve(on.archive.root(acme));
  try {
    const stanza = `Types: deb\nURIs: ${url}\nSuites: ${unstable} ${unstable}-rollback0\nComponents: main\nSigned-By: key\n`;
    const client = await privateApt(join(home, 'apt'), stanza, publicKey);
    const said = await client.apt('-q', '-o', 'APT::Update::Error-Mode=any', 'update');
    assert.doesNotMatch(said, /^[WE]:/m);
    const policy = await client.apt('policy', hello);
    assert.ok(policy.includes(`Candidate: ${version}`), policy);
  } finally {
    await close();
  }
};

/**
 * The store holds exactly what came with, and came of, the versions that are kept: the one that stands, its rollback, those that left less than a month ago, and what
 * apt saw with the named past state; and what the last preparation of each chroot printed. The pool holds what stands, and what did so yesterday.
 */
const keepsWhatRetentionSays = async ({ on, home }: MachineWithRealArchive, uploads: number): Promise<void> => {
  const numbers = [1, 2, uploads - 3, uploads - 2, uploads - 1, uploads];
  const versions = new Set<string>(numbers.map(v));
  const printed = eventsOf(on, 'ChrootLogKept');
  assert.ok(printed.length > 2 * 45, `${printed.length} chroots were made`);
  const lastPrinted = new Map(printed.map(({ architecture, log }) => [architecture, log.sha256]));
  const wanted = new Set<string>(lastPrinted.values());
  const kept = new Set<string>();
  for (const { upload, facts, changes, files } of eventsOf(on, 'UploadReceived')) {
    if (facts === null || !versions.has(facts.version)) continue;
    kept.add(upload);
    for (const { sha256 } of [changes, ...files]) wanted.add(sha256);
  }
  for (const { build, binaries, records, log } of eventsOf(on, 'BuildSucceeded')) {
    if (!kept.has(uploadOfBuild(build))) continue;
    for (const { sha256 } of [...binaries.map(({ file }) => file), ...records, log]) wanted.add(sha256);
  }
  const there = new Set(await filesBelow(join(home, 'files')));
  assert.deepEqual(
    [...wanted].filter((each) => !there.has(each)),
    [],
  );
  const more = [...there].filter((each) => !wanted.has(each));
  const named = JSON.stringify(on.store.events.filter(({ body }) => body.type !== 'ChrootLogKept'));
  assert.deepEqual(
    more.filter((each) => named.includes(each)),
    [],
  );
  // The power failed twice, at the end of the setup and in the middle of the year, while something may have been printed.
  assert.ok(more.length <= 4, `${more.length} files of ${printed.length} preparations are left over`);
  const pool = (await filesBelow(join(home, 'repositories', acme, 'pool'))).join(' ');
  const pooled = [...Array(uploads).keys()].map((n) => n + 1).filter((n) => pool.includes(`hello_${v(n)}_amd64.deb`));
  assert.deepEqual(pooled.slice(-2), [uploads - 1, uploads]);
  assert.ok(pooled.length <= 3, pooled.join());
};
