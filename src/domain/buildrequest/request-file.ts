import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Recipe } from '../build/recipe.ts';
import { text } from '../codec.ts';
import { onlyParagraph, readField } from '../debian/control-fields.ts';
import { type Field, fieldOf, formatParagraph, linesOf, type Paragraph } from '../debian/deb822.ts';
import { DistributionName } from '../debian/distribution.ts';
import { type ListedFile, listedFiles } from '../debian/file-lists.ts';
import { Architecture, Codename, type FileName, Fingerprint, SourceName, Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import type { BuildId } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { type BinNmuFacts, binNmuFields, readBinNmu } from './travelling-binnmu.ts';
import { type AskedCheck, readAskedChecks, writeAskedChecks } from './travelling-checks.ts';

/** What a buildrequest says of itself; the rest of an order is in its tar. */
export type RequestFacts = {
  /** Key of whom it is made out to; `undefined`: whoever gets it. */
  readonly builder: Fingerprint | undefined;
  readonly build: BuildId;
  readonly attempt: number;
  readonly source: SourceName;
  readonly version: Version;
  readonly distribution: DistributionName;
  readonly codename: Codename;
  readonly architecture: Architecture;
  readonly archAll: boolean;
  /** The `.dsc` in the tar. */
  readonly dsc: FileName;
  /** `HOST:PORT` of the incoming that waits for the result. */
  readonly resultTo: string;
  readonly aptHosts: readonly string[];
  readonly recipe: Omit<Recipe, 'setup'>;
  /** A version that stands is built again without a change; absent otherwise. */
  readonly binNmu?: BinNmuFacts;
  readonly timeoutSeconds: number;
  readonly silenceSeconds: number;
  /** What shall be made of what was built, where that can be. */
  readonly checks: readonly AskedCheck[];
};

/** A file that travels along, as `Files` and `Checksums-Sha256` list it. */
export type Enclosed = Pick<ListedFile, 'name' | 'size' | 'md5' | 'sha256'>;

type Named = Pick<RequestFacts, 'source' | 'version' | 'architecture'>;

/** `SOURCE_VERSION_mini-buildd-buildrequest_ARCHITECTURE.changes`; its tar is called the same with `.tar` behind. */
export const requestName = (named: Named): FileName => exchangeName(named, 'buildrequest');
export const resultName = (named: Named): FileName => exchangeName(named, 'buildresult');

const exchangeName = ({ source, version, architecture }: Named, what: string): FileName =>
  `${source}_${withoutEpoch(version)}_mini-buildd-${what}_${architecture}.changes` as FileName;

/** What a `.changes` in incoming is, by its name alone. */
export const exchangeKind = (name: string): 'buildrequest' | 'buildresult' | undefined =>
  /_mini-buildd-(buildrequest|buildresult)_[a-z0-9-]+\.changes$/.exec(name)?.[1] as
    | 'buildrequest'
    | 'buildresult'
    | undefined;

/** The fields of the original, in its order, and behind them what it had no words for. */
export const writeRequest = (facts: RequestFacts, tar: Enclosed): string =>
  formatParagraph([
    { name: 'Distribution', value: facts.distribution },
    { name: 'Source', value: facts.source },
    { name: 'Version', value: facts.version },
    ...fileFields([tar]),
    { name: 'Upload-Result-To', value: facts.resultTo },
    { name: 'Base-Distribution', value: facts.codename },
    { name: 'Architecture', value: facts.architecture },
    ...(facts.archAll ? [{ name: 'Arch-All', value: 'Yes' }] : []),
    { name: 'Build-Dep-Resolver', value: facts.recipe.resolver },
    { name: 'Apt-Allow-Unauthenticated', value: '0' },
    ...facts.checks.flatMap(({ tool, options }) =>
      tool === 'lintian' ? [{ name: 'Run-Lintian', value: ['', ...options].join(' ').replace(/\s+/g, ' ') }] : [],
    ),
    { name: 'Deb-Build-Options', value: facts.recipe.options.join(' ') },
    { name: 'Deb-Build-Profiles', value: facts.recipe.profiles.join(' ') },
    { name: 'Add-Depends', value: facts.recipe.depends.join(', ') },
    { name: 'Parallel', value: facts.recipe.jobs === null ? '' : String(facts.recipe.jobs) },
    { name: 'Timeout', value: `${facts.timeoutSeconds} ${facts.silenceSeconds}` },
    { name: 'Apt-Hosts', value: facts.aptHosts.join(' ') },
    { name: 'Dsc', value: facts.dsc },
    { name: 'Build', value: `${facts.build} ${facts.attempt}` },
    ...binNmuFields(facts.binNmu),
    ...(facts.builder === undefined ? [] : [{ name: 'Builder', value: facts.builder }]),
    ...(facts.checks.length === 0 ? [] : [{ name: 'Checks', value: writeAskedChecks(facts.checks) }]),
  ]);

export const fileFields = (files: readonly Enclosed[]): readonly Field[] => [
  {
    name: 'Files',
    value: ['', ...files.map(({ md5, size, name }) => `${md5} ${size} mini-buildd extra ${name}`)].join('\n'),
  },
  {
    name: 'Checksums-Sha256',
    value: ['', ...files.map(({ sha256, size, name }) => `${sha256} ${size} ${name}`)].join('\n'),
  },
];

/** Reads what a verifier returned. */
export const readRequest = (
  signedText: string,
): Either<Refusal, { readonly facts: RequestFacts; readonly tar: ListedFile }> => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return paragraph;
  const read = all(paragraph.right, requestFields);
  if (isLeft(read)) return read;
  const files = listedFiles(paragraph.right, 5);
  if (isLeft(files)) return files;
  const { Source: source, Version: version, Architecture: architecture, ...rest } = read.right;
  const named = { source, version, architecture };
  const [tar, ...more] = files.right;
  if (tar === undefined || more.length > 0 || tar.name !== `${requestName(named)}.tar`) {
    return left(
      refusal(
        'foreign-files',
        `it lists ${files.right
          .map(({ name }) => name)
          .join(', ')
          .slice(0, 200)} where ${requestName(named)}.tar alone belongs`,
        'see that both run the same version',
      ),
    );
  }
  const checks = readAskedChecks(linesOf(fieldOf(paragraph.right, 'Checks') ?? ''));
  if (isLeft(checks)) return checks;
  const builder =
    fieldOf(paragraph.right, 'Builder') === undefined
      ? right(undefined)
      : readField(paragraph.right, 'Builder', Fingerprint);
  if (isLeft(builder)) return builder;
  const binNmu = readBinNmu(paragraph.right);
  if (isLeft(binNmu)) return binNmu;
  const [build = '', attempt] = rest.Build.split(' ');
  const [timeout, silence] = rest.Timeout.split(' ');
  return right({
    tar,
    facts: {
      ...named,
      builder: builder.right,
      build: build as BuildId,
      attempt: Number(attempt),
      distribution: rest.Distribution,
      codename: rest['Base-Distribution'],
      archAll: fieldOf(paragraph.right, 'Arch-All') === 'Yes',
      dsc: rest.Dsc,
      resultTo: rest['Upload-Result-To'],
      aptHosts: words(rest['Apt-Hosts']),
      recipe: {
        resolver: rest['Build-Dep-Resolver'],
        jobs: rest.Parallel === '' ? null : Number(rest.Parallel),
        options: words(rest['Deb-Build-Options']),
        profiles: words(rest['Deb-Build-Profiles']),
        depends: rest['Add-Depends'] === '' ? [] : rest['Add-Depends'].split(', '),
      },
      ...(binNmu.right === undefined ? {} : { binNmu: binNmu.right }),
      timeoutSeconds: Number(timeout),
      silenceSeconds: Number(silence),
      checks: checks.right,
    },
  });
};

