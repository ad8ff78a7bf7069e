import type { BuildOrder } from '../../../src/ports/builder.ts';

const banner = (title: string): string => {
  const edge = `+${'-'.repeat(78)}+`;
  return `\n${edge}\n| ${title.padEnd(77)}|\n${edge}\n\n`;
};

const underlined = (title: string): string => `\n${title}\n${'-'.repeat(title.length)}\n\n`;

/** How far a build has come, as sbuild writes it: its heading, and the chroot with what it needs. */
export const logSoFar = ({ source, version, architecture, codename }: BuildOrder): string =>
  [
    `sbuild (Debian sbuild) 0.85.0 (04 January 2023) on ernie\n`,
    banner(`${source} ${version} (${architecture})`),
    `Package: ${source}\nVersion: ${version}\nSource Version: ${version}\nDistribution: ${codename}\n`,
    `Host Architecture: ${architecture}\nBuild Architecture: ${architecture}\nBuild Type: full\n`,
    banner('Update chroot'),
    'Reading package lists...\nBuilding dependency tree...\n',
    banner('Fetch source files'),
    underlined('Local sources'),
    `${source}_${version}.dsc exists in /build; copying to chroot\n`,
    banner('Install package build dependencies'),
    underlined('Setup apt archive'),
    'Merged Build-Depends: build-essential, fakeroot, debhelper-compat (= 13)\n',
    ...Array.from(
      { length: 40 },
      (_, n) => `Get:${n + 1} http://deb.debian.example.org/debian ${codename}/main lib${n}\n`,
    ),
    banner('Build'),
    underlined('Unpack source'),
    `dpkg-source: info: extracting ${source} in ${source}-1\n`,
    underlined('dpkg-buildpackage'),
    'Command: dpkg-buildpackage --sanitize-env -us -uc -b -rfakeroot\n',
    `dpkg-buildpackage: info: source package ${source}\n dh build\n   dh_auto_configure\n\tmake -j2\n`,
    ...Array.from({ length: 60 }, (_, n) => compiling(n)),
  ].join('');

export const compiling = (n: number): string =>
  `gcc -DHAVE_CONFIG_H -I. -g -O2 -ffile-prefix-map=/build=. -Wformat -Werror=format-security -c -o part${n}.o part${n}.c\n`;

/** What a package may write to be a nuisance: terminal colours, markup, text turned around, and a line without end. */
const nuisance = [
  '\u001b[01m\u001b[Krocket.c:\u001b[m\u001b[K In function \u2018\u001b[01m\u001b[Klaunch\u001b[m\u001b[K\u2019:\n',
  '\u001b[01m\u001b[Krocket.c:12:5:\u001b[m\u001b[K \u001b[01;35m\u001b[Kwarning: \u001b[m\u001b[Kunused variable\n',
  '<script>alert("a log is no page")</script> & <img src=x onerror=alert(1)>\n',
  'turned around: \u202e\u2066 gnp.exe \u2069\u202c, a title: \u001b]0;owned\u0007, a bell: \u0007\n',
  `${'a line without end '.repeat(400)}\n`,
].join('');

const summary = ({ source, version, architecture }: BuildOrder, status: string, stage: string): string =>
  [
    banner('Summary'),
    `Build Architecture: ${architecture}\nBuild Type: full\nBuild-Space: 13940\nBuild-Time: 412\nDistribution: trixie\n`,
    status === 'successful' ? '' : `Fail-Stage: ${stage}\n`,
    `Host Architecture: ${architecture}\nInstall-Time: 31\nPackage: ${source}\nStatus: ${status}\nVersion: ${version}\n`,
  ].join('');

export const logOfFailure = (order: BuildOrder): string =>
  [
    logSoFar(order),
    nuisance,
    'rocket.c:40:12: error: \u2018thrust\u2019 undeclared (first use in this function)\n',
    'make[1]: *** [Makefile:31: rocket.o] Error 1\nmake: *** [debian/rules:9: build] Error 2\n',
    'dpkg-buildpackage: error: debian/rules build subprocess returned exit status 2\n',
    summary(order, 'attempted', 'build'),
  ].join('');

export const logOfSuccess = (order: BuildOrder): string =>
  [
    logSoFar(order),
    `dpkg-deb: building package '${order.source}' in '../${order.source}_${order.version}_${order.architecture}.deb'.\n`,
    'dpkg-genchanges: info: binary-only upload (no source code included)\n',
    banner('Cleanup'),
    'Purging /build/source\n',
    summary(order, 'successful', ''),
  ].join('');
