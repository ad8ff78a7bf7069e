import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBuild } from './support/build-under-way.ts';
import { dput, type Instance, sandbox } from './support/instance.ts';
import { type Neighbour, startNeighbour } from './support/neighbour.ts';
import { type Network, network } from './support/network.ts';
import { eventually } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';
import { wayOut } from './support/way-out.ts';

/** How long a remote may be silent before it loses its builds. Seconds. */
const lease = 25;

/**
 * Ernie and bert have repositories and a chroot each, and one place; grover only builds, and alone has chroots for i386. Each is on a host of its own; what
 * they know of each other comes over the wire.
 */
describe('three instances in networks of their own', () => {
  let net: Network;
  let folder: string;
  let apt: Awaited<ReturnType<typeof wayOut>>;
  let ernie: Neighbour;
  let bert: Neighbour;
  let grover: Neighbour;
  const targets = new Map<Instance, Awaited<ReturnType<typeof sandbox>>>();

  before(async () => {
    net = await network();
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-network-'));
    apt = await wayOut(net.gateway, folder);
    const env = { APT_CONFIG: apt.setting, MINI_BUILDD_REMOTE_LEASE: String(lease), MINI_BUILDD_BUILDS: '1' };
    const hosts = [await net.host(), await net.host(), await net.host()] as const;
    ernie = await startNeighbour('ernie', hosts[0], env, ({ distributions }) => {
      for (const { architectures } of Object.values(distributions)) {
        architectures.push({ architecture: 'i386', optional: false, buildsArchAll: false });
      }
    });
    bert = await startNeighbour('bert', hosts[1], env, () => undefined);
    grover = await startNeighbour(
      'grover',
      hosts[2],
      { ...env, MINI_BUILDD_BUILDS: '2' },
      (declared) => {
        declared.repositories = {};
        for (const [name, chroot] of Object.entries(declared.chroots)) {
          declared.chroots[name.replace(/-\w+$/, '-i386')] = chroot;
        }
      },
      'i386',
    );
    for (const { instance } of [ernie, bert]) targets.set(instance, await sandbox(instance));
  });
  after(async () => {
    for (const each of [ernie, bert, grover]) await each?.instance.remove();
    apt?.close();
    await net?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** A source package for its sandbox. */
  const packageFor = ({ instance }: Neighbour, name: string) => {
    const { distribution = '', suffix = '' } = targets.get(instance) ?? {};
    return { name, version: `1.0${suffix}`, distribution };
  };
  const uploads = async (to: Neighbour, name: string, architecture = 'all'): Promise<void> =>
    dput(to.instance, await makeSource(to.instance.folder, { ...packageFor(to, name), architecture }));
  const starts = (to: Neighbour, name: string) => startBuild(to.instance, packageFor(to, name));
  const isPublished = (at: Neighbour, name: string) =>
    at.instance.reaches(name, packageFor(at, name).version, 'published');
  /** Who got the builds of a package, by architecture, one after the other. */
  const buildersOf = async (at: Neighbour, name: string): Promise<readonly (readonly [string, string])[]> => {
    const row = (await at.instance.uploads()).find(({ source }) => source === name);
    return (await at.events('BuildAssigned')).flatMap(({ build, builder }) => {
      const found = row?.builds.find((each) => each.build === build);
      return found === undefined ? [] : [[found.architecture, String(builder)] as const];
    });
  };

  const introduce = async (one: Neighbour, other: Neighbour): Promise<void> => {
    await one.does('remote', { action: 'add', instance: other.place, fingerprint: await other.fingerprint() });
    const { fingerprint } = await other.says('RemoteIntroduced', ({ remote }) => remote === one.place);
    assert.equal(fingerprint, await one.fingerprint());
    await other.does('remote', { action: 'add', instance: one.place, fingerprint });
    await other.does('remote', { action: 'activate', instance: one.place });
    await one.does('remote', { action: 'activate', instance: other.place });
  };
  /** Waits until a remote says that it takes our builds. */
  const isReadyFor = (one: Neighbour, other: Neighbour) =>
    eventually(`${other.place} to build for ${one.place}`, 60, async () => {
      const { statement } = await other.instance.json<{ statement: string }>('peerstatus');
      const trusts = /^Trusts:\n((?: .*\n)*)/m.exec(statement)?.[1] ?? '';
      const chroots = (await one.events('RemoteFound')).filter(({ remote }) => remote === other.place);
      return trusts.includes(await one.fingerprint()) && (chroots.at(-1)?.chroots as [])?.length > 0 ? true : undefined;
    });

  it('come to trust each other by the keys that their administrators compared', async () => {
    const wrong = { action: 'add', instance: bert.place, fingerprint: 'F'.repeat(40) };
    assert.equal((await ernie.tries('remote', wrong)).status, 409);
    await introduce(ernie, bert);
    for (const [one, other] of [
      [ernie, bert],
      [bert, ernie],
    ] as const) {
      await isReadyFor(one, other);
    }
  });

  it('share builds both ways: what finds no place at home is built elsewhere, with sbuild, and installed', async () => {
    for (const [one, other] of [
      [ernie, bert],
      [bert, ernie],
    ] as const) {
      const busy = await starts(one, 'busy');
      await uploads(one, 'elsewhere');
      await isPublished(one, 'elsewhere');
      assert.deepEqual(await buildersOf(one, 'busy'), [['amd64', one.host.address]]);
      assert.deepEqual(await buildersOf(one, 'elsewhere'), [['amd64', other.place]]);
      await busy.letEnd();
    }
  });
});
