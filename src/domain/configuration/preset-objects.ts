import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Architecture, Codename, RepositoryId } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ChrootConfigured, ChrootKind } from './chroot-events.ts';
import type { Configuration } from './configuration.ts';
import { defaultLayouts } from './default-layouts.ts';
import { distributionDefaults, repositoryDefaults, sourceDefaults } from './defaults.ts';
import type {
  ConfigurationEvent,
  DistributionConfigured,
  RepositoryConfigured,
  SourceConfigured,
  SourceId,
} from './events.ts';
import type { Host } from './first-run.ts';
import { type Pocket, type Preset, presets, type Vendor } from './presets.ts';

export type PresetRequest = {
  readonly vendors: readonly Vendor[];
  /** Of these vendors; empty for all that are current. */
  readonly codenames: readonly Codename[];
  readonly repositories: readonly ('test' | 'debdev')[];
  readonly chroots: ChrootKind | 'none';
  /** What that kind needs to know: `volume-group`. */
  readonly chrootOptions: ChrootConfigured['options'];
  /** By `debian`, `debian-security`, …: addresses that win over the host's. */
  readonly mirrors: ReadonlyMap<string, string>;
  /** By vendor: keyring files, or armored keys, that win over the host's. */
  readonly keyrings: ReadonlyMap<string, string>;
};

/** Every object that is asked for, as the presets have it, in an order of which each builds upon earlier ones. */
export const presetObjects = (
  request: PresetRequest,
  host: Host,
  present: Configuration,
): Either<readonly Refusal[], readonly ConfigurationEvent[]> => {
  const wanted = presets
    .filter(({ vendor }) => request.vendors.includes(vendor))
    .filter(({ codename }) => request.codenames.length === 0 || request.codenames.includes(codename));
  const sources = wanted.flatMap((preset) =>
    [preset.base, ...preset.extras].map((pocket) => sourceOf(preset, pocket, request, host)),
  );
  const faults = [...unknownCodenames(request), ...sources.flatMap((source) => (isLeft(source) ? [source.left] : []))];
  if (faults.length > 0) return left([...new Map(faults.map((fault) => [fault.fact, fault])).values()]);
  const codenames = wanted.map(({ codename }) => codename);
  const repositories = request.repositories.map((id) => repositoryOf(id, codenames, present));
  return right([
    ...defaultLayouts,
    ...sources.flatMap((source) => (isLeft(source) ? [] : [source.right])),
    ...wanted.map((preset) => distributionOf(preset, host.architecture, present)),
    ...repositories.filter((repository) => repository.codenames.length > 0),
    ...(request.chroots === 'none'
      ? []
      : codenames.map((codename) => chrootOf(codename, host, request.chroots as ChrootKind, request.chrootOptions))),
  ]);
};

const unknownCodenames = ({ codenames, vendors }: PresetRequest): readonly Refusal[] => {
  const known = presets.filter(({ vendor }) => vendors.includes(vendor)).map(({ codename }) => codename);
  return codenames
    .filter((codename) => !known.includes(codename))
    .map((codename) =>
      refusal(
        'unknown-preset',
        `there is no preset for "${codename}" among those of ${vendors.join(' and ') || 'no vendor'}`,
        `choose of ${known.join(', ') || 'debian or ubuntu'}, or declare it: apply`,
      ),
    );
};

const sourceOf = (
  preset: Preset,
  pocket: Pocket,
  request: PresetRequest,
  host: Host,
): Either<Refusal, SourceConfigured> => {
  const { vendor, codename, components } = preset;
  const { origin, suite, pin, removeFromComponents, mirror } = pocket;
  const uris = mirrorsOf(mirror, vendor, request, host);
  const keys = request.keyrings.get(vendor) ?? hostSuites(vendor, host)[0]?.keyring;
  if (uris.length === 0) {
    const fact = `the host's apt draws from no mirror of ${mirror}`;
    return left(refusal('unknown-mirror', fact, `name one: --mirror ${mirror}=http://HOST/PATH/`));
  }
  if (keys === undefined) {
    const fact = `the host's apt has no keyring for ${vendor}`;
    return left(refusal('unknown-keyring', fact, `name one: --keyring ${vendor}=/usr/share/keyrings/FILE`));
  }
  return right({
    type: 'SourceConfigured',
    id: `${vendor}-${suite}` as SourceId,
    origin,
    suite,
    codename,
    uris,
    components,
    keys,
    ...sourceDefaults,
    pin,
    removeFromComponents,
  });
};

/** Ubuntu's security lies on every mirror, Debian's on mirrors of its own. */
const mirrorsOf = (mirror: string, vendor: Vendor, { mirrors }: PresetRequest, host: Host): readonly string[] => {
  const named = mirrors.get(mirror);
  if (named !== undefined) return [named];
  const ofHost = hostSuites(vendor, host).find(
    ({ suite }) => suite.endsWith('-security') === mirror.endsWith('-security'),
  );
  if (ofHost !== undefined) return ofHost.uris;
  return mirror === 'ubuntu-security' ? mirrorsOf('ubuntu', vendor, { mirrors } as PresetRequest, host) : [];
};

const hostSuites = (vendor: Vendor, { suites }: Host) => suites.filter(({ origin }) => origin.toLowerCase() === vendor);

/** Of one that is there the architectures, and how packages are built and checked, in chroots of which age, are its administrator's business. */
const distributionOf = (
  preset: Preset,
  architecture: Architecture,
  { distributions }: Configuration,
): DistributionConfigured => {
  const present = distributions.get(preset.codename);
  const { architectures, build, checks, chrootDays } = present ?? {
    architectures: [{ architecture, optional: false, buildsArchAll: true }],
    ...distributionDefaults,
  };
  return {
    type: 'DistributionConfigured',
    codename: preset.codename,
    codeversion: preset.codeversion,
    base: `${preset.vendor}-${preset.base.suite}` as SourceId,
    extras: preset.extras.map(({ suite, priority }) => ({ source: `${preset.vendor}-${suite}` as SourceId, priority })),
    components: present === undefined ? preset.components : [...new Set([...present.components, ...preset.components])],
    architectures,
    build,
    checks,
    chrootDays,
  };
};

const developers = {
  layout: 'Debian Developer',
  allowUnauthenticated: false,
  uploaderKeyrings: ['/usr/share/keyrings/debian-keyring.gpg'],
};
const sandbox = { layout: 'Default', allowUnauthenticated: true, uploaderKeyrings: [] };

/** Of one that is there only the codenames are the presets' business, and none that it has is taken away. */
const repositoryOf = (
  id: 'test' | 'debdev',
  wanted: readonly Codename[],
  { repositories }: Configuration,
): RepositoryConfigured => {
  const present = repositories.get(id as RepositoryId);
  const fitting = wanted.filter((codename) => id === 'test' || codename === 'sid');
  if (present !== undefined) return { ...present, codenames: [...new Set([...present.codenames, ...fitting])] };
  return {
    type: 'RepositoryConfigured',
    repository: id as RepositoryId,
    codenames: fitting,
    validForDays: 14,
    ...(id === 'test' ? sandbox : developers),
    ...repositoryDefaults,
  };
};

const chrootOf = (
  codename: Codename,
  { architecture }: Host,
  kind: ChrootKind,
  options: ChrootConfigured['options'],
): ConfigurationEvent => ({
  type: 'ChrootConfigured',
  codename,
  architecture,
  kind,
  options,
  include: ['fakeroot', 'debhelper'],
  ccache: false,
});
