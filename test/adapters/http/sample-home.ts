import type { HomeModel } from '../../../src/adapters/http/views/home-model.ts';
import type { Instant } from '../../../src/domain/codec.ts';
import type { BuildId, UploadId } from '../../../src/domain/ids.ts';
import { sealed } from './sample-seals.ts';

const build = (architecture: string) => `01JD8W0R5X2Y3Z4A5B6C7D8E9F-${architecture}` as BuildId;
const upload = '01JD8W0R5X2Y3Z4A5B6C7D8E9F' as UploadId;
const at = '2026-11-22T10:15:00.000Z' as Instant;

/** A busy afternoon: one of everything that the home page can show. */
export const sampleHome: HomeModel = {
  engine: { state: 'running', note: undefined },
  sealing: sealed,
  notices: [
    {
      fact: 'Builds reach the host’s ports: this kernel has no network namespaces for us.',
      remedy: 'Allow unprivileged user namespaces, or install nftables.',
    },
  ],
  attention: [
    { fact: 'source debian-sid is failing', remedy: 'the mirror does not answer', at: ['sources', 'debian-sid'] },
  ],
  offered: { offers: [], inAll: 0 },
  binNmus: [],
  works: [],
  running: [
    {
      build: build('amd64'),
      source: 'hello',
      version: '2.10-3~test13+1',
      distribution: 'trixie-test-unstable',
      architecture: 'amd64',
      builder: 'ernie',
      attempt: 2,
      startedAt: at,
      stage: 'Build',
      elapsed: 14 * 60 + 20,
      usual: 20 * 60,
      tail: ['dh build', '<script>alert(1)</script>'],
    },
  ],
  waiting: [
    {
      build: build('arm64'),
      source: 'hello',
      version: '2.10-3~test13+1',
      distribution: 'trixie-test-unstable',
      architecture: 'arm64',
      state: 'needs-build',
      since: at,
      because: 'no builder has a chroot trixie arm64',
    },
  ],
  waitingInAll: 8,
  recent: [
    {
      upload,
      changes: 'hello_source.changes',
      source: 'hello',
      version: '2.10-3~test13+1',
      distribution: 'trixie-test-unstable',
      repository: 'test',
      at,
      state: 'building',
      note: undefined,
      results: [
        { architecture: 'amd64', build: build('amd64'), state: 'building', note: undefined, checks: [] },
        { architecture: 'arm64', build: build('arm64'), state: 'needs-build', note: undefined, checks: [] },
      ],
    },
    {
      upload,
      changes: 'acme-tools_source.changes',
      source: 'acme-tools',
      version: '1:0.4',
      distribution: 'trixie-test-snapshot',
      repository: 'test',
      at,
      state: 'installed',
      note: undefined,
      results: [
        {
          architecture: 'amd64',
          build: build('amd64'),
          state: 'built',
          note: undefined,
          checks: [
            {
              tool: 'lintian',
              state: 'passed',
              note: '2 warnings',
              log: '/log/test/acme-tools/1:0.4/amd64/lintian.log',
            },
            { tool: 'autopkgtest', state: 'failed', note: 'badpkg', log: undefined },
          ],
        },
        { architecture: 'i386', build: build('i386'), state: 'skipped', note: 'nothing to build', checks: [] },
      ],
    },
    {
      upload,
      changes: 'rocket_source.changes',
      source: 'rocket',
      version: '7.1-1~test13+1',
      distribution: 'trixie-test-unstable',
      repository: 'test',
      at,
      state: 'failed',
      note: 'ftbfs at stage build',
      results: [{ architecture: 'amd64', build: build('amd64'), state: 'failed', note: 'ftbfs', checks: [] }],
    },
    {
      upload,
      changes: 'coyote_source.changes',
      source: 'coyote',
      version: '1.0',
      distribution: 'unstable"><script>alert(1)</script>',
      repository: undefined,
      at,
      state: 'rejected',
      note: 'unknown-distribution: no distribution is called so',
      results: [],
    },
    {
      upload,
      changes: 'coyote_2.10-3~acme13+1_source.changes',
      source: undefined,
      version: '',
      distribution: '',
      repository: undefined,
      at,
      state: 'rejected',
      note: 'malformed-changes: it is no control file',
      results: [],
    },
  ],
  repositories: [
    {
      id: 'test',
      layout: 'Default',
      externalHomeUrl: 'https://example.org/test?a=1&b=2',
      publishedAt: at,
      standing: { state: 'not published', look: 'bad', reason: 'reprepro was not done in time' },
      distributions: ['unstable', 'testing', 'stable', 'snapshot', 'experimental'].map((suite, index) => ({
        name: `trixie-test-${suite}`,
        codename: 'trixie',
        suite,
        packages: 12 - index,
      })),
    },
  ],
  remotes: [{ name: 'bert.example.org', standing: { state: 'lost', look: 'bad', reason: 'it does not answer' } }],
  builders: [{ name: 'ernie', running: 1, room: 2, note: undefined }],
  chroots: [
    { codename: 'trixie', architecture: 'amd64', state: 'ready', note: undefined },
    { codename: 'bookworm', architecture: 'amd64', state: 'preparing', note: 'mmdebstrap: installing' },
    { codename: 'sid', architecture: 'amd64', state: 'failed', note: 'the mirror does not answer' },
  ],
};
