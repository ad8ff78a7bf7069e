/** What a field is for, in one sentence; `undefined` where its name says it. */
export const aboutField = (section: string, path: string): string | undefined => notes[section]?.[path];

const notes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  instance: {
    email: 'Who sends the mail of this instance; empty for an address made of its hostname.',
    allowEmailsTo:
      'A pattern: addresses that stand in uploads get mail only if it matches in them, such as @example[.]org$.',
    notify: 'Who is told of everything.',
    registration: 'Whether strangers may register an account.',
    portextFrom:
      'Beginnings of addresses, and folders of the host, from which foreign source packages may be ported. One a line.',
  },
  sources: {
    origin: 'As its Release file says: Debian.',
    suite: 'What follows the address in an apt source: trixie, trixie-security.',
    codename: 'Of the release it belongs to.',
    uris: 'Mirrors, one a line; the one that answers best is drawn from.',
    components: 'One a line: main.',
    keys: 'Who signs its Release: the path of a keyring file on the host, or armored public keys.',
    pin: 'What else of its Release sets it apart: Label, Suite, Version, Codename.',
    checkValidUntil: 'Whether a Release past its Valid-Until counts for nothing.',
    removeFromComponents: 'What its Release writes before the names of components, such as updates/.',
    checkHours: 'While it answers; from 1 to 168.',
  },
  layouts: {
    suites: 'Empty the name of one to take it out.',
    'suites.migratesTo': 'The suite that packages go on to; empty where they end.',
    'suites.migratesAfterDays':
      'What apt saw there for so many days, without a failed check, migrates by itself; 0: never.',
    'suites.rollbacks': 'How many earlier versions stay reachable for apt.',
    'suites.experimental': 'Takes uploads with other version rules, and migrates nowhere.',
    'suites.buildsKeyring': 'Gets the keyring package of this instance.',
    'suites.notAutomatic': 'apt takes from it only what is asked for by name …',
    'suites.butAutomaticUpgrades': '… and upgrades of that.',
    defaultVersion: 'What a port appends to a version; %IDENTITY% and %CODEVERSION% are replaced.',
    mandatoryVersion: 'A pattern that every uploaded version has to match.',
    experimentalDefaultVersion: 'The same for experimental suites.',
    experimentalMandatoryVersion: 'The same for experimental suites.',
    metaDistributions: 'What Debian’s own names mean here, such as unstable: sid-unstable.',
  },
  distributions: {
    codeversion: 'What versions carry: 13, ~SID.',
    base: 'Chroots are made of it.',
    extras: 'Further sources; without a priority apt does as it does by itself.',
    components: 'One a line, main among them.',
    architectures:
      'Builds of one that is not optional decide whether a package is installed; exactly one builds what is for all.',
    'build.resolver': 'Who finds build dependencies.',
    'build.internalAptPriority': 'Pin of our own suites: 1 takes from them only what nobody else has.',
    'build.debBuildOptions': 'One a line: nocheck.',
    'build.debBuildProfiles': 'One a line: nodoc.',
    'build.setupScript': 'Run as root in the chroot of each build before its dependencies are installed.',
    'build.parallel': 'Jobs of one build; empty leaves it to the machine.',
    checks: 'Disabled, for the record (ignore), or denying from that severity on.',
    chrootDays: 'Also made anew when its base suite changed, at most once a day.',
  },
  repositories: {
    codenames: 'Distributions that it is for.',
    allowUnauthenticated: 'Takes uploads that nobody known signed: for playing, not for use.',
    uploaderKeyrings: 'Files on the host whose keys may upload, one a line; beside the people who are approved.',
    validForDays: 'Until apt takes its indices for old; empty for never.',
    notify: 'Who is told of everything that happens here.',
    notifyChangedBy: 'Tells who made an upload, by the address in it.',
    notifyMaintainer: 'Tells who maintains the package, by the address in it.',
    installability: 'What is done about packages that a change would leave without their dependencies.',
    builders: 'Who builds for it: names of builders, or tags of them, one a line. Whoever can, when it is empty.',
    externalHomeUrl: 'Where people find more about it.',
    portUpdates: 'A newer version where a port came from is offered, or built by itself, once.',
  },
  welcome: {
    codenames: 'Releases to build for.',
    repository:
      'What it is called: part of the name of each distribution, such as trixie-NAME-unstable, and of versions.',
    layout:
      'Default: unstable, testing, stable with rollbacks, experimental, snapshot, hotfix. Debian Developer: as Debian’s own archive.',
    allowUnauthenticated: 'Takes uploads that nobody known signed: for playing, not for use.',
    architectures: 'One a line; the first builds what is for all. This machine has to be able to run them.',
    extras: 'What is drawn from besides the releases themselves; backports only where nothing else will do.',
    chroots: 'What builds are made in. Directory needs nothing of the machine.',
    volumeGroup: 'For lvm-snapshot: one of those that vgs shows.',
    mirrors:
      'From where: debian, debian-security, ubuntu, ubuntu-security, each with an address that ends in "/". Those of the apt of this machine are there already.',
    keyrings: 'Who signs the releases: debian, ubuntu, each with a keyring file on this machine.',
  },
  retention: {
    versions: 'Keeps the files of so many old versions of each package; empty: no reason to keep any.',
    days: 'Keeps the files of what left less than so many days ago; empty: no reason to keep any.',
  },
  chroots: {
    kind: 'Directory needs nothing of the machine; the others are faster where it has what they need.',
    options: 'What the kind needs: volume-group: NAME for lvm-snapshot.',
    include: 'Packages that are in it besides the essential ones, one a line.',
    ccache: 'Keeps what compilers made for the next build.',
  },
};
