import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { readPresetRequest } from '../../../src/app/configuration/preset-request.ts';
import { planPresets, presetsInWords } from '../../../src/app/configuration/set-up-presets.ts';
import { aptHosts, buildApt } from '../../../src/domain/configuration/apt-sources.ts';
import { type Configuration, configure, resolveDistribution } from '../../../src/domain/configuration/configuration.ts';
import type { DistributionConfigured } from '../../../src/domain/configuration/events.ts';
import { firstRun } from '../../../src/domain/configuration/first-run.ts';
import { togetherFaults } from '../../../src/domain/configuration/rules/together.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import { noContents } from '../../../src/projections/fold-contents.ts';
import { bookwormHost } from '../../support/fake-host.ts';
import { arm64, configurationOf, instanceConfigured } from '../../support/fixed-examples.ts';

const asked = {
  vendors: 'debian',
  codenames: '',
  repositories: 'test',
  chroots: 'directory',
  volumeGroup: '',
  mirror: '',
  keyring: '',
  update: false,
};
const plan = (news: Partial<typeof asked>, present: Configuration = fresh) => {
  const given = { ...asked, ...news };
  const request = readPresetRequest(given);
  return isLeft(request)
    ? request
    : planPresets({ ...request.right, update: given.update }, bookwormHost, present, {
        contents: noContents(),
        force: false,
      });
};
const planned = (...given: Parameters<typeof plan>) => {
  const made = plan(...given);
  assert.ok(isRight(made), JSON.stringify(made));
  return made.right;
};
const refusals = (...given: Parameters<typeof plan>) => {
  const made = plan(...given);
  return isLeft(made) ? made.left.map(({ rule }) => rule) : [];
};
const after = (present: Configuration, events: readonly DaemonEvent[]) => events.reduce(configure, present);
/** As first-run setup leaves it on a machine that runs bookworm. */
const fresh = configurationOf(firstRun(bookwormHost, instanceConfigured));

