import { createHash } from 'node:crypto';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { FileName, Fingerprint, Version } from '../../src/domain/debian/names.ts';
import { signed } from './fake-keyring.ts';
import { hello3, maintainer, unstable } from './fixed-examples.ts';

export type UploadFile = { readonly name: FileName; readonly bytes: string };

/** What a maintainer has built with `dpkg-buildpackage -S`; the `.changes` comes last, as dput sends it. */
export type SourceUpload = {
  readonly source: string;
  readonly version: Version;
  readonly files: readonly UploadFile[];
  readonly changes: UploadFile;
};

export type SourceUploadTraits = {
  readonly source?: string;
  readonly version?: Version;
  readonly distribution?: DistributionName | string;
  /** `null` leaves it unsigned. */
  readonly signedBy?: Fingerprint | null;
  readonly architecture?: string;
  /** Without it the tarball is named in the `.dsc` and not uploaded. */
  readonly withOrig?: boolean;
  /** Other bytes of the same version. */
  readonly flavour?: string;
  /** Beside the source package. */
  readonly more?: readonly UploadFile[];
  /** Bullets of the changelog. */
  readonly changelog?: string;
  /** Further fields of the `.dsc`, such as `Build-Depends`. */
  readonly dscFields?: Readonly<Record<string, string>>;
  /** Further fields of the `.changes`, such as `Changed-By`. */
  readonly fields?: Readonly<Record<string, string>>;
};

/** hello 2.10-3 for unstable, signed by the maintainer, unless it is to be otherwise. */
export const sourceUpload = ({
  source = 'hello',
  version = hello3,
  distribution = unstable,
  signedBy = maintainer,
  architecture = 'any all',
  withOrig = true,
  flavour = '',
  more = [],
  changelog = '* New.',
  fields = {},
  dscFields = {},
}: SourceUploadTraits = {}): SourceUpload => {
  const inNames = version.slice(version.indexOf(':') + 1);
  const upstream = inNames.slice(0, inNames.lastIndexOf('-'));
  const orig = file(`${source}_${upstream}.orig.tar.gz`, `upstream ${source} ${upstream}`);
  const tar = file(`${source}_${inNames}.debian.tar.xz`, `debian ${source} ${version} ${flavour}`);
  const dsc = file(
    `${source}_${inNames}.dsc`,
    sign(
      [
        'Format: 3.0 (quilt)',
        `Source: ${source}`,
        `Version: ${version}`,
        `Architecture: ${architecture}`,
        ...Object.entries(dscFields).map(([name, value]) => `${name}: ${value}`),
        ...lists([orig, tar], ''),
      ],
      signedBy,
    ),
  );
  const files = [dsc, ...(withOrig ? [orig] : []), tar, ...more];
  const changes = sign(
    [
      'Format: 1.8',
      `Source: ${source}`,
      `Version: ${version}`,
      'Architecture: source',
      `Distribution: ${distribution}`,
      ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
      'Changes:',
      ` ${source} (${version}) ${distribution}; urgency=medium`,
      ' .',
      `   ${changelog}`,
      ...lists(files, 'misc optional '),
    ],
    signedBy,
  );
  return { source, version, files, changes: file(`${source}_${inNames}_source.changes`, changes) };
};

const file = (name: string, bytes: string): UploadFile => ({ name: name as FileName, bytes });

const sign = (lines: readonly string[], by: Fingerprint | null): string => {
  const text = `${lines.join('\n')}\n`;
  return by === null ? text : signed(text, by);
};

const lists = (files: readonly UploadFile[], section: string): readonly string[] =>
  (
    [
      ['Checksums-Sha1', 'sha1', ''],
      ['Checksums-Sha256', 'sha256', ''],
      ['Files', 'md5', section],
    ] as const
  ).flatMap(([field, algorithm, extra]) => [
    `${field}:`,
    ...files.map(
      ({ name, bytes }) => ` ${createHash(algorithm).update(bytes).digest('hex')} ${bytes.length} ${extra}${name}`,
    ),
  ]);

/** What a list of files says of these bytes. */
export const digestsOf = (bytes: string) => ({
  size: Buffer.byteLength(bytes),
  md5: createHash('md5').update(bytes).digest('hex'),
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
