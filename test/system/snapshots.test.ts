import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Instant, instant } from '../../src/domain/codec.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { privateApt } from './support/client-apt.ts';
import { eventually } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';

const [older, newer] = ['1.0~test13+1', '2.0~test13+1'];

describe('apt with a repository as it was', () => {
  let daemon: QuickDaemon;
  /** When apt saw the older, and when it saw the newer with the older as rollback. */
  let then: string;
  let later: string;

  const published = async (version: string): Promise<string> => {
    await daemon.upload([{ source: 'past-sample', version }]);
    return eventually(`${version} to be published`, 120, async () => {
      const [installed] = await daemon.log.query({ type: 'PackageInstalled', limit: 1 });
      const [seen] = await daemon.log.query({ type: 'RepositoryPublished', limit: 1 });
      const isThere = installed !== undefined && 'version' in installed.body && installed.body.version === version;
      const isSeen = seen !== undefined && 'upTo' in seen.body && seen.body.upTo === installed?.id;
      return isThere && isSeen ? compactMoment(seen.recordedAt as Instant) : undefined;
    });
  };

  before(async () => {
    daemon = await quickDaemon();
    then = await published(older);
    // Times in URLs are whole seconds: the newer one shall have another.
    await eventually('that second to be over', 5, async () =>
      compactMoment(instant(Date.now() - 1000)) > then ? true : undefined,
    );
    later = await published(newer);
  });
  after(() => daemon.remove());

  const machine = async (name: string, uri: string, suite: string) => {
    const key = await (await fetch(`${daemon.url}/mini_buildd/api/getkey?output=plain`)).text();
    const stanza = `Types: deb deb-src\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\nSigned-By: key\n`;
    return privateApt(join(daemon.folder, `apt-${name}`), stanza, key);
  };

  it('sees the versions of then, and fetches their packages and sources', async () => {
    const past = await machine('then', `${daemon.url}/snapshots/test/${then}`, daemon.distribution);
    await past.apt('-q', 'update');
    await past.apt('-q', 'download', 'past-sample');
    await past.apt('-q', '--download-only', 'source', 'past-sample');
    const fetched = await readdir(past.folder);
    assert.ok(
      fetched.some((name) => /^past-sample_1\.0%7etest13\+1_.*\.deb$|^past-sample_1\.0~test13\+1_.*\.deb$/.test(name)),
      fetched.join(' '),
    );
    assert.ok(fetched.includes('past-sample_1.0~test13+1.dsc'), fetched.join(' '));
    const now = await machine('now', `${daemon.url}/repositories/test`, daemon.distribution);
    await now.apt('-q', 'update');
    assert.match(await now.apt('policy', 'past-sample'), /Candidate: 2\.0~test13\+1/);
    assert.match(await past.apt('policy', 'past-sample'), /Candidate: 1\.0~test13\+1/);
  });

  it('sees the rollback distributions of then', async () => {
    const rollback = `${daemon.distribution}-rollback0`;
    const past = await machine('rollback', `${daemon.url}/snapshots/test/${later}`, rollback);
    await past.apt('-q', 'update');
    assert.match(await past.apt('policy', 'past-sample'), /1\.0~test13\+1/);
    const empty = await machine('empty', `${daemon.url}/snapshots/test/${then}`, rollback);
    await empty.apt('-q', 'update');
    assert.doesNotMatch(await empty.apt('policy', 'past-sample'), /1\.0~test13\+1/);
  });

  it('sees the same indices that the repository had, and no end of validity', async () => {
    const at = `dists/${daemon.distribution}`;
    const textOf = async (path: string) => (await fetch(`${daemon.url}/${path}`)).text();
    const [present, past] = [
      await textOf(`repositories/test/${at}/InRelease`),
      await textOf(`snapshots/test/${later}/${at}/InRelease`),
    ];
    const field = (name: string, text: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
    for (const name of ['Date', 'Codename', 'Suite', 'Origin', 'Label', 'Components', 'Architectures'])
      assert.equal(field(name, past), field(name, present), name);
    assert.equal(field('Valid-Until', past), undefined);
    const index = /^ ([0-9a-f]{64} +\d+ main\/binary-[a-z0-9]+\/Packages)$/m;
    assert.equal(index.exec(past)?.[1], index.exec(present)?.[1]);
  });

  it('is served although repositories/ and cache/ were deleted', async () => {
    await rm(join(daemon.folder, 'home/cache/snapshots'), { recursive: true });
    await rm(join(daemon.folder, 'home/repositories/test/pool'), { recursive: true });
    const past = await machine('deleted', `${daemon.url}/snapshots/test/${then}`, daemon.distribution);
    await past.apt('-q', 'update');
    await past.apt('-q', 'download', 'past-sample');
    assert.ok((await readdir(past.folder)).some((name) => name.endsWith('.deb')));
  });
});
