import { describe, it } from 'node:test';
import type { PackageInstalled } from '../../../src/domain/archive/events.ts';
import type { Owned } from '../../../src/domain/archive/obstacles.ts';
import { type PackageCommand, packageDecider } from '../../../src/domain/archive/package.ts';
import type { Version } from '../../../src/domain/debian/names.ts';
import {
  amd64,
  distribution,
  hello3,
  hello4,
  hello5,
  helloInstalled,
  helloReleased,
  helloReserved,
  main,
  stored,
  unstable,
  uploadId,
  version,
} from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(packageDecider);

const reserve = (
  upload = 1,
  of: Version = hello3,
  news: Partial<ReturnType<typeof helloReserved>> = {},
): PackageCommand => {
  const { type, ...claim } = { ...helloReserved(uploadId(upload), of), ...news };
  return { command: 'ReserveVersion', ...claim };
};
const release = (upload = 1, of: Version = hello3): PackageCommand => {
  const { type, ...claim } = helloReleased(uploadId(upload), of);
  return { command: 'ReleaseVersion', ...claim };
};
const install = (
  upload = 1,
  of: Version = hello3,
  news: Partial<PackageInstalled> = {},
  ownedElsewhere: Owned['ownedElsewhere'] = [],
): PackageCommand => {
  const { type, ...installed } = { ...helloInstalled(uploadId(upload), of), ...news };
  return { command: 'InstallPackage', ownedElsewhere, ...installed };
};

const reserved = (upload = 1, of: Version = hello3) => helloReserved(uploadId(upload), of);
const installed = (upload = 1, of: Version = hello3, news: Partial<PackageInstalled> = {}) =>
  helloInstalled(uploadId(upload), of, news);
const released = (upload = 1, of: Version = hello3) => helloReleased(uploadId(upload), of);

const stable = distribution('trixie-acme-stable');

describe('Reserving a version', () => {
  it('claims it', () => given().when(reserve()).thenSaid(reserved()));
  it('is done once: a judge that was killed finds its own claim', () =>
    given(reserved()).when(reserve()).thenNothing());
  it('is refused while another upload holds it', () =>
    given(reserved()).when(reserve(2)).thenRefused('version-in-progress'));
  it('is allowed for a higher version meanwhile', () =>
    given(reserved()).when(reserve(2, hello4)).thenSaid(reserved(2, hello4)));
  it('is refused for a version that was installed', () =>
    given(reserved(), installed()).when(reserve(2)).thenRefused('version-exists'));
  it('is refused for a version installed in another distribution of the repository', () =>
    given(reserved(), installed(1, hello3, { distribution: stable }))
      .when(reserve(2))
      .thenRefused('version-exists'));
  it('is refused for a lower version than the distribution holds', () =>
    given(reserved(1, hello4), installed(1, hello4)).when(reserve(2)).thenRefused('version-not-greater'));
  it('is refused for a version that is written differently and is the same', () =>
    given(reserved(1, version('1.0')), installed(1, version('1.0')))
      .when(reserve(2, version('1.00')))
      .thenRefused('version-not-greater'));
  it('is allowed for a lower version than another distribution holds', () =>
    given(reserved(1, hello4), installed(1, hello4, { distribution: stable }))
      .when(reserve(2))
      .thenSaid(reserved(2)));
  it('is allowed again after it was released', () =>
    given(reserved(), released()).when(reserve(2)).thenSaid(reserved(2)));
  it('is refused for a version that differs from an installed one in its epoch only: file names have none', () =>
    given(reserved(1, version('1:2.10-3')), installed(1, version('1:2.10-3')))
      .when(reserve(2, version('2:2.10-3')))
      .thenRefused('version-exists'));
  it('is refused for a version that differs from one in progress in its epoch only', () =>
    given(reserved(1, version('1:2.10-3')))
      .when(reserve(2, version('2:2.10-3')))
      .thenRefused('version-in-progress'));
  it('is refused when a tarball has other bytes than the installed one of that name', () =>
    given(reserved(), installed())
      .when(reserve(2, hello4, { sources: [stored('hello_2.10.orig.tar.gz', 'other bytes')] }))
      .thenRefused('pool-conflict'));
  it('is refused when a tarball has other bytes than the one on its way', () =>
    given(reserved())
      .when(reserve(2, hello4, { sources: [stored('hello_2.10.orig.tar.gz', 'other bytes')] }))
      .thenRefused('pool-conflict'));
  it('forgets the tarballs of a version that never arrived', () => {
    const other = { sources: [stored('hello_2.10.orig.tar.gz', 'other bytes')] };
    given(reserved(), released())
      .when(reserve(2, hello4, other))
      .thenSaid({ ...reserved(2, hello4), ...other });
  });
});

describe('Releasing a version', () => {
  it('ends the claim', () => given(reserved()).when(release()).thenSaid(released()));
  it('says nothing when there is no claim', () => given().when(release()).thenNothing());
  it('says nothing twice', () => given(reserved(), released()).when(release()).thenNothing());
  it('leaves the claim of another upload alone', () => given(reserved()).when(release(2)).thenNothing());
  it('leaves an installed version alone', () => given(reserved(), installed()).when(release()).thenNothing());
});

describe('Installing a package', () => {
  it('needs the claim', () => given().when(install()).thenRefused('not-reserved'));
  it('needs its own claim', () => given(reserved()).when(install(2)).thenRefused('not-reserved'));
  it('is refused after the claim was released', () =>
    given(reserved(), released()).when(install()).thenRefused('not-reserved'));
  it('is done', () => given(reserved()).when(install()).thenSaid(installed()));
  it('is done once', () => given(reserved(), installed()).when(install()).thenNothing());
  it('is refused when a higher version came meanwhile', () =>
    given(reserved(), reserved(2, hello4), installed(2, hello4)).when(install()).thenRefused('overtaken'));
  it('goes on when the higher version is in another distribution', () =>
    given(reserved(), reserved(2, hello4), installed(2, hello4, { distribution: stable }))
      .when(install())
      .thenSaid(installed()));
  it('is refused when another source of the distribution has one of its binary packages', () =>
    given(reserved())
      .when(install(1, hello3, {}, [{ distribution: unstable, package: 'hello', source: 'hello-traditional' }]))
      .thenRefused('binary-of-other-source'));

  const data = (bytes: string) => ({
    package: 'hello-data',
    version: version('1.0'),
    architecture: amd64,
    component: main,
    file: stored('hello-data_1.0_amd64.deb', bytes),
  });
  it('is refused when a binary package has other bytes than an installed one of that file name', () =>
    given(reserved(), installed(1, hello3, { binaries: [data('one')] }), reserved(2, hello5))
      .when(install(2, hello5, { binaries: [data('other')] }))
      .thenRefused('pool-conflict'));
  it('goes on when a binary package is the very file that was installed', () =>
    given(reserved(), installed(1, hello3, { binaries: [data('one')] }), reserved(2, hello5))
      .when(install(2, hello5, { binaries: [data('one')] }))
      .thenSaid(installed(2, hello5, { binaries: [data('one')] })));
  it('is refused when two builds made one file name with different bytes', () =>
    given(reserved())
      .when(install(1, hello3, { binaries: [data('one'), data('other')] }))
      .thenRefused('pool-conflict'));
});
