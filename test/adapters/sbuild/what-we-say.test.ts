import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { buildRequest } from '../../../src/adapters/sbuild/build-request.ts';
import { prepareRequest } from '../../../src/adapters/sbuild/chroots.ts';
import { sessionRequest } from '../../../src/adapters/sbuild/helper-sessions.ts';
import type { Recipe } from '../../../src/domain/build/recipe.ts';
import type { BinNmuFacts } from '../../../src/domain/buildrequest/travelling-binnmu.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { ChrootConfigured } from '../../../src/domain/configuration/chroot-events.ts';
import type { SourceConfigured } from '../../../src/domain/configuration/events.ts';
import type { BuildOrder } from '../../../src/ports/builder.ts';
import type { SessionOrder } from '../../../src/ports/sessions.ts';
import { plainRecipe } from '../../support/fixed-examples.ts';

const project = resolve(import.meta.dirname, '../../..');

/** What the root helper would tell sbuild, schroot, apt or mmdebstrap; it does nothing in this mode. */
const said = (request: object): { readonly status: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(
    `${project}/ops/root-helper`,
    ['say', `${project}/test/system/procedures`],
    { input: JSON.stringify(request) },
  );
  return { status, text: `${stdout}${stderr}` };
};

const golden = (name: string): string => readFileSync(join(project, 'test/golden/sbuild', name), 'utf8');

const order = {
  build: '01ARZ3NDEKTSV4RRFFQ69G5FAV-amd64',
  attempt: 2,
  source: 'hello',
  version: '2.10-3',
  distribution: 'trixie-acme-unstable',
  codename: 'trixie',
  architecture: 'amd64',
  archAll: true,
  sources: [{ name: 'hello_2.10-3.dsc', size: 1, sha256: '0'.repeat(64) }],
  aptSources: 'Types: deb\nURIs: http://example.org/\nSuites: trixie-acme-unstable\nComponents: main\n',
  aptPreferences: 'Package: *\nPin: release n=trixie-acme-unstable\nPin-Priority: 1\n',
  aptHosts: ['example.org:80'],
  recipe: plainRecipe,
  timeoutSeconds: 3600,
  silenceSeconds: 600,
} as unknown as BuildOrder;

describe('what sbuild and schroot are told', () => {
  for (const kind of ['directory', 'file', 'btrfs-snapshot', 'lvm-snapshot', 'unshare']) {
    it(`is as recorded for a chroot of kind ${kind}`, () => {
      assert.equal(said({ ...buildRequest(order), kind }).text, golden(`${kind}.txt`));
    });
  }

  it('leaves arch-indep packages to the architecture that is to build them', () => {
    const { text } = said({ ...buildRequest({ ...order, archAll: false }), kind: 'directory' });
    assert.match(text, /^--no-arch-all$/m);
  });

  it('upgrades the chroot only where a pin prefers newer versions', () => {
    const aptPreferences = order.aptPreferences.replace('Priority: 1\n', 'Priority: 500\n');
    const eager = said({ ...buildRequest({ ...order, aptPreferences }), kind: 'directory' }).text;
    assert.match(eager, /^--apt-distupgrade$/m);
    assert.ok(!eager.includes('/usr/local/sbin/apt-get'));
    assert.match(golden('directory.txt'), /^--no-apt-update$/m);
  });

  it('lays certificates of the order down for the host of its first source alone', () => {
    const aptCertificates = '-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n';
    const aptSources = `${order.aptSources.replace('http:', 'https:')}\nTypes: deb\nURIs: https://mirror.example.org/\n`;
    const { text } = said({ ...buildRequest({ ...order, aptSources, aptCertificates }), kind: 'directory' });
    assert.match(text, /^Acquire::https::example\.org::CAInfo "\/etc\/apt\/mini-buildd\.crt";$/m);
    assert.ok(text.includes(`# /etc/apt/mini-buildd.crt\n${aptCertificates}`));
    assert.ok(!text.includes('mirror.example.org::CAInfo'));
    const number = order.aptSources.replace(/http:..example.org/, 'https://[2001:db8::8]');
    const six = said({ ...buildRequest({ ...order, aptSources: number, aptCertificates }), kind: 'directory' }).text;
    assert.match(six, /^Acquire::https::2001:db8::8::CAInfo "\/etc\/apt\/mini-buildd\.crt";$/m);
    const plain = said({ ...buildRequest({ ...order, aptCertificates }), kind: 'directory' }).text;
    assert.ok(!plain.includes('CAInfo') && !plain.includes('mini-buildd.crt'));
    assert.notEqual(said({ ...buildRequest({ ...order, aptCertificates: '";\n' }), kind: 'directory' }).status, 0);
  });
});

