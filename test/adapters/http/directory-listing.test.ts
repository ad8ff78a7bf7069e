import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { directoryListing, foldersNamed } from '../../../src/adapters/http/views/directory-listing.ts';
import { acme } from './sample-pages.ts';

describe('a folder that is listed', () => {
  for (const [path, command] of [
    ['/repositories/', 'repositories'],
    ['/repositories/acme/', 'repository acme'],
    ['/repositories/acme/pool/main/h/hello/', 'repository acme'],
    ['/snapshots/', 'repositories'],
    ['/snapshots/acme/', 'snapshot list acme'],
    ['/snapshots/acme/20261122T101500Z/dists/', 'snapshot show acme 20261122T101500Z'],
    ['/log/acme/hello/1:2.10-3/amd64/', 'history hello'],
  ] as const)
    it(`says how a terminal tells of the same: ${path}`, () => {
      const listing = directoryListing(acme, foldersNamed(['one']), { path, page: 1, isTop: false });
      const [, same = ''] = listing.split('<details class="same">');
      assert.ok(same.includes(`>mini-buildd-tool buildd.example.org:8066 ${command}<`), same);
      assert.ok(same.includes(`>http://buildd.example.org:8066${path.replace('1:2', '1%3A2')}<`), same);
    });

  it('says nothing of an instance that it does not know', () => {
    assert.doesNotMatch(
      directoryListing(undefined, foldersNamed(['one']), { path: '/repositories/', page: 1, isTop: true }),
      /class="same"/,
    );
  });
});