describe('Presets', () => {
  it('give every current release its sources at sensible priorities', () => {
    const all = planned({
      vendors: 'debian,ubuntu',
      mirror: 'ubuntu=http://u.example.org/ubuntu/',
      keyring: 'ubuntu=/k/u.gpg',
    });
    const { distributions, sources } = after(
      configurationOf([instanceConfigured]),
      planned(
        { vendors: 'debian,ubuntu', mirror: 'ubuntu=http://u.example.org/ubuntu/', keyring: 'ubuntu=/k/u.gpg' },
        configurationOf([instanceConfigured]),
      ).events,
    );
    assert.ok(all.events.length > 0);
    assert.deepEqual(
      [...distributions.values()].map(({ codename, codeversion, extras }) =>
        [codename, codeversion, ...extras.map(({ source, priority }) => `${source}@${priority ?? 500}`)].join(' '),
      ),
      [
        'bookworm 12 debian-bookworm-updates@500 debian-bookworm-security@500 debian-bookworm-backports@1',
        'trixie 13 debian-trixie-updates@500 debian-trixie-security@500 debian-trixie-backports@1',
        'forky ~FORKY debian-forky-updates@500 debian-forky-security@500',
        'sid ~SID',
        'jammy 2204 ubuntu-jammy-updates@500 ubuntu-jammy-security@500 ubuntu-jammy-backports@1',
        'noble 2404 ubuntu-noble-updates@500 ubuntu-noble-security@500 ubuntu-noble-backports@1',
        'resolute 2604 ubuntu-resolute-updates@500 ubuntu-resolute-security@500 ubuntu-resolute-backports@1',
      ],
    );
    assert.deepEqual(sources.get('ubuntu-noble-security' as never)?.pin, {
      Codename: 'noble',
      Suite: 'noble-security',
    });
    assert.deepEqual(sources.get('debian-trixie-security' as never)?.uris, [
      'http://deb.debian.example.org/debian-security/',
    ]);
    assert.equal(sources.get('debian-trixie-backports' as never)?.origin, 'Debian Backports');
  });

  it('fit together, also in builds', () => {
    const configuration = after(fresh, planned({ codenames: 'trixie' }).events);
    assert.deepEqual(togetherFaults(configuration), []);
    const added = after(configuration, planned({ codenames: 'trixie', update: true }, configuration).events);
    const target = resolveDistribution(added, 'trixie-test-unstable');
    assert.ok(isRight(target));
    const { preferences } = buildApt(added, target.right, 'http://127.0.0.1:8066', 1);
    assert.match(preferences, /Pin: release o=Debian Backports, n=trixie-backports\nPin-Priority: 1\n/);
    assert.deepEqual(aptHosts(added, target.right.distribution, 'http://127.0.0.1:8066'), [
      '127.0.0.1:8066',
      'deb.debian.example.org:80',
    ]);
  });

  it('add nothing a second time, and nothing at all over what an administrator has', () => {
    const first = planned({ codenames: 'bookworm,sid' });
    const configured = after(fresh, first.events);
    assert.deepEqual(planned({ codenames: 'bookworm,sid' }, configured).events, []);
    assert.equal(configured.sources.get('debian-bookworm' as never), fresh.sources.get('debian-bookworm' as never));
    assert.deepEqual(
      first.kept.map(({ what }) => what),
      [
        'source debian-bookworm',
        'source debian-bookworm-updates',
        'source debian-bookworm-security',
        'distribution bookworm',
        'repository test',
      ],
    );
    assert.match(
      presetsInWords(first, false),
      /Left as you have it[\s\S]*~ repository test\n {4}codenames: \["bookworm"\] → \["bookworm","sid"\]\n$/,
    );
  });

  it('leave architectures, components, and how packages are built and checked, as they are', () => {
    const known = fresh.distributions.get('bookworm' as never);
    assert.ok(known !== undefined);
    const own: DistributionConfigured = {
      ...known,
      extras: [],
      components: [...known.components, 'local' as never],
      architectures: [...known.architectures, { architecture: arm64, optional: true, buildsArchAll: false }],
      build: { ...known.build, debBuildProfiles: ['nodoc'] },
      checks: { ...known.checks, lintian: { mode: 'error', options: [] } },
    };
    const there = configure(fresh, own);
    const updated = after(there, planned({ codenames: 'bookworm', update: true }, there).events);
    const made = updated.distributions.get('bookworm' as never);
    assert.ok(made !== undefined);
    assert.notDeepEqual(made.extras, []);
    assert.ok(made.components.includes('local' as never));
    const { architectures, build, checks } = own;
    assert.deepEqual(
      { architectures: made.architectures, build: made.build, checks: made.checks },
      { architectures, build, checks },
    );
  });

  it('take over what differs when that is asked for', () => {
    const { events, kept } = planned({ codenames: 'bookworm,sid', update: true });
    assert.deepEqual(kept, []);
    const configured = after(fresh, events);
    assert.deepEqual(configured.repositories.get('test' as never)?.codenames, ['bookworm', 'sid']);
    assert.deepEqual(planned({ codenames: 'bookworm,sid', update: true }, configured).events, []);
  });

  it('make chroots in the volume group that is named', () => {
    for (const chroots of ['LVM', 'lvm-snapshot']) {
      const configured = after(fresh, planned({ codenames: 'sid', chroots, volumeGroup: 'vg0' }).events);
      const { kind, options } = configured.chroots.get('sid-amd64') ?? {};
      assert.deepEqual({ kind, options }, { kind: 'lvm-snapshot', options: { 'volume-group': 'vg0' } });
    }
  });

  it('make a repository for Debian developers where there is sid', () => {
    const configured = after(fresh, planned({ codenames: 'sid', repositories: 'debdev', chroots: 'none' }).events);
    assert.deepEqual(configured.repositories.get('debdev' as never)?.codenames, ['sid']);
    assert.equal([...configured.chroots.keys()].join(), 'bookworm-amd64');
  });

  it('say what they do not know', () => {
    assert.deepEqual(refusals({ vendors: 'gentoo' }), ['bad-argument']);
    assert.deepEqual(refusals({ codenames: 'wheezy,noble' }), ['unknown-preset', 'unknown-preset']);
    assert.deepEqual(refusals({ vendors: 'ubuntu', codenames: 'noble' }), ['unknown-mirror', 'unknown-mirror']);
    assert.deepEqual(
      refusals({ vendors: 'ubuntu', codenames: 'noble', mirror: 'ubuntu=http://u.example.org/ubuntu/' }),
      ['unknown-keyring'],
    );
    assert.deepEqual(refusals({ codenames: 'sid', chroots: 'LVM' }), ['missing-volume-group']);
    assert.deepEqual(refusals({ codenames: 'sid', volumeGroup: 'vg0' }), ['strange-chroot-option']);
    assert.deepEqual(refusals({ chroots: 'LoopLVM' }), ['bad-argument']);
    assert.deepEqual(refusals({ mirror: 'debian' }), ['bad-argument']);
    assert.ok(refusals({ mirror: 'debian=nonsense', codenames: 'sid' }).includes('malformed-archive'));
  });
});
