import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { presets } from '../../src/domain/configuration/presets.ts';

/** Codename → version, as Debian's own table of releases has them; a release that was never numbered has none. */
const releasesOf = (vendor: string): ReadonlyMap<string, { readonly version: string; readonly isReleased: boolean }> =>
  new Map(
    readFileSync(`/usr/share/distro-info/${vendor}.csv`, 'utf8')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => line.split(','))
      .map(([version = '', , series = '', , released = '']) => [
        series,
        { version: version.replace(/ LTS$/, ''), isReleased: released !== '' },
      ]),
  );

it('presets name and number releases as distro-info-data does', () => {
  const tables = { debian: releasesOf('debian'), ubuntu: releasesOf('ubuntu') };
  const ours = presets.map(({ vendor, codename, codeversion }) => `${vendor} ${codename} ${codeversion}`);
  const theirs = presets.map(({ vendor, codename }) => {
    const release = tables[vendor].get(codename);
    assert.ok(release, `${vendor} has no ${codename}`);
    const number = release.isReleased ? release.version.replace('.', '') : `~${codename.toUpperCase()}`;
    return `${vendor} ${codename} ${number}`;
  });
  assert.deepEqual(ours, theirs);
});
