import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostArchive } from '../../../src/adapters/host/host-archive.ts';
import { firstRun } from '../../../src/domain/configuration/first-run.ts';
import { instanceConfigured } from '../../support/fixed-examples.ts';

const osRelease = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';

const target = (release: string, news: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    MetaKey: 'main/binary-amd64/Packages',
    'Created-By': 'Packages',
    'Repo-URI': release.endsWith('-security')
      ? 'http://deb.debian.example.org/debian-security/'
      : 'http://deb.debian.example.org/debian/',
    Release: release,
    Codename: release,
    Component: 'main',
    Architecture: 'amd64',
    Origin: 'Debian',
    Version: '12.4',
    'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg',
    ...news,
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');

const targets = (...stanzas: readonly string[]): string => stanzas.join('\n');

const usual = targets(target('bookworm'), target('bookworm-updates'), target('bookworm-security'));

describe('The host’s own archive', () => {
  it('is its release with updates and security', () => {
    const { codename, architecture, suites } = hostArchive(osRelease, 'amd64\n', usual);
    assert.equal(codename, 'bookworm');
    assert.equal(architecture, 'amd64');
    assert.deepEqual(
      suites.map(({ suite, uris }) => [suite, ...uris]),
      [
        ['bookworm', 'http://deb.debian.example.org/debian/'],
        ['bookworm-updates', 'http://deb.debian.example.org/debian/'],
        ['bookworm-security', 'http://deb.debian.example.org/debian-security/'],
      ],
    );
  });

  it('has every component and address of a suite once', () => {
    const twice = targets(
      target('bookworm'),
      target('bookworm', { Component: 'contrib' }),
      target('bookworm', { 'Repo-URI': 'http://mirror.example.org/debian/' }),
    );
    const [suite] = hostArchive(osRelease, 'amd64', twice).suites;
    assert.deepEqual(suite?.components, ['main', 'contrib']);
    assert.deepEqual(suite?.uris, ['http://deb.debian.example.org/debian/', 'http://mirror.example.org/debian/']);
  });

  it('is not what others offer: other origins, architectures, suites', () => {
    const others = targets(
      usual,
      target('bookworm', { Origin: 'Example', 'Repo-URI': 'http://apt.example.org/' }),
      target('bookworm', { Architecture: 'i386', 'Repo-URI': 'http://ports.example.org/' }),
      target('bookworm-backports'),
      target('trixie'),
    );
    assert.deepEqual(hostArchive(osRelease, 'amd64', others), hostArchive(osRelease, 'amd64', usual));
  });

  it('is trusted by the distribution’s keyring where apt names none, or a key itself', () => {
    for (const signedBy of ['', '0123456789ABCDEF']) {
      const [suite] = hostArchive(osRelease, 'amd64', target('bookworm', { 'Signed-By': signedBy })).suites;
      assert.equal(suite?.keyring, '/usr/share/keyrings/debian-archive-keyring.gpg');
    }
  });

  for (const [what, release, architecture, list, complaint] of [
    ['without a codename', 'ID=debian\n', 'amd64', usual, /names no VERSION_CODENAME/],
    ['with a codename that is none', 'VERSION_CODENAME="../etc"\n', 'amd64', usual, /names no VERSION_CODENAME/],
    ['with an architecture that is none', osRelease, '', usual, /architecture we cannot read/],
    ['without lists of its own release', osRelease, 'amd64', target('trixie'), /apt knows no source for bookworm/],
    ['without any lists', osRelease, 'amd64', '', /apt knows no source for bookworm/],
  ] as const) {
    it(`is unknown ${what}`, () => {
      assert.throws(() => hostArchive(release, architecture, list), complaint);
    });
  }

  it('is what a new instance begins with', () => {
    const { type, ...instance } = instanceConfigured;
    const events = firstRun(hostArchive(osRelease, 'amd64', usual), instance);
    assert.deepEqual(
      events.map((event) => event.type),
      [
        'InstanceConfigured',
        'LayoutConfigured',
        'LayoutConfigured',
        'LayoutConfigured',
        'SourceConfigured',
        'SourceConfigured',
        'SourceConfigured',
        'DistributionConfigured',
        'RepositoryConfigured',
        'ChrootConfigured',
      ],
    );
    const distribution = events.find((event) => event.type === 'DistributionConfigured');
    assert.equal(distribution?.codeversion, '12');
    assert.equal(distribution?.base, 'debian-bookworm');
    assert.deepEqual(distribution?.extras, [
      { source: 'debian-bookworm-updates', priority: null },
      { source: 'debian-bookworm-security', priority: null },
    ]);
  });
});