describe('what sbuild is told of a binNMU', () => {
  const binNmu: BinNmuFacts = {
    number: 2,
    reason: 'Rebuild against libfoo 2',
    by: 'mini-buildd archive acme <mini-buildd@example.org>',
    at: instant(Date.UTC(2026, 10, 22, 10, 15)),
  };

  it('is its number, its reason, who says so, and a date that is the same each time', () => {
    const { text } = said({ ...buildRequest({ ...order, archAll: false, binNmu }), kind: 'directory' });
    for (const line of [
      '--binNMU=2',
      '--make-binNMU=Rebuild against libfoo 2',
      '--maintainer=mini-buildd archive acme <mini-buildd@example.org>',
      '--binNMU-timestamp=1795342500',
    ])
      assert.ok(text.split('\n').includes(line), `${line} is missing in\n${text}`);
    assert.ok(!golden('directory.txt').includes('binNMU'));
  });

  it('is nothing with a reason of two lines', () => {
    const { status } = said({
      ...buildRequest({ ...order, binNmu: { ...binNmu, reason: 'a\nb' } }),
      kind: 'directory',
    });
    assert.notEqual(status, 0);
  });
});

describe('what sbuild is told of a recipe', () => {
  const recipe: Recipe = {
    resolver: 'aspcud',
    jobs: 2,
    options: ['nocheck', 'hardening=+all'],
    profiles: ['nocheck', 'nodoc'],
    depends: ['libfoo-dev (>= 1.2)', 'bar:any'],
    setup: '#!/bin/sh\nexit 0\n',
  };

  for (const kind of ['directory', 'unshare']) {
    it(`is all of it for a chroot of kind ${kind}`, () => {
      const { text } = said({ ...buildRequest({ ...order, recipe }), kind });
      for (const line of [
        '--build-dep-resolver=aspcud',
        '--jobs=2',
        '--profiles=nocheck,nodoc',
        '--add-depends=libfoo-dev (>= 1.2)',
        '--add-depends=bar:any',
        '--chroot-setup-commands=cat /etc/mini-buildd-setup-script',
        '--chroot-setup-commands=/etc/mini-buildd-setup-script',
        '--apt-update',
        "$build_environment = { DEB_BUILD_OPTIONS => 'nocheck hardening=+all' };",
      ]) {
        assert.ok(text.split('\n').includes(line), `${line} is missing in\n${text}`);
      }
      assert.ok(!text.includes('/usr/local/sbin/apt-get'), 'package lists are there before the script runs');
    });
  }

  for (const [what, wrong] of [
    ['a quote in an option', { options: ["a='"] }],
    ['a comma in a profile', { profiles: ['a,b'] }],
    ['an option of sbuild as a relation', { depends: ['--chroot=x'] }],
    ['an unknown resolver', { resolver: 'xapt; reboot' }],
    ['no end of jobs', { jobs: 99999 }],
  ] as const) {
    it(`is nothing with ${what}`, () => {
      const { status, text } = said({
        ...buildRequest({ ...order, recipe: { ...recipe, ...wrong } as Recipe }),
        kind: 'directory',
      });
      assert.notEqual(status, 0);
      assert.doesNotMatch(text, /^--chroot-mode/m);
    });
  }
});

