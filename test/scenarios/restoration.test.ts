import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { SourceConfigured, SourceId } from '../../src/domain/configuration/events.ts';
import type { Codename } from '../../src/domain/debian/names.ts';
import {
  acmeConfigured,
  configured,
  distribution,
  hello,
  hello3,
  trixie,
  trixieConfigured,
  trixieSources,
  unstable,
  version,
} from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { installedBefore } from '../support/installed.ts';

const staff: Caller = { actor: { kind: 'account', name: '5f0c2a9be1d47836' }, privilege: 'staff', shown: 'session' };
const bookworm = 'bookworm' as Codename;
const stable = distribution('trixie-acme-stable');
const experimental = version('2.10-9~acme13+0');
const [base] = trixieSources;
const bookwormSource: SourceConfigured = {
  ...(base as SourceConfigured),
  id: 'debian-bookworm' as SourceId,
  suite: 'bookworm',
  codename: bookworm,
};

/** acme for bookworm and trixie: hello in experimental of both, and in trixie's unstable. */
const twoCodenames = async (test: TestContext): Promise<Daemon> => {
  const on = await machine(test, [
    ...configured.filter((event) => event !== acmeConfigured),
    bookwormSource,
    { ...trixieConfigured, codename: bookworm, codeversion: '12', base: bookwormSource.id, extras: [] },
    { ...acmeConfigured, codenames: [trixie, bookworm] },
    { type: 'EngineStarted' },
  ]);
  await installedBefore(on, hello, version('2.10-9~acme12+0'), distribution('bookworm-acme-experimental'));
  await installedBefore(on, hello, experimental, distribution('trixie-acme-experimental'));
  await installedBefore(on, hello, hello3, unstable);
  return boot(on);
};

const restore = async (daemon: Daemon, given: Readonly<Record<string, string>>, command = 'restore') => {
  const said = { package: 'hello', distribution: stable, ...given };
  const answer = await daemon.engine.api.run(command, said, staff);
  return isLeft(answer)
    ? answer.left.map(({ rule, fact, remedy }) => `${rule}: ${fact} (${remedy})`).join()
    : answer.right.plain;
};

const inStable = ({ world }: Daemon) => world.contents.shelves.get(stable)?.slots.get(hello)?.present?.version;

describe('A version that is restored', () => {
  it('was built for the same codename; one of another is to be ported', async (test) => {
    const daemon = await twoCodenames(test);
    for (const force of ['false', 'true']) {
      assert.equal(
        await restore(daemon, { version: '2.10-9~acme12+0', force }),
        'other-codename: hello 2.10-9~acme12+0 was built for bookworm, and trixie-acme-stable is for trixie ' +
          '(port it to trixie: port hello bookworm-acme-experimental trixie-acme-stable, or to a suite that migrates there)',
      );
    }
    assert.equal(inStable(daemon), undefined);
  });

  it('could have migrated there, unless somebody insists', async (test) => {
    const daemon = await twoCodenames(test);
    const stray = /hello 2.10-9~acme13\+0 was installed into trixie-acme-experimental, from where nothing migrates to/;
    const refused = await restore(daemon, { version: experimental });
    assert.match(refused, stray);
    assert.match(refused, /^stray-version: .*--force/);
    assert.match(await restore(daemon, { version: experimental, force: 'true', command: 'restore' }, 'plan'), stray);
    assert.equal(inStable(daemon), undefined);
    assert.match(await restore(daemon, { version: experimental, force: 'true' }), stray);
    assert.equal(inStable(daemon), experimental);
  });

  it('may come from any suite that migrates there, or from its own rollbacks', async (test) => {
    const daemon = await twoCodenames(test);
    assert.doesNotMatch(await restore(daemon, { version: hello3 }), /:.*installed into/);
    assert.equal(inStable(daemon), hello3);
    await restore(daemon, { version: experimental, force: 'true' });
    await restore(daemon, { distribution: `${stable}-rollback0` });
    assert.equal(inStable(daemon), hello3);
    await restore(daemon, { version: experimental });
    assert.equal(inStable(daemon), experimental);
  });
});
