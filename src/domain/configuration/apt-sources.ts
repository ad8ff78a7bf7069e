import { signingKeys } from '../archive-key/archive-keys.ts';
import { oneBlock } from '../archive-key/key-block.ts';
import { type DistributionName, distributionName, parseDistribution } from '../debian/distribution.ts';
import type { Component, RepositoryId, SourceName } from '../debian/names.ts';
import { type Configuration, internalSuites, siblingOf, type Target } from './configuration.ts';
import type { DistributionConfigured, SourceConfigured } from './events.ts';
import { instanceUrl } from './instance-address.ts';
import { hostAndPort } from './web-address.ts';

/** Where a suite's signed index is, with a slash at its end; of a flat archive the suite is a path that ends in "/" (sources.list(5)). */
export const suiteFolder = (uri: string, suite: string): string =>
  suite.endsWith('/') ? `${uri}${suite}` : `${uri}dists/${suite}/`;

/** One stanza of a `.sources` file (sources.list(5)). `signedBy` is a path, or an armored key to embed. */
export const aptStanza = (stanza: {
  readonly types: readonly ('deb' | 'deb-src')[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string;
  readonly checkValidUntil?: boolean;
}): string =>
  [
    `Types: ${stanza.types.join(' ')}`,
    `URIs: ${stanza.uris.join(' ')}`,
    `Suites: ${stanza.suites.join(' ')}`,
    ...(stanza.components.length === 0 ? [] : [`Components: ${stanza.components.join(' ')}`]),
    ...(stanza.checkValidUntil === false ? ['Check-Valid-Until: no'] : []),
    `Signed-By:${signedByValue(stanza.signedBy)}`,
    '',
  ].join('\n');

/** A path stands on the line; an embedded key is a folded field, its empty lines written as dots (deb822(5)). */
const signedByValue = (signedBy: string): string =>
  signedBy.startsWith('/')
    ? ` ${signedBy}`
    : `\n${signedBy
        .trim()
        .split('\n')
        .map((line) => ` ${line.trim() === '' ? '.' : line}`)
        .join('\n')}`;

/** Where a published repository is fetched from. */
export const repositoryUri = (base: string, repository: string): string => `${base}/repositories/${repository}/`;

/**
 * What apt sees in a build beside its template: the suites that the target builds upon, and extra sources with a pin. With an
 * `ownPriority` of 1 our suites give only what a build dependency cannot get elsewhere; with 500 their newest versions.
 */
export const buildApt = (
  configuration: Configuration,
  target: Target,
  ownUrl: string,
  ownPriority: number,
): { readonly sources: string; readonly preferences: string } => {
  const suites = internalSuites(target.layout, target.suite).map((suite) => siblingOf(target, suite));
  const origin = originOf(configuration);
  const own = aptStanza({
    types: ['deb'],
    uris: [repositoryUri(ownUrl, target.repository.repository)],
    suites,
    components: target.distribution.components,
    signedBy: publishedKeys(configuration),
  });
  const pinned = pinnedExtras(configuration, target.distribution);
  return {
    sources: [own, ...pinned.map(({ source }) => sourceStanza(source, target.distribution))].join('\n'),
    preferences: [
      ...suites.map((suite) => pin(`release n=${suite}, o=${origin}`, ownPriority)),
      ...pinned.map(({ source, priority }) => pin(`release ${releaseOf(source)}`, priority)),
    ].join('\n'),
  };
};

/** What everything that is published here is signed with, as one armored block. */
export const publishedKeys = ({ archiveKeys }: Configuration): string =>
  oneBlock(signingKeys(archiveKeys).map(({ publicKey }) => publicKey));

/** What the keyring package of an instance is called, as source and as binary. */
export const keyringPackage = ({ instance }: Configuration): SourceName =>
  `${instance?.instance ?? ''}-archive-keyring` as SourceName;

export const originOf = ({ instance }: Configuration): string =>
  `Mini-Buildd archive ${instance?.instance ?? ''} on ${instance?.hostname ?? ''}`;

const pin = (release: string, priority: number): string => `Package: *\nPin: ${release}\nPin-Priority: ${priority}\n`;

const pinnedExtras = ({ sources }: Configuration, { extras }: DistributionConfigured) =>
  extras.flatMap(({ source, priority }) => {
    const found = sources.get(source);
    return found === undefined || priority === null ? [] : [{ source: found, priority }];
  });

const sourceStanza = (
  source: SourceConfigured,
  distribution: DistributionConfigured,
  types: readonly ('deb' | 'deb-src')[] = ['deb'],
): string =>
  aptStanza({
    types,
    uris: source.uris,
    suites: [source.suite],
    components: componentsFor(source, distribution),
    signedBy: source.keys,
    checkValidUntil: source.checkValidUntil,
  });

/** Of what a source has, what the distribution has too, `main` first. */
export const componentsFor = (
  { components }: SourceConfigured,
  distribution: DistributionConfigured,
): readonly Component[] =>
  components
    .filter((component) => distribution.components.includes(component))
    .toSorted((one, other) => Number(other === 'main') - Number(one === 'main'));

/**
 * How apt tells a source's packages from others (apt_preferences(5)): by origin and codename, which is the suite's name unless the
 * source says otherwise, and by what else it pins.
 */
const releaseOf = ({ origin, suite, pin: { Codename: codename, ...others } }: SourceConfigured): string =>
  [
    `o=${origin}`,
    ...(codename === undefined && suite.endsWith('/') ? [] : [`n=${codename ?? suite}`]),
    ...Object.entries(others).map(([field, value]) => `${letters[field]}=${value}`),
  ].join(', ');

const letters: Readonly<Record<string, string>> = { Suite: 'a', Archive: 'a', Version: 'v', Label: 'l' };

/** Where installing build dependencies may reach out to: `HOST:PORT` of every source, ours included. */
export const aptHosts = (
  configuration: Configuration,
  { base, extras }: DistributionConfigured,
  ownUrl: string,
): readonly string[] => {
  const sources = [base, ...extras.map(({ source }) => source)].flatMap((id) => configuration.sources.get(id) ?? []);
  return [...new Set([ownUrl, ...sources.flatMap(({ uris }) => uris)].flatMap(reached))];
};

/** Where a URI leads to, `HOST:PORT`; nowhere for one that names no host. */
export const reached = (uri: string): readonly string[] =>
  URL.canParse(uri) && new URL(uri).hostname !== '' ? [hostAndPort(uri)] : [];

/** How apt uses a distribution as it was. Signed today, it has no end of validity. */
export const pastSource = (
  { name, components }: { readonly name: DistributionName; readonly components: readonly Component[] },
  repository: RepositoryId,
  time: string,
  configuration: Configuration,
  form: AptForm = 'deb822',
): string => {
  const types = ['deb', 'deb-src'] as const;
  const uri = `${instanceUrl(configuration)}/snapshots/${repository}/${time}`;
  const signedBy = keyFile(configuration);
  return form === 'deb822'
    ? aptStanza({ types, uris: [uri], suites: [name], components, signedBy })
    : types.map((type) => `${type} [signed-by=${signedBy}] ${uri} ${name} ${components.join(' ')}\n`).join('');
};

/** Where whoever uses what is published here puts our keys. */
export const keyFile = ({ instance }: Configuration): string =>
  `/etc/apt/keyrings/mini-buildd-${instance?.instance ?? ''}.asc`;

/** The two ways to write an apt source. */
export type AptForm = 'deb822' | 'one-line';

/** What an administrator puts under `/etc/apt/sources.list.d/` to use one distribution. */
export const clientSource = (
  target: Target,
  options: {
    readonly url: string;
    readonly form: AptForm;
    readonly withSource: boolean;
    readonly keyFile: string;
    readonly rollback?: number;
  },
): string => {
  const { codename, repository, suite } = parseDistribution(target.name);
  const name = distributionName({ codename, repository, suite, rollback: options.rollback });
  const uri = repositoryUri(options.url, repository);
  const types = options.withSource ? (['deb', 'deb-src'] as const) : (['deb'] as const);
  const { components } = target.distribution;
  if (options.form === 'deb822') {
    return aptStanza({ types, uris: [uri], suites: [name], components, signedBy: options.keyFile });
  }
  return types
    .map((type) => `${type} [signed-by=${options.keyFile}] ${uri} ${name} ${components.join(' ')}\n`)
    .join('');
};

/**
 * What builds for a distribution draw from besides it. Stanzas carry the source's keys; a line has no room for them, and relies on those
 * that the machine trusts.
 */
export const extraSources = (
  { sources }: Configuration,
  distribution: DistributionConfigured,
  { form, withSource }: { readonly form: AptForm; readonly withSource: boolean },
): readonly string[] => {
  const types = withSource ? (['deb', 'deb-src'] as const) : (['deb'] as const);
  return distribution.extras.flatMap(({ source: id }) => {
    const source = sources.get(id);
    if (source === undefined) return [];
    if (form === 'deb822') return [sourceStanza(source, distribution, types)];
    const { uris, suite, checkValidUntil } = source;
    const how = checkValidUntil ? '' : '[check-valid-until=no] ';
    const what = [suite, ...componentsFor(source, distribution)].join(' ');
    return types.flatMap((type) => uris.map((uri) => `${type} ${how}${uri} ${what}\n`));
  });
};
