import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Installability } from '../../src/ports/installability.ts';
import { amd64, trixieSources } from '../support/fixed-examples.ts';

const [debian, security] = trixieSources;

const stanza = (name: string, version: string, depends = ''): string =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\n${depends === '' ? '' : `Depends: ${depends}\n`}\n`;

/** What every way to look for packages that cannot be installed does. `make`: one to which the source `debian-trixie` has these stanzas. */
export const installabilityContract = (name: string, make: (debianHas: string) => Installability): void => {
  describe(name, () => {
    const examine = (
      packages: string,
      debianHas = stanza('libc6', '2.41-12'),
      beside = debian === undefined ? [] : [debian],
    ) => make(debianHas).examine({ architecture: amd64, packages: Buffer.from(packages, 'latin1'), beside });
    const broken = async (...given: Parameters<typeof examine>) => {
      const answer = await examine(...given);
      assert.ok('broken' in answer, JSON.stringify(answer));
      return answer.broken.map((each) => `${each.package} ${each.version}`).sort();
    };

    it('finds nothing wrong with nothing', async () => assert.deepEqual(await broken(''), []));
    it('finds nothing wrong with what has all that it needs', async () =>
      assert.deepEqual(await broken(stanza('hello', '1.0', 'greet, libc6') + stanza('greet', '1.0')), []));
    it('names what needs something that is nowhere, and all that needs that, and says what', async () => {
      const packages = stanza('hello', '1.0', 'greet') + stanza('greet', '2:1.10', 'libgreet1') + stanza('other', '3');
      assert.deepEqual(await broken(packages), ['greet 2:1.10', 'hello 1.0']);
      const answer = await examine(packages);
      assert.ok('broken' in answer && answer.broken.every(({ because }) => because.includes('libgreet1')));
    });
    it('asks nothing of the packages of the archives beside', async () =>
      assert.deepEqual(
        await broken(stanza('hello', '1.0', 'libc6'), stanza('libc6', '2') + stanza('x', '1', 'y')),
        [],
      ));
    it('does not know where the host has nothing of an archive, and says which', async () => {
      const answer = await examine(
        stanza('hello', '1.0'),
        '',
        [debian, security].flatMap((each) => each ?? []),
      );
      assert.ok('unknown' in answer && answer.unknown.includes('debian-trixie-security'), JSON.stringify(answer));
    });
  });
};
