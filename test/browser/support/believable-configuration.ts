import type { ChrootConfigured } from '../../../src/domain/configuration/chroot-events.ts';
import { defaultLayouts } from '../../../src/domain/configuration/default-layouts.ts';
import { sourceDefaults } from '../../../src/domain/configuration/defaults.ts';
import type {
  DistributionConfigured,
  PackageCheck,
  SourceConfigured,
  SourceId,
} from '../../../src/domain/configuration/events.ts';
import type { Architecture, Codename, RepositoryId } from '../../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import {
  acmeConfigured,
  amd64,
  archiveKeyGenerated,
  arm64,
  chrootConfigured,
  instanceConfigured,
  main,
  trixieConfigured,
} from '../../support/fixed-examples.ts';

const codename = (name: string): Codename => name as Codename;

const debian = (suite: string, of: string): SourceConfigured => ({
  type: 'SourceConfigured',
  id: `debian-${suite}` as SourceId,
  origin: 'Debian',
  suite,
  codename: codename(of),
  uris: ['http://deb.debian.example.org/debian/'],
  components: [main],
  keys: '/usr/share/keyrings/debian-archive-keyring.gpg',
  ...sourceDefaults,
});

const check = (mode: PackageCheck['mode']): PackageCheck => ({ mode, options: [] });

const distribution = (
  name: string,
  codeversion: string,
  architectures: readonly Architecture[],
): DistributionConfigured => ({
  ...trixieConfigured,
  codename: codename(name),
  codeversion,
  base: `debian-${name}` as SourceId,
  extras: name === 'sid' ? [] : [{ source: `debian-${name}-security` as SourceId, priority: null }],
  architectures: architectures.map((architecture) => ({
    architecture,
    optional: false,
    buildsArchAll: architecture === amd64,
  })),
  checks: { lintian: check('error'), piuparts: check('ignore'), autopkgtest: check('disabled') },
});

const chroot = (name: string, architecture: Architecture): ChrootConfigured => ({
  ...chrootConfigured(architecture),
  codename: codename(name),
});

/** Two repositories, three codenames, two architectures: what the administrator of a small company has set up. */
export const believableConfiguration: readonly DaemonEvent[] = [
  { ...instanceConfigured, registration: 'open' },
  archiveKeyGenerated,
  ...defaultLayouts,
  debian('bookworm', 'bookworm'),
  debian('bookworm-security', 'bookworm'),
  debian('trixie', 'trixie'),
  debian('trixie-security', 'trixie'),
  debian('sid', 'sid'),
  distribution('bookworm', '12', [amd64]),
  distribution('trixie', '13', [amd64, arm64]),
  distribution('sid', '~SID', [amd64]),
  { ...acmeConfigured, codenames: [codename('trixie'), codename('bookworm')] },
  {
    ...acmeConfigured,
    repository: 'lab' as RepositoryId,
    layout: 'Default (no rollbacks)',
    codenames: [codename('sid')],
  },
  chroot('bookworm', amd64),
  chroot('trixie', amd64),
  chroot('trixie', arm64),
  chroot('sid', amd64),
  { type: 'EngineStarted' },
];