const session = {
  ...order,
  session: '01ARZ3NDEKTSV4RRFFQ69G5FAV-amd64-copy',
  procedure: 'copy',
} as unknown as SessionOrder;

describe('what schroot is told for a procedure', () => {
  it('is as recorded', () => {
    assert.equal(said({ ...sessionRequest(session), kind: 'directory' }).text, golden('session.txt'));
  });
});

describe('what mmdebstrap is told', () => {
  it('is as recorded', () => {
    const chroot = {
      codename: 'trixie',
      architecture: 'amd64',
      kind: 'directory',
      options: {},
      include: ['fakeroot', 'debhelper', 'lintian'],
      ccache: true,
    } as unknown as ChrootConfigured;
    const source = {
      uris: ['http://example.org/debian'],
      suite: 'trixie',
      components: ['main'],
    } as unknown as SourceConfigured;
    assert.equal(
      said(prepareRequest(chroot, [{ source, keyring: Buffer.from('key') }], 'build')).text,
      golden('mmdebstrap.txt'),
    );
  });
});

describe('what the root helper refuses', () => {
  const request = { ...buildRequest(order), kind: 'directory' };
  const hostile: readonly [string, unknown][] = [
    ['codename', '../../etc'],
    ['codename', 'trixie\n'],
    ['architecture', 'amd64;reboot'],
    ['distribution', '--chroot=/'],
    ['distribution', 'trixie-acme-unstable\n--pre-build-commands=id'],
    ['dsc', '../hello_1.0.dsc'],
    ['dsc', '-hello_1.0.dsc'],
    ['dsc', ['hello.dsc']],
    ['build', '01ARZ3NDEKTSV4RRFFQ69G5FAV-amd64/../..'],
    ['attempt', '0'],
    ['attempt', '1 2'],
    ['kind', 'plain'],
    ['aptSources', 'zero\0byte'],
    ['aptSources', undefined],
  ];
  for (const [name, value] of hostile) {
    it(`takes no ${name} like ${JSON.stringify(value)}`, () => {
      assert.notEqual(said({ ...request, [name]: value }).status, 0);
    });
  }

  for (const [name, value] of [
    ['procedure', '../../bin/true'],
    ['procedure', 'README.md'],
    ['procedure', 'copy; reboot'],
    ['procedure', 'nowhere'],
    ['session', '../01ARZ3NDEKTSV4RRFFQ69G5FAV-amd64-copy'],
    ['attempt', '01'],
    ['architecture', 'amd64/..'],
  ]) {
    it(`runs no session with a ${name} like ${JSON.stringify(value)}`, () => {
      assert.notEqual(said({ ...sessionRequest(session), kind: 'directory', [String(name)]: value }).status, 0);
    });
  }

  it('takes no source address that could be an option or another line of a sources file', () => {
    const source = { uris: ['http://example.org/debian'], suite: 'trixie', components: ['main'], keyring: 'AAAA' };
    const chroot = {
      verb: 'prepare-chroot',
      codename: 'trixie',
      architecture: 'amd64',
      kind: 'file',
      options: {},
      include: [],
    };
    assert.equal(said({ ...chroot, sources: [source] }).status, 0);
    for (const wrong of [
      { uris: ['http://example.org/\nTrusted: yes'] },
      { uris: ['file:///etc'] },
      { suite: '-x' },
      { components: ['main\nTrusted: yes'] },
      { keyring: 'not base64!' },
    ]) {
      assert.notEqual(said({ ...chroot, sources: [{ ...source, ...wrong }] }).status, 0, JSON.stringify(wrong));
    }
    assert.notEqual(said({ ...chroot, sources: [source], include: ["a'; reboot; '"] }).status, 0);
    assert.notEqual(said({ ...chroot, sources: [source], options: { size: '1G;' } }).status, 0);
  });
});