const words = (value: string): readonly string[] => value.split(' ').filter((word) => word !== '');

const HostAndPort = '[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?:\\d{1,5}';

const requestFields = {
  Distribution: DistributionName,
  Source: SourceName,
  Version,
  Architecture,
  'Base-Distribution': Codename,
  'Upload-Result-To': text('Upload-Result-To', new RegExp(`^${HostAndPort}$`), 'HOST:PORT'),
  'Build-Dep-Resolver': t.keyof({ apt: null, aptitude: null, aspcud: null }),
  'Deb-Build-Options': text('Deb-Build-Options', /^[\w.+=,:/ -]{0,1000}$/, 'words of DEB_BUILD_OPTIONS'),
  'Deb-Build-Profiles': text('Deb-Build-Profiles', /^[\w.+ -]{0,1000}$/, 'names of build profiles'),
  'Add-Depends': text('Add-Depends', /^[\x20-\x7E]{0,4000}$/, 'relations as in Build-Depends'),
  Parallel: text('Parallel', /^\d{0,4}$/, 'a number, or nothing'),
  Timeout: text('Timeout', /^[1-9]\d{0,6} [1-9]\d{0,6}$/, 'seconds of a build, and of its silence'),
  'Apt-Hosts': text('Apt-Hosts', new RegExp(`^(?:${HostAndPort}(?: |$)){0,64}$`), 'at most 64 times HOST:PORT'),
  Dsc: text('Dsc', /^[a-z0-9][A-Za-z0-9+.~_:-]{0,250}\.dsc$/, 'the name of a .dsc') as unknown as typeof FileName,
  Build: text('Build', /^[0-9A-HJKMNP-TV-Z]{26}-[a-z0-9][a-z0-9-]{1,31} [1-9]\d{0,5}$/, 'a build and its attempt'),
};

/** Every field by its codec, or the first that is not as it should be. */
export const all = <F extends Readonly<Record<string, t.Mixed>>>(
  paragraph: Paragraph,
  fields: F,
): Either<Refusal, { readonly [K in keyof F]: t.TypeOf<F[K]> }> => {
  const values: Record<string, unknown> = {};
  for (const [name, codec] of Object.entries(fields)) {
    const value = readField(paragraph, name, codec);
    if (isLeft(value)) return value;
    values[name] = value.right;
  }
  return right(values as { readonly [K in keyof F]: t.TypeOf<F[K]> });
};
