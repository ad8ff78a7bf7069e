import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Instant } from '../../src/domain/codec.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { privateApt } from './support/client-apt.ts';
import { eventually, run } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';

const dayMs = 86_400_000;
const source = 'kept-sample';
const distribution = 'trixie-test-unstable';
const versions = [1, 2, 3, 4].map((n) => `${n}.0~test13+1`);
const [first = '', second = '', third = '', last = ''] = versions;

/** Four versions came days ago, a day each; then the rollbacks were removed, so that only the last one stands anywhere. */
describe('apt with a repository that lets old versions go', () => {
  let daemon: QuickDaemon;
  /** When things are recorded, in days from now: less than a week apart, for a clock that leaps by more is not believed. */
  let day = -6;
  /** When apt first saw each version. */
  const seen = new Map<string, string>();

  const published = (): Promise<string> =>
    eventually('all that is so to be published', 120, async () => {
      const [changed] = await daemon.log.query({ package: source, limit: 1 });
      const [publication] = await daemon.log.query({ type: 'RepositoryPublished', limit: 1 });
      const isSeen = publication !== undefined && 'upTo' in publication.body && publication.body.upTo === changed?.id;
      return isSeen ? compactMoment(publication.recordedAt as Instant) : undefined;
    });

  before(async () => {
    daemon = await quickDaemon(() => Date.now() + day * dayMs);
    for (const version of versions) {
      await daemon.upload([{ source, version }]);
      await eventually(`${version} to be installed`, 60, async () => {
        const [installed] = await daemon.log.query({ type: 'PackageInstalled', limit: 1 });
        return installed !== undefined && 'version' in installed.body && installed.body.version === version
          ? true
          : undefined;
      });
      seen.set(version, await published());
      day += 1;
    }
    for (const rollback of [2, 1, 0]) {
      await daemon.command('remove', {
        package: source,
        distribution: `${distribution}-rollback${rollback}`,
        confirm: 'remove',
      });
      await published();
    }
    day = 0;
  });
  after(() => daemon.remove());

  const past = async (version: string) => {
    const key = await (await fetch(`${daemon.url}/mini_buildd/api/getkey?output=plain`)).text();
    const uri = `${daemon.url}/snapshots/test/${seen.get(version)}`;
    const stanza = `Types: deb deb-src\nURIs: ${uri}\nSuites: ${distribution}\nComponents: main\nSigned-By: key\n`;
    return privateApt(join(daemon.folder, `apt-${version}-${day}-${Math.random().toString(36).slice(2)}`), stanza, key);
  };
  const canBeFetched = async (version: string): Promise<void> => {
    const { apt, folder } = await past(version);
    await apt('-q', 'update');
    assert.ok((await apt('policy', source)).includes(`Candidate: ${version}`));
    await apt('-q', 'download', source);
    await apt('-q', '--download-only', 'source', source);
    assert.ok((await readdir(folder)).some((name) => name.endsWith('.deb')));
  };
  const isGone = async (version: string, because: RegExp): Promise<void> => {
    const { apt } = await past(version);
    await assert.rejects(apt('-q', '-o', 'APT::Update::Error-Mode=any', 'update'), /410/);
    const answer = await fetch(`${daemon.url}/snapshots/test/${seen.get(version)}/dists/${distribution}/InRelease`);
    assert.equal(answer.status, 410);
    assert.match(await answer.text(), because);
  };
  const removed = (type: 'FilesRemoved' | 'WithdrawnFileRemoved', count: number): Promise<true> =>
    eventually(`${count} ${type}`, 60, async () =>
      (await daemon.log.query({ type, limit: 10 })).length === count ? true : undefined,
    );
  const pool = async (): Promise<string> =>
    (await readdir(join(daemon.folder, 'home/repositories/test/pool'), { recursive: true })).join(' ');

  it('has every past state as long as nobody said that anything shall go', async () => {
    for (const version of [first, last]) await canBeFetched(version);
  });

  it('has what is kept by number; of what was let go it is told so, and sees no index', async () => {
    await daemon.command('retention', { repository: 'test', versions: '2' });
    await removed('FilesRemoved', 1);
    await isGone(first, new RegExp(`${source} 1\\.0~test13\\+1.*let go`));
    for (const version of [second, third, last]) await canBeFetched(version);
  });

  it('has nothing that was withdrawn, in no past state and no pool, while all else is there', async () => {
    const architecture = (await run('dpkg', ['--print-architecture'])).trim();
    const file = `${source}_${second}_${architecture}.deb`;
    await assert.rejects(
      daemon.command('withdraw', {
        file: `${source}_${last}_${architecture}.deb`,
        reason: 'a try',
        confirm: 'withdraw',
      }),
      /still-held/,
    );
    await daemon.command('withdraw', { file, reason: 'not ours to give', confirm: 'withdraw' });
    await removed('WithdrawnFileRemoved', 1);
    await isGone(second, /withdrawn/);
    for (const version of [third, last]) await canBeFetched(version);
    assert.ok(!(await pool()).includes(file), await pool());
  });
});
