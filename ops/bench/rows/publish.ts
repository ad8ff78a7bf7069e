import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { repreproArchive } from '../../../src/adapters/reprepro/reprepro-archive.ts';
import type { HeldVersion } from '../../../src/ports/archive.ts';
import { distribution, publication, unstable, workshop } from '../../../test/adapters/reprepro/workshop.ts';
import { makeBinaryPackage, makeChanges } from '../../../test/support/deb.ts';
import { attempt, run } from '../../../test/system/support/programs.ts';
import { atLeast, type Bench, type Row, Skipped, shown } from '../row.ts';
import { timed } from '../turns.ts';

const installs = 100;

/** Installs that wait together are one batch: what that saves. reprepro by hand signs nothing here, we do. */
export const publish: Row = {
  name: 'publish',
  about: '100 installs waiting together, over 100 times reprepro include',
  prepare: async () => {
    if ((await attempt('sh', ['-c', 'command -v reprepro'])).code !== 0) throw new Skipped('reprepro is not installed');
  },
  run: async (bench) => {
    const folder = await bench.folder('publish');
    const shop = workshop(folder);
    const versions: HeldVersion[] = [];
    for (let n = 0; n < installs; n += 1) versions.push(await shop.hold({ source: `waiting-${n}`, version: '1.0-1' }));
    const keyring = openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now });
    const { fingerprint } = await keyring.newArchiveKey([]);
    const archive = repreproArchive({
      home: join(folder, 'repositories'),
      files: shop.files,
      keyring,
    });
    await archive.publish(publication([distribution(unstable, [])], 0, [fingerprint]), () => {});
    const include = await byHand(bench);
    let together = 0;
    const singly: number[] = [];
    for (let n = 0; n < installs && (n === 0 || Date.now() < bench.until()); n += 1) {
      if (n === 10) {
        bench.say('the batch');
        together = await timed(() =>
          archive.publish(publication([distribution(unstable, versions)], 1, [fingerprint]), () => {}),
        );
      }
      if (n % 20 === 0) bench.say(`${n} of ${installs} by hand`);
      singly.push(await include(n));
    }
    const all = (singly.reduce((sum, each) => sum + each, 0) / singly.length) * installs;
    const scaled = singly.length < installs ? `, counted from ${singly.length}` : '';
    return [
      {
        what: '100 sources with one binary each',
        ours: `${shown(together / 1000)} s`,
        peer: `100 times reprepro include ${shown(all / 1000)} s${scaled}`,
        ...atLeast(10, all / together),
      },
    ];
  },
};

/** Includes one more package, with its export, as somebody without a daemon does. */
const byHand = async (bench: Bench): Promise<(n: number) => Promise<number>> => {
  const folder = await bench.folder('reprepro-by-hand');
  await mkdir(join(folder, 'conf'));
  await writeFile(
    join(folder, 'conf', 'distributions'),
    `Codename: ${unstable}\nArchitectures: amd64 i386 source\nComponents: main contrib\n`,
  );
  return async (n) => {
    const name = `waiting-${n}`;
    const deb = await makeBinaryPackage(join(folder, 'made'), { package: name, version: '1.0-1' });
    const changes = await makeChanges(join(folder, 'made'), {
      source: name,
      version: '1.0-1',
      distribution: unstable,
      architecture: 'amd64',
      files: [deb],
    });
    return timed(() => run('reprepro', ['--silent', '--basedir', folder, 'include', unstable, changes]));
  };
};
