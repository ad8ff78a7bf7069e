import type { Codename, Component } from '../debian/names.ts';
import type { SourceConfigured } from './events.ts';

export type Vendor = 'debian' | 'ubuntu';

/** One suite of a release, as its vendor's archives have it. Where they are, the host and the administrator know. */
export type Pocket = Pick<SourceConfigured, 'origin' | 'suite' | 'pin' | 'removeFromComponents'> & {
  /** Whose mirror it lies on: `debian`, or `debian-security`. */
  readonly mirror: string;
  /** Null is apt's own: updates and security are taken like the release itself; backports only where nothing else will do. */
  readonly priority: number | null;
};

export type Preset = {
  readonly vendor: Vendor;
  readonly codename: Codename;
  /** What versions carry: of testing and unstable their names, which sort below every number. */
  readonly codeversion: string;
  readonly components: readonly Component[];
  readonly base: Pocket;
  readonly extras: readonly Pocket[];
};

const plain = { pin: {}, removeFromComponents: '', priority: null };

const debianComponents = [
  'main',
  'contrib',
  'non-free',
  'non-free-firmware',
] as readonly string[] as readonly Component[];

/** Security's Release still writes `updates/` before its components; backports have an origin of their own. */
const debian = (
  codename: string,
  codeversion: string,
  pockets: readonly ('updates' | 'security' | 'backports')[],
): Preset => {
  const made: Readonly<Record<(typeof pockets)[number], Partial<Pocket>>> = {
    updates: {},
    security: { mirror: 'debian-security', removeFromComponents: 'updates/' },
    backports: { origin: 'Debian Backports', priority: 1 },
  };
  const base: Pocket = { ...plain, origin: 'Debian', mirror: 'debian', suite: codename };
  return {
    vendor: 'debian',
    codename: codename as Codename,
    codeversion,
    components: debianComponents,
    base,
    extras: pockets.map((pocket) => ({ ...base, suite: `${codename}-${pocket}`, ...made[pocket] })),
  };
};

/** Ubuntu's pockets share the codename of their release, so that only their suite sets them apart. */
const ubuntu = (codename: string, codeversion: string): Preset => {
  const base: Pocket = { ...plain, origin: 'Ubuntu', mirror: 'ubuntu', suite: codename };
  const pocket = (suite: string, news: Partial<Pocket>): Pocket => ({
    ...base,
    suite,
    pin: { Codename: codename, Suite: suite },
    ...news,
  });
  return {
    vendor: 'ubuntu',
    codename: codename as Codename,
    codeversion,
    components: ['main', 'universe', 'restricted', 'multiverse'] as readonly string[] as readonly Component[],
    base: { ...base, pin: { Suite: codename } },
    extras: [
      pocket(`${codename}-updates`, {}),
      pocket(`${codename}-security`, { mirror: 'ubuntu-security' }),
      pocket(`${codename}-backports`, { priority: 1 }),
    ],
  };
};

/** What people build for these days; anything else is declared by hand. */
export const presets: readonly Preset[] = [
  debian('bookworm', '12', ['updates', 'security', 'backports']),
  debian('trixie', '13', ['updates', 'security', 'backports']),
  debian('forky', '~FORKY', ['updates', 'security']),
  debian('sid', '~SID', []),
  ubuntu('jammy', '2204'),
  ubuntu('noble', '2404'),
  ubuntu('resolute', '2604'),
];
