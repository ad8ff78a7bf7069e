import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import { acmeConfigured, distribution, hello, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const staff: Caller = { actor: { kind: 'account', name: 'staff' }, privilege: 'staff', shown: 'token' };

const experimental = distribution('trixie-acme-experimental');
const asking = (to: string) => sourceUpload({ changelog: `* MINI_BUILDD_OPTION: auto-ports=${to}` });

const held = (daemon: Daemon, name: DistributionName): string | undefined =>
  daemon.world.contents.shelves.get(name)?.slots.get(hello)?.present?.version;

/** Another upload of hello 2.10-3, whose port would be of the same version as the first one's. */
const again = version('2.10-3~acme13+2');

const isQuiet = ({ uploads, ports, autoPorts }: Daemon['world']): boolean =>
  uploads.open.size === 0 && ports.open.size === 0 && autoPorts.owed.size === 0;

describe('An upload with auto-ports', () => {
  it('is ported to each distribution that it names, once it is installed', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const upload = asking('trixie-acme-experimental,trixie-acme-unstable');
    await daemon.uploads(upload);
    await daemon.until((world) => held(daemon, experimental) !== undefined && isQuiet(world));
    assert.equal(held(daemon, experimental), '2.10-3~acme13+0');
    assert.match(held(daemon, unstable) ?? '', /\+rebuilt\d{14}$/);
    const [first] = eventsOf(on, 'UploadReceived');
    assert.deepEqual(
      eventsOf(on, 'PortRequested').map(({ askedBy, generation, options }) => ({ askedBy, generation, options })),
      [1, 2].map(() => ({ askedBy: first?.upload, generation: 1, options: ['ignore-lintian=true'] })),
    );
    assert.deepEqual(daemon.faults, []);
  });

  it('is rejected when it names what its uploader may not upload to', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.configure({ ...acmeConfigured, repository: 'other' as RepositoryId, uploaderKeyrings: [] });
    await daemon.uploads(asking('trixie-acme-experimental,trixie-other-unstable'));
    await daemon.until(isQuiet);
    const [rejected] = eventsOf(on, 'UploadRejected');
    assert.equal(rejected?.rule, 'auto-ports-refused');
    assert.match(rejected.fact, /auto-ports=trixie-other-unstable: the key A{40} /);
    assert.deepEqual(eventsOf(on, 'PortRequested'), []);
  });

  it('is not ported when it fails', async (test) => {
    const on = await machine(test);
    on.builder.behave(() => 'fails');
    const daemon = await boot(on);
    await daemon.uploads(asking(experimental));
    await daemon.until(isQuiet);
    assert.deepEqual(eventsOf(on, 'PortRequested'), []);
  });

  it('asks for ports that ask for nothing: what a person lets a port ask for ends there', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(isQuiet);
    const given = { package: 'hello', from_distribution: unstable, to_distributions: experimental };
    await daemon.engine.api.run('port', { ...given, options: `auto-ports=${experimental}` }, staff);
    await daemon.until((world) => eventsOf(on, 'PortUploaded').length === 2 && isQuiet(world));
    assert.deepEqual(
      eventsOf(on, 'PortRequested').map(({ to, generation }) => [to, generation]),
      [
        [experimental, 1],
        [experimental, 2],
      ],
    );
  });

  it('has it on record when a port cannot be', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(asking(experimental));
    await daemon.until((world) => held(daemon, experimental) !== undefined && isQuiet(world));
    await daemon.uploads(
      sourceUpload({ version: again, changelog: `* MINI_BUILDD_OPTION: auto-ports=${experimental}` }),
    );
    await daemon.until(() => eventsOf(on, 'PortFailed').length === 1);
    assert.deepEqual(
      eventsOf(on, 'PortFailed').map(({ port, rule }) => [port.slice(27), rule]),
      [[experimental, 'version-exists']],
    );
  });

  it('asks once, though the daemon is killed when it is installed', async (test) => {
    const whole = await machine(test);
    const untouched = await boot(whole);
    let installing = 0;
    const watching = untouched.engine.recorded$.subscribe(({ event }) => {
      if (event.type === 'PackageInstalled' && installing === 0) installing = untouched.steps.length;
    });
    await untouched.uploads(asking(experimental));
    await untouched.until(() => installing > 0);
    watching.unsubscribe();
    await untouched.kill();
    for (const when of ['before', 'after'] as const) {
      for (let n = installing - 2; n < installing + 3; n += 1) {
        const on = await machine(test);
        const first = await boot(on, { n, when });
        await first.uploads(asking(experimental));
        await first.until((world) => held(first, experimental) !== undefined && isQuiet(world));
        await first.kill();
        const second = await boot(on);
        await second.until((world) => held(second, experimental) !== undefined && isQuiet(world));
        await second.kill();
        assert.equal(eventsOf(on, 'PortRequested').length, 1, `killed ${when} step ${n}`);
        assert.equal(eventsOf(on, 'UploadReceived').length, 2, `killed ${when} step ${n}`);
      }
    }
  });
});
