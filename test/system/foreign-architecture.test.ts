import assert from 'node:assert/strict';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../support/remove-folder.ts';
import { clientApt } from './support/client-apt.ts';
import { dput, sandbox } from './support/instance.ts';
import { type Declaration, introduce, isReadyFor, type Neighbour, startNeighbour } from './support/neighbour.ts';
import { type Network, network } from './support/network.ts';
import { eventually, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';
import { wayOut } from './support/way-out.ts';

/** Of this machine → what it runs besides without an emulator, and how many bytes a pointer has in either. */
const relatives: Readonly<Record<string, readonly [foreign: string, own: number, foreigns: number]>> = {
  amd64: ['i386', 8, 4],
  arm64: ['armhf', 8, 4],
};

const relativeOf = (architecture: string) => {
  const found = relatives[architecture];
  if (found === undefined) throw new Error(`it is not known what else a machine of ${architecture} runs`);
  return found;
};

/** Says in the log of its build what the compiler of the chroot makes, by running it. */
const saysPointers = [
  `echo 'int main(void) { return sizeof(void *); }' > sized.c`,
  'cc -o sized sized.c',
  './sized || { size=$$?; echo "on $$(dpkg --print-architecture) pointers have $$size bytes"; }',
].join('\n');

describe('an instance with chroots of one architecture only', () => {
  let own: string;
  let net: Network;
  let folder: string;
  let apt: Awaited<ReturnType<typeof wayOut>>;
  let ernie: Neighbour;
  let oscar: Neighbour;

  before(async () => {
    own = (await run('dpkg', ['--print-architecture'])).trim();
    const [foreign] = relativeOf(own);
    net = await network();
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-foreign-'));
    apt = await wayOut(net.gateway, folder);
    const env = { APT_CONFIG: apt.setting, MINI_BUILDD_BUILDS: '1' };
    const alsoForeign = ({ distributions }: Declaration): void => {
      for (const each of Object.values(distributions)) {
        each.architectures.push({ architecture: foreign, optional: false, buildsArchAll: false });
        // The base is enough, and less to fetch.
        each.extras = [];
      }
    };
    ernie = await startNeighbour('ernie', await net.host(), env, alsoForeign);
    oscar = await startNeighbour('oscar', await net.host(), env, (declared) => {
      declared.repositories = {};
      alsoForeign(declared);
      declared.chroots = Object.fromEntries(
        Object.entries(declared.chroots).map(([name, chroot]) => [name.replace(`-${own}`, `-${foreign}`), chroot]),
      );
    });
  });
  after(async () => {
    for (const each of [ernie, oscar]) await each?.instance.remove();
    apt?.close();
    await net?.remove();
    await removeFolder(folder);
  });

  it('has what others alone can build built there, and apt takes both', async () => {
    const [foreign, ownBytes, foreignBytes] = relativeOf(own);
    await eventually('oscar to have its chroot', 600, async () => {
      const [failure] = await oscar.events('ChrootFailed');
      if (failure !== undefined) throw new Error(JSON.stringify(failure));
      return (await oscar.events('ChrootPrepared')).find(({ architecture }) => architecture === foreign);
    });
    await introduce(ernie, oscar);
    await isReadyFor(ernie, oscar);
    const { distribution = '', suffix = '' } = await sandbox(ernie.instance);
    const version = `1.0${suffix}`;
    const tree = { name: 'both', version, distribution, architecture: 'any', build: saysPointers };
    await dput(ernie.instance, await makeSource(ernie.instance.folder, tree));
    const { builds } = await ernie.instance.reaches('both', version, 'published');

    const builders = new Map((await ernie.events('BuildAssigned')).map(({ build, builder }) => [build, builder]));
    assert.deepEqual(
      new Map(builds.map(({ build, architecture }) => [architecture, builders.get(build)])),
      new Map([
        [own, ernie.host.address],
        [foreign, oscar.place],
      ]),
    );
    for (const { build, architecture } of builds) {
      const log = await (await fetch(`http://${ernie.instance.http}/mini_buildd/builds/${build}/log`)).text();
      const bytes = architecture === own ? ownBytes : foreignBytes;
      assert.match(log, new RegExp(`^on ${architecture} pointers have ${bytes} bytes$`, 'm'));
    }
    const client = await clientApt(ernie.instance, distribution);
    const both = ['-o', `APT::Architectures=${own},${foreign}`];
    await client.apt(...both, 'update');
    for (const architecture of [own, foreign]) {
      await client.apt(...both, 'download', `both:${architecture}`);
      const deb = (await readdir(client.folder)).find((name) => name.endsWith(`_${architecture}.deb`)) ?? '';
      const says = await run('dpkg-deb', ['--field', join(client.folder, deb), 'Architecture']);
      assert.equal(says.trim(), architecture);
    }
  });
});
