import type { ArchiveKeys } from '../../domain/archive-key/archive-keys.ts';
import { binaryKey } from '../../domain/archive-key/key-block.ts';
import { aptStanza, keyringPackage, repositoryUri } from '../../domain/configuration/apt-sources.ts';
import { type Configuration, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import { instanceUrl } from '../../domain/configuration/instance-address.ts';
import { distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import { archiveMaintainer } from '../../domain/port/changelog-entry.ts';
import { type SourceTree, usualFiles } from './source-tree.ts';

/**
 * The keys that everything published here is signed with, and an apt source for each distribution, rollbacks and source packages included, ready to be
 * linked into `/etc/apt/sources.list.d`.
 */
export const keyringTree = (configuration: Configuration, keys: ArchiveKeys): SourceTree => {
  const source = keyringPackage(configuration);
  return {
    source,
    files: {
      ...usualFiles(controlOf(source, configuration)),
      'debian/install': `keyring/* usr/share/keyrings\nsources.list.d usr/share/mini-buildd\n`,
      [`keyring/${source}.pgp`]: Buffer.concat(keys.map(({ publicKey }) => binaryKey(publicKey))),
      ...sourcesOf(configuration, instanceUrl(configuration)),
    },
  };
};

const controlOf = (source: SourceName, { instance }: Configuration): string =>
  [
    `Source: ${source}`,
    'Section: misc',
    'Priority: optional',
    `Maintainer: ${archiveMaintainer(instance)}`,
    'Build-Depends: debhelper-compat (= 13)',
    'Standards-Version: 4.6.2',
    'Rules-Requires-Root: no',
    '',
    `Package: ${source}`,
    'Architecture: all',
    'Multi-Arch: foreign',
    `Depends: \${misc:Depends}`,
    `Description: keys and apt sources of the archive ${instance?.instance ?? ''}`,
    ' The keys that its Release files are signed with are in /usr/share/keyrings. For each',
    ' distribution there is an apt source in /usr/share/mini-buildd/sources.list.d: link',
    ' those you want into /etc/apt/sources.list.d.',
    '',
  ].join('\n');

const sourcesOf = (configuration: Configuration, url: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...configuration.repositories.values()]
      .flatMap((repository) => suitesOf(configuration, repository))
      .flatMap((target) => [
        ...sourcesFor(target, undefined, configuration, url),
        ...Array.from({ length: target.suite.rollbacks }, (_, rollback) =>
          sourcesFor(target, rollback, configuration, url),
        ).flat(),
      ]),
  );

const sourcesFor = (
  { name, distribution: { components } }: Target,
  rollback: number | undefined,
  configuration: Configuration,
  url: string,
): readonly (readonly [string, string])[] => {
  const { codename, repository, suite } = parseDistribution(name);
  const rest = rollback === undefined ? suite : `${suite}-rollback${rollback}`;
  const file = `sources.list.d/${codename}_${configuration.instance?.instance}_${repository}_${rest}`;
  const stanza = (type: 'deb' | 'deb-src'): string =>
    aptStanza({
      types: [type],
      uris: [repositoryUri(url, repository)],
      suites: [distributionName({ codename, repository, suite, rollback })],
      components,
      signedBy: `/usr/share/keyrings/${keyringPackage(configuration)}.pgp`,
    });
  return [
    [`${file}.sources`, stanza('deb')],
    [`${file}_src.sources`, stanza('deb-src')],
  ];
};
