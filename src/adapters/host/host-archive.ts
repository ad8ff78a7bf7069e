import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Host, HostSuite } from '../../domain/configuration/first-run.ts';
import { Architecture, Codename, Component } from '../../domain/debian/names.ts';

const run = promisify(execFile);

/**
 * The host's own archive, from its apt configuration and lists (`apt-get update` must have run): which distribution this
 * is, and where its packages, updates and security updates come from. Throws a sentence for the administrator.
 */
export const readHostArchive = async (): Promise<Host> => {
  const release = await readFile('/etc/os-release', 'utf8');
  const { stdout: architecture } = await run('dpkg', ['--print-architecture']);
  const { stdout: targets } = await run('apt-get', ['indextargets', 'Created-By: Packages'], { maxBuffer: 1 << 26 });
  return hostArchive(release, architecture, targets);
};

/** The same from the texts of os-release(5), `dpkg --print-architecture` and `apt-get indextargets` (apt-get(8)). */
export const hostArchive = (osRelease: string, dpkgArchitecture: string, indexTargets: string): Host => {
  const codename = /^VERSION_CODENAME="?([^"\n]*)/m.exec(osRelease)?.[1];
  const architecture = dpkgArchitecture.trim();
  if (!Codename.is(codename)) throw new Error('/etc/os-release names no VERSION_CODENAME: is this a Debian release?');
  if (!Architecture.is(architecture)) throw new Error(`dpkg prints an architecture we cannot read: ${architecture}`);
  const suites = suitesFor(codename, architecture, indexTargets);
  if (!suites.some(({ suite }) => suite === codename)) {
    throw new Error(`apt knows no source for ${codename}: check /etc/apt/sources.list.d and run apt-get update`);
  }
  return { codename, architecture, suites };
};

/** Suites besides the base that apt would take from by itself. */
const companions = ['', '-updates', '-security'];

const suitesFor = (codename: string, architecture: string, indexTargets: string): readonly HostSuite[] => {
  const targets = indexTargets
    .split(/\n\n+/)
    .map(fieldsOf)
    .filter((target) => ['Debian', 'Ubuntu'].includes(target.get('Origin') ?? ''))
    .filter((target) => target.get('Architecture') === architecture)
    .filter((target) => companions.some((suffix) => target.get('Release') === `${codename}${suffix}`));
  return [...Map.groupBy(targets, (target) => target.get('Release') ?? '')].map(([suite, same]) =>
    suiteOf(suite, same),
  );
};

type Fields = ReadonlyMap<string, string>;

const fieldsOf = (stanza: string): Fields =>
  new Map(
    stanza.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );

const suiteOf = (suite: string, targets: readonly Fields[]): HostSuite => {
  const origin = targets[0]?.get('Origin') ?? '';
  const signedBy = targets[0]?.get('Signed-By') ?? '';
  return {
    origin,
    suite,
    version: targets[0]?.get('Version'),
    uris: [...new Set(targets.map((target) => target.get('Repo-URI') ?? ''))],
    components: [...new Set(targets.map((target) => target.get('Component')))].filter(Component.is),
    keyring: signedBy.startsWith('/') ? signedBy : `/usr/share/keyrings/${origin.toLowerCase()}-archive-keyring.gpg`,
  };
};
