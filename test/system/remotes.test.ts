import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Certificate, issuedBy, selfSigned } from '../support/certificates.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { startBuild } from './support/build-under-way.ts';
import { clientApt } from './support/client-apt.ts';
import { signedBy, unsigned, writeForgery } from './support/forged-results.ts';
import { dput, type Instance, sandbox } from './support/instance.ts';
import { type Declaration, introduce, isReadyFor, type Neighbour, startNeighbour } from './support/neighbour.ts';
import { type Host, type Network, network } from './support/network.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource, type SourceTree } from './support/source-package.ts';
import { templates } from './support/template.ts';
import { wayOut } from './support/way-out.ts';

/** How long a remote may be silent before it loses its builds. Seconds. */
const lease = 45;

/** What is found is noted, and denies nothing. */
const wantLintian = ({ distributions }: Declaration): void => {
  for (const each of Object.values(distributions)) each.checks = { lintian: { mode: 'ignore', options: [] } };
};

/** What an instance on `host` is told to speak TLS with, by a certificate of `authority`, which this machine knows and no chroot does. */
const secured = async (
  authority: Certificate,
  host: Host,
  folder: string,
): Promise<Readonly<Record<string, string>>> => {
  const own = join(folder, host.address);
  await mkdir(own);
  const { certificateFile, keyFile } = issuedBy(authority, own, host.address);
  await run('chown', ['-R', 'mini-buildd:mini-buildd', own]);
  return {
    MINI_BUILDD_TLS_CERTIFICATE: certificateFile,
    MINI_BUILDD_TLS_KEY: keyFile,
    SSL_CERT_FILE: authority.certificateFile,
    NODE_EXTRA_CA_CERTS: '',
  };
};

/**
 * Ernie and bert have repositories and a chroot each, and one place; grover only builds. Each is on a host of its own; what
 * they know of each other comes over the wire, by TLS.
 */
describe('three instances in networks of their own', () => {
  let net: Network;
  let folder: string;
  let authority: Certificate;
  let apt: Awaited<ReturnType<typeof wayOut>>;
  let ernie: Neighbour;
  let bert: Neighbour;
  let grover: Neighbour;
  const targets = new Map<Instance, Awaited<ReturnType<typeof sandbox>>>();

  before(async () => {
    net = await network();
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-network-'));
    apt = await wayOut(net.gateway, folder);
    authority = selfSigned('an authority');
    for (const each of [folder, join(authority.certificateFile, '..')]) await chmod(each, 0o755);
    const start = async (id: string, places: number, change: (declared: Declaration) => void): Promise<Neighbour> => {
      const host = await net.host();
      const env = {
        ...(await secured(authority, host, folder)),
        APT_CONFIG: apt.setting,
        MINI_BUILDD_REMOTE_LEASE: String(lease),
        MINI_BUILDD_BUILDS: String(places),
        // Nobody uploads there by dput, which has no FTP by TLS.
        ...(id === 'grover' ? { MINI_BUILDD_FTP_TLS: 'required' } : {}),
      };
      return startNeighbour(id, { ...host, url: `https://${host.address}:8443` }, env, change);
    };
    ernie = await start('ernie', 1, wantLintian);
    bert = await start('bert', 1, () => undefined);
    grover = await start('grover', 2, (declared) => {
      declared.repositories = {};
      wantLintian(declared);
    });
    for (const { instance } of [ernie, bert]) targets.set(instance, await sandbox(instance));
  });
  after(async () => {
    for (const each of [ernie, bert, grover]) await each?.instance.remove();
    apt?.close();
    await net?.remove();
    authority?.remove();
    await removeFolder(folder);
  });

  /** A source package for its sandbox. */
  const packageFor = ({ instance }: Neighbour, name: string) => {
    const { distribution = '', suffix = '' } = targets.get(instance) ?? {};
    return { name, version: `1.0${suffix}`, distribution };
  };
  const uploads = async (to: Neighbour, name: string, more: Partial<SourceTree> = {}): Promise<void> =>
    dput(to.instance, await makeSource(to.instance.folder, { ...packageFor(to, name), ...more }));
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

  /** An apt that knows the distribution of ernie, and believes the authority. */
  const client = async () => {
    const { folder: place, apt: plain } = await clientApt(ernie.instance, packageFor(ernie, '').distribution);
    const trust = ['-o', `Acquire::https::CAInfo=${authority.certificateFile}`];
    await plain('update', ...trust);
    return { folder: place, apt: (...words: string[]) => plain(...words, ...trust) };
  };

  it('come to trust each other by the keys that their administrators compared', async () => {
    const wrong = { action: 'add', instance: bert.url, fingerprint: 'F'.repeat(40) };
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

  it('say how far a build elsewhere is, and end it there with all that it has on that machine when it is cancelled', async () => {
    const dropped = await starts(ernie, 'dropped');
    assert.deepEqual(await buildersOf(ernie, 'dropped'), [['amd64', grover.place]]);
    const { out } = await ernie.instance.tool('progress', `build-${dropped.build}`);
    assert.match(out, /^dropped \S+ amd64: building \(Build\)$/m);
    const page = (await ernie.page(`builds/${dropped.build}`)).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    assert.match(page, / build \S goes on /);
    await ernie.does('cancel', { builds: dropped.build, reason: 'the wrong branch' });
    const { reason } = await grover.says('BuildrequestCancelled', () => true);
    assert.match(String(reason), /does not wait for it any more/);
    await dropped.leavesNothingAt(grover.instance);
    const { version } = packageFor(ernie, 'dropped');
    const { refusal } = await ernie.instance.reaches('dropped', version, 'failed');
    assert.match(refusal?.fact ?? '', /cancelled: the wrong branch/);
  });

  it('install what a build needs from the repository of who asked, whose authority no chroot knows', async () => {
    await uploads(ernie, 'needing', { architecture: 'any', buildDepends: 'cut', build: 'dpkg-query --status cut' });
    const { builds } = await isPublished(ernie, 'needing');
    assert.deepEqual(await buildersOf(ernie, 'needing'), [['amd64', grover.place]]);
    const log = await (await fetch(`http://${ernie.instance.http}/mini_buildd/builds/${builds[0]?.build}/log`)).text();
    assert.match(log, new RegExp(`^Get:\\d+ https://${ernie.place}/repositories/test .* cut `, 'm'));
    const { apt, folder: place } = await client();
    await apt('download', 'needing');
    assert.ok((await readdir(place)).some((name) => name.startsWith('needing_')));
  });

  it('build again what stands, as the binNMU that was asked for', async () => {
    const { distribution, version } = packageFor(ernie, 'needing');
    await ernie.does('binnmu', { distribution, package: 'needing', reason: 'Rebuild for a test' });
    const { binNmu } = await ernie.says('BinNmuPlanned');
    await eventually('apt to see it', 180, async () => {
      const { apt } = await client();
      return (await apt('policy', 'needing')).includes(`Candidate: ${version}+b1\n`) || undefined;
    });
    const [scheduled] = (await ernie.events('BinNmuScheduled')).filter((each) => each.binNmu === binNmu);
    const [given] = (await ernie.events('BuildAssigned')).filter(({ build }) =>
      String(build).startsWith(String(scheduled?.upload)),
    );
    assert.equal(given?.builder, grover.place);
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
      240,
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
