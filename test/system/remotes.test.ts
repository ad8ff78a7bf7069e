import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBuild } from './support/build-under-way.ts';
import { signedBy, unsigned, writeForgery } from './support/forged-results.ts';
import { dput, type Instance, sandbox } from './support/instance.ts';
import { type Declaration, introduce, isReadyFor, type Neighbour, startNeighbour } from './support/neighbour.ts';
import { type Network, network } from './support/network.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';
import { templates } from './support/template.ts';
import { wayOut } from './support/way-out.ts';

/** How long a remote may be silent before it loses its builds. Seconds. */
const lease = 45;

/** What is found is noted, and denies nothing. */
const wantLintian = ({ distributions }: Declaration): void => {
  for (const each of Object.values(distributions)) each.checks = { lintian: { mode: 'ignore', options: [] } };
};

/**
 * Ernie and bert have repositories and a chroot each, and one place; grover only builds. Each is on a host of its own; what
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
    ernie = await startNeighbour('ernie', hosts[0], env, wantLintian);
    bert = await startNeighbour('bert', hosts[1], env, () => undefined);
    grover = await startNeighbour('grover', hosts[2], { ...env, MINI_BUILDD_BUILDS: '2' }, (declared) => {
      declared.repositories = {};
      wantLintian(declared);
    });
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
  const uploads = async (to: Neighbour, name: string): Promise<void> =>
    dput(to.instance, await makeSource(to.instance.folder, packageFor(to, name)));
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

  it('go on when the cable was out in mid-build: one without chroots gets what one without repositories built', async () => {
    await introduce(ernie, grover);
    await isReadyFor(ernie, grover);
    await ernie.does('remote', { action: 'deactivate', instance: bert.place });
    for (const { chroot } of await templates(ernie.instance.name)) {
      if (!chroot.endsWith('-checks')) await ernie.does('chroot', { action: 'remove', name: chroot });
    }
    await eventually('grover to have the tools of checks', 300, async () =>
      (await grover.events('CheckChrootPrepared')).at(0),
    );
    const cut = await starts(ernie, 'cut');
    await grover.host.cut();
    await ernie.says('RemoteLost', ({ remote }) => remote === grover.place);
    await grover.host.heal();
    await cut.letEnd();
    await isPublished(ernie, 'cut');
    assert.deepEqual(await buildersOf(ernie, 'cut'), [['amd64', grover.place]]);
    const { out } = await ernie.instance.tool('why', 'cut');
    assert.match(out, new RegExp(`${grover.place} has a chroot for \\w+/amd64 and room`));
    const checks = (await ernie.events('CheckStarted')).filter(({ check }) => String(check).startsWith(cut.build));
    assert.deepEqual(
      checks.map(({ check, builder }) => [check, builder]),
      [[`${cut.build}-lintian`, grover.place]],
      'it is checked where it was built',
    );
    assert.equal((await ernie.events('BuildWithdrawn')).length, 0);
  });

  it('take no result that is unsigned, by another key, altered, or for another request', async () => {
    const held = await starts(ernie, 'held');
    const [dispatched] = (await ernie.events('BuildDispatched')).filter(({ build }) => build === held.build);
    assert.ok(dispatched);
    const { sha256: request } = dispatched.request as { readonly sha256: string };
    const { name: source, version, distribution } = packageFor(ernie, 'held');
    const forged = { request, source, version, distribution };
    const genuine = await signedBy(grover.instance, await grover.fingerprint(), forged);
    const send = async (changes: string) =>
      dput(ernie.instance, await writeForgery(ernie.instance.folder, forged, changes));

    for (const [index, changes] of [
      unsigned(forged),
      await signedBy(bert.instance, await bert.fingerprint(), forged),
      genuine.replace('Times: 1 1 2', 'Times: 1 1 3'),
    ].entries()) {
      await send(changes);
      const rejected = await eventually('its rejection', 60, async () => (await ernie.events('UploadRejected'))[index]);
      assert.equal(rejected.rule, 'unknown-remote');
    }
    await send(await signedBy(grover.instance, await grover.fingerprint(), { ...forged, request: '0'.repeat(64) }));
    const refused = await ernie.says('RemoteUploadRefused');
    assert.deepEqual([refused.remote, refused.rule], [grover.place, 'no-such-request']);
    assert.match(await ernie.page('administration/builders'), /no-such-request/);

    assert.deepEqual(
      (await ernie.events('BuildresultReceived')).filter(({ build }) => build === held.build),
      [],
    );
    await held.letEnd();
    await isPublished(ernie, 'held');
  });

  it('take a build away from whom they trust no more, and nothing that it sends', async () => {
    const doubted = await starts(ernie, 'doubted');
    await ernie.does('remote', { action: 'activate', instance: bert.place });
    await isReadyFor(ernie, bert);
    await ernie.does('remote', { action: 'deactivate', instance: grover.place });
    const { reason } = await ernie.says('BuildWithdrawn', ({ build }) => build === doubted.build);
    assert.equal(reason, 'it is not active any more');
    const before = (await ernie.events('UploadRejected')).length;
    await bert.says('BuildrequestStarted', () => true);
    await doubted.isUnderWay(2);
    // The two of them, in whatever order.
    await doubted.letEnd();
    await doubted.letEnd();
    await isPublished(ernie, 'doubted');
    assert.deepEqual(await buildersOf(ernie, 'doubted'), [
      ['amd64', grover.place],
      ['amd64', bert.place],
    ]);
    const rejected = await eventually(
      'what grover sent',
      60,
      async () => (await ernie.events('UploadRejected'))[before],
    );
    assert.equal(rejected.rule, 'unknown-remote');
  });

  it('lose nothing when a builder is killed: its build goes elsewhere', async () => {
    const killed = await starts(ernie, 'killed');
    assert.deepEqual(await buildersOf(ernie, 'killed'), [['amd64', bert.place]]);
    await ernie.does('remote', { action: 'activate', instance: grover.place });
    await bert.instance.kill();
    const { reason } = await ernie.says('BuildWithdrawn', ({ build }) => build === killed.build);
    assert.match(String(reason), /^nothing was heard of it for \d+ s$/);
    await killed.isUnderWay(2);
    await killed.letEnd();
    await isPublished(ernie, 'killed');
    assert.deepEqual((await buildersOf(ernie, 'killed')).at(-1), ['amd64', grover.place]);
  });

  it('lose nothing when the root helper of a builder is killed: it builds again', async () => {
    const again = await starts(ernie, 'again');
    await grover.instance.killHelper();
    await grover.says('BuildrequestInterrupted');
    grover.instance.startHelper();
    await grover.says('BuildrequestStarted', ({ attempt }) => attempt === 2);
    await again.letEnd();
    await isPublished(ernie, 'again');
    assert.deepEqual(await buildersOf(ernie, 'again'), [['amd64', grover.place]]);
  });

  it('see that somebody else came to the address of one that they trust', async () => {
    const { instance } = bert;
    await instance.killHelper();
    await rename(instance.home, `${instance.home}-before`);
    await mkdir(join(instance.home, 'run'), { recursive: true });
    await run('chown', ['-R', 'mini-buildd:mini-buildd', instance.home]);
    instance.startHelper();
    assert.equal((await instance.verb(['setup', '--bare', '--id', 'bert'])).code, 0);
    await instance.start();
    await ernie.says('RemoteLost', ({ remote, rule }) => remote === bert.place && rule === 'another-key');
    assert.match(await ernie.page('administration/builders'), /is not signed with/);
  });
});
