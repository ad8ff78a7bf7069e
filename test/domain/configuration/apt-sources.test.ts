import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import {
  aptHosts,
  buildApt,
  clientSource,
  extraSources,
  originOf,
} from '../../../src/domain/configuration/apt-sources.ts';
import { resolveDistribution, type Target } from '../../../src/domain/configuration/configuration.ts';
import {
  acmeConfiguration,
  configurationOf,
  configured,
  trixieConfigured,
  trixieSources,
} from '../../support/fixed-examples.ts';

const unstable = (configuration = acmeConfiguration): Target => {
  const found = resolveDistribution(configuration, 'trixie-acme-unstable');
  assert.ok(isRight(found));
  return found.right;
};

const ownUrl = 'http://127.0.0.1:8066';

describe('A build', () => {
  it('draws from our suites only what it needs, and from security as apt does', () => {
    const { sources, preferences } = buildApt(acmeConfiguration, unstable(), ownUrl, 1);
    assert.equal(
      sources,
      `Types: deb
URIs: http://127.0.0.1:8066/repositories/acme/
Suites: trixie-acme-unstable trixie-acme-testing trixie-acme-stable
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQw==
 -----END PGP PUBLIC KEY BLOCK-----
`,
    );
    assert.equal(
      preferences,
      ['unstable', 'testing', 'stable']
        .map(
          (suite) => `Package: *
Pin: release n=trixie-acme-${suite}, o=Mini-Buildd archive acme on buildd.example.org
Pin-Priority: 1
`,
        )
        .join('\n'),
    );
  });

  it('draws from an extra source with its pin', () => {
    const backports = { ...trixieSources[0], id: 'debian-trixie-backports', suite: 'trixie-backports' } as never;
    const configuration = configurationOf([
      ...configured,
      backports,
      { ...trixieConfigured, extras: [{ source: 'debian-trixie-backports' as never, priority: 500 }] },
    ]);
    const { sources, preferences } = buildApt(configuration, unstable(configuration), ownUrl, 1);
    assert.equal(
      sources.split('\n\n')[1],
      `Types: deb
URIs: http://deb.debian.example.org/debian/
Suites: trixie-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
    );
    assert.equal(
      preferences.split('\n\n').at(-1),
      `Package: *
Pin: release o=Debian, n=trixie-backports
Pin-Priority: 500
`,
    );
  });

  it('tells apt of a source whatever sets it apart, and only of components that its distribution has', () => {
    const security = {
      ...trixieSources[0],
      id: 'debian-old-security',
      suite: 'stretch/updates',
      components: ['non-free', 'contrib', 'main'],
      pin: { Codename: 'stretch', Label: 'Debian-Security' },
      checkValidUntil: false,
    } as never;
    const configuration = configurationOf([
      ...configured,
      security,
      { ...trixieConfigured, extras: [{ source: 'debian-old-security' as never, priority: 1 }] },
    ]);
    const { sources, preferences } = buildApt(configuration, unstable(configuration), ownUrl, 1);
    assert.match(sources, /Suites: stretch\/updates\nComponents: main contrib\nCheck-Valid-Until: no\nSigned-By/);
    assert.match(preferences, /Pin: release o=Debian, n=stretch, l=Debian-Security\nPin-Priority: 1\n/);
  });

  it('takes a flat archive without components', () => {
    const flat = { ...trixieSources[0], id: 'flat', suite: 'amd64/', components: [], origin: 'Acme' } as never;
    const configuration = configurationOf([
      ...configured,
      flat,
      { ...trixieConfigured, extras: [{ source: 'flat' as never, priority: 100 }] },
    ]);
    const { sources, preferences } = buildApt(configuration, unstable(configuration), ownUrl, 1);
    assert.match(sources, /Suites: amd64\/\nSigned-By/);
    assert.match(preferences, /Pin: release o=Acme\n/);
  });

  it('reaches the hosts of its sources and no other', () => {
    assert.deepEqual(aptHosts(acmeConfiguration, trixieConfigured, ownUrl), [
      '127.0.0.1:8066',
      'deb.debian.example.org:80',
      'security.debian.example.org:80',
    ]);
  });

  it('reaches nothing for a source on its own disk or one that is no address', () => {
    const odd = trixieSources.map((source) => ({
      ...source,
      uris: ['file:/srv/debian', 'nonsense', 'https://[::1]/d'],
    }));
    assert.deepEqual(aptHosts(configurationOf([...configured, ...odd]), trixieConfigured, ownUrl), [
      '127.0.0.1:8066',
      '[::1]:443',
    ]);
  });
});

describe('A client', () => {
  const options = {
    url: 'http://buildd.example.org:8066',
    withSource: false,
    keyFile: '/etc/apt/keyrings/mini-buildd-acme.asc',
  };

  it('writes one line', () => {
    assert.equal(
      clientSource(unstable(), { ...options, form: 'one-line' }),
      'deb [signed-by=/etc/apt/keyrings/mini-buildd-acme.asc] http://buildd.example.org:8066/repositories/acme/ trixie-acme-unstable main contrib\n',
    );
  });

  it('writes two lines with sources, of a rollback distribution', () => {
    assert.equal(
      clientSource(unstable(), { ...options, form: 'one-line', withSource: true, rollback: 2 }),
      ['deb', 'deb-src']
        .map(
          (type) =>
            `${type} [signed-by=/etc/apt/keyrings/mini-buildd-acme.asc] http://buildd.example.org:8066/repositories/acme/ trixie-acme-unstable-rollback2 main contrib\n`,
        )
        .join(''),
    );
  });

  it('writes a stanza', () => {
    assert.equal(
      clientSource(unstable(), { ...options, form: 'deb822', withSource: true }),
      `Types: deb deb-src
URIs: http://buildd.example.org:8066/repositories/acme/
Suites: trixie-acme-unstable
Components: main contrib
Signed-By: /etc/apt/keyrings/mini-buildd-acme.asc
`,
    );
  });

  it('sees the foreign sources that builds draw from, in either form', () => {
    const { distribution } = unstable();
    const lines = extraSources(acmeConfiguration, distribution, { form: 'one-line', withSource: true });
    assert.equal(lines.length, distribution.extras.length * 2);
    assert.match(lines[0] ?? '', /^deb \S+ \S+ main.*\n$/);
    assert.match(lines[1] ?? '', /^deb-src /);
    const [stanza = ''] = extraSources(acmeConfiguration, distribution, { form: 'deb822', withSource: false });
    assert.match(stanza, /^Types: deb\nURIs: \S+\nSuites: \S+\nComponents: main.*\nSigned-By:/);
  });

  it('knows us by our origin', () => {
    assert.equal(originOf(acmeConfiguration), 'Mini-Buildd archive acme on buildd.example.org');
  });
});
