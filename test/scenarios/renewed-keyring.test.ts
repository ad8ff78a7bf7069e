import assert from 'node:assert/strict';
import { copyFileSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { left } from 'fp-ts/lib/Either.js';
import { aptUpstream } from '../../src/adapters/apt/apt-upstream.ts';
import { releaseVerifier } from '../../src/adapters/openpgp/release-verifier.ts';
import { instant } from '../../src/domain/codec.ts';
import type { SourceConfigured } from '../../src/domain/configuration/events.ts';
import { refusal } from '../../src/domain/refusal.ts';
import { gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { asks } from '../support/asks.ts';
import { trixieSources } from '../support/fixed-examples.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';

const hour = 3_600_000;
const release = ['Origin: Debian', 'Suite: stable', 'Codename: trixie', 'Architectures: amd64', 'Components: main', ''];

/** An archive on this machine, which real gpg signs; a keyring file as a package of the host installs it; and a daemon that fetches by apt and reads that file. */
const archive = async (test: TestContext) => {
  const gnupg = gnupgHome();
  test.after(() => gnupg.close());
  const served = { inRelease: '' };
  const server = createServer((_, answer) => answer.end(served.inRelease));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian/`;

  const fakes = await machine(test);
  const now = () => fakes.clock.now();
  const fetched = aptUpstream({ folder: join(gnupg.folder, 'upstream') });
  const away = left(refusal('unreachable-archive', 'no other archive is here', 'wait'));
  const fetch: typeof fetched.release = async (asked, suite) => (asked === uri ? fetched.release(asked, suite) : away);
  const on = { ...fakes, upstream: { ...fakes.upstream, release: fetch, ...releaseVerifier({ now }) } };
  const faked = ['--faked-system-time', instant(now() - 48 * hour).replace(/[-:]|\.\d+Z$/g, '')];
  const [old, young] = [gnupg.makeKey('old', 'rsa3072', faked), gnupg.makeKey('young', 'rsa3072', faked)];
  const keyring = join(gnupg.folder, 'debian-archive-keyring.gpg');
  return {
    on,
    old,
    young,
    source: { ...(trixieSources[0] as SourceConfigured), uris: [uri], keys: keyring },
    signs: (key: string): void => {
      served.inRelease = gnupg.clearsign(key, release.join('\n'), faked);
    },
    /** As dpkg does: written beside it, and put into its place. */
    installs: (...keys: readonly string[]): void => {
      copyFileSync(gnupg.exportRing(keys), `${keyring}.dpkg-new`);
      renameSync(`${keyring}.dpkg-new`, keyring);
    },
  };
};

describe('An archive that is signed by a new key', () => {
  it('is refused until the keyring of the host has it, and then taken, by a daemon that goes on running', async (test) => {
    const { on, old, young, source, signs, installs } = await archive(test);
    installs(old);
    signs(old);
    const daemon = await boot(on);
    test.after(() => daemon.kill());
    await daemon.configure(source);
    const stands = () => daemon.world.sources.get(source.id);
    assert.ok(await daemon.until(() => stands()?.checked?.uri === source.uris[0]));

    signs(young);
    const refused = await asks(daemon, 'source', { action: 'check', name: source.id });
    assert.match(refused.plain ?? '', /not usable: .*give the source the keys that its archive is signed with today/);
    assert.ok(await daemon.until(() => stands()?.failed !== undefined));
    const [failed] = eventsOf(on, 'SourceCheckFailed').slice(-1);
    assert.deepEqual([failed?.id, failed?.unusable[0]?.because.rule], [source.id, 'unknown-key']);

    installs(old, young);
    on.clock.leap(hour);
    assert.ok(await daemon.until(() => stands()?.failed === undefined), 'by itself');
    const taken = await asks(daemon, 'source', { action: 'check', name: source.id });
    assert.match(taken.plain ?? '', /usable\n {2}Signature: by one of the keys of the source/);

    installs(young);
    signs(old);
    const gone = await asks(daemon, 'source', { action: 'check', name: source.id });
    assert.match(gone.plain ?? '', /: not usable: /, 'what the host does not trust any more is not believed either');
  });
});
