import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/**
 * Tiny packages that Debian's own tools take for real, written byte by byte: no sbuild, no dpkg, a millisecond each.
 * The same arguments give the same bytes.
 */
export type BinaryPackage = {
  readonly package: string;
  readonly version: string;
  /** Default `amd64`. */
  readonly architecture?: string;
  /** What stands in `Source`: `name`, or `name (version)`. Absent: the package's own name. */
  readonly source?: string;
  /** `null` leaves the field out. Defaults `misc` and `optional`. */
  readonly section?: string | null;
  readonly priority?: string | null;
  /** More control fields, before `Description`. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly description?: string;
  /** What the package installs: absolute path to text. Makes other bytes of the same version. */
  readonly contents?: Readonly<Record<string, string>>;
  /** The whole control file instead of one made from the above. */
  readonly control?: string | Buffer;
  readonly compression?: 'gz' | 'zst' | 'none';
  /** `udeb` for the installer's packages. */
  readonly type?: 'deb' | 'udeb';
};

/** Writes `PACKAGE_VERSION_ARCHITECTURE.deb` into `folder` and says where. */
export const makeBinaryPackage = async (folder: string, wanted: BinaryPackage): Promise<string> => {
  const { package: name, version, architecture = 'amd64', contents = {}, compression = 'gz', type = 'deb' } = wanted;
  const path = join(folder, `${name}_${withoutEpoch(version)}_${architecture}.${type}`);
  const files = { [`/usr/share/doc/${name}/copyright`]: `${name} ${version}\n`, ...contents };
  await mkdir(folder, { recursive: true });
  await writeFile(
    path,
    ar([
      ['debian-binary', Buffer.from('2.0\n')],
      packed('control.tar', tar({ './control': wanted.control ?? controlFile(wanted) }), compression),
      packed(
        'data.tar',
        tar(Object.fromEntries(Object.entries(files).map(([at, text]) => [`.${at}`, text]))),
        compression,
      ),
    ]),
  );
  return path;
};

export type SourcePackage = {
  readonly source: string;
  readonly version: string;
  /** `name` or `name:architecture`; default one arch-any package named like the source. */
  readonly binaries?: readonly string[];
  /** More `.dsc` fields. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Default `misc`. */
  readonly section?: string;
  /** `native` (default): one tarball. `quilt`: an `.orig` shared by all revisions of an upstream version, and a `.debian`. */
  readonly format?: 'native' | 'quilt';
  /** Files of the tree, added to or replacing the made ones: `debian/rules` to text. */
  readonly tree?: Readonly<Record<string, string>>;
  /** Target in the changelog; default `unstable`. */
  readonly distribution?: string;
};

/** Where the parts of a source package were written. */
export type WrittenSource = { readonly dsc: string; readonly tarballs: readonly string[] };

/** Writes a source package into `folder`; sbuild can build it without debhelper. */
export const makeSourcePackage = async (folder: string, wanted: SourcePackage): Promise<WrittenSource> => {
  const { source, version, format = 'native' } = wanted;
  const bare = withoutEpoch(version);
  const upstream = format === 'native' ? bare : bare.replace(/-[^-]*$/, '');
  const top = `${source}-${upstream}`;
  const tree = { ...debianTree(wanted), ...wanted.tree };
  const below = (prefix: string, keep: (name: string) => boolean) =>
    Object.fromEntries(
      Object.entries(tree)
        .filter(([name]) => keep(name))
        .map(([name, text]) => [`${prefix}${name}`, text]),
    );
  const isDebian = (name: string) => name.startsWith('debian/');
  const tarballs: readonly [string, Buffer][] =
    format === 'native'
      ? [[`${source}_${bare}.tar.gz`, gzipSync(tar(below(`${top}/`, () => true)))]]
      : [
          [
            `${source}_${upstream}.orig.tar.gz`,
            gzipSync(tar({ [`${top}/README`]: source, ...below(`${top}/`, (name) => !isDebian(name)) })),
          ],
          [`${source}_${bare}.debian.tar.gz`, gzipSync(tar(below('', isDebian)))],
        ];
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of tarballs) await writeFile(join(folder, name), bytes);
  const dsc = join(folder, `${source}_${bare}.dsc`);
  await writeFile(dsc, dscText(wanted, tarballs));
  return { dsc, tarballs: tarballs.map(([name]) => join(folder, name)) };
};

export type Changes = {
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
  /** `source`, `source all`, `amd64` … */
  readonly architecture: string;
  /** Paths of the files it lists; they must exist. */
  readonly files: readonly string[];
  readonly binaries?: readonly string[];
  /** Fields added, or replaced when named like one of ours. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Lines of the changelog entry, e.g. `MINI_BUILDD_OPTION: …`. */
  readonly changes?: readonly string[];
  /** `SECTION PRIORITY` of every file. */
  readonly classification?: string;
};

/** Writes `SOURCE_VERSION_ARCHITECTURE.changes` into `folder`, unsigned. */
export const makeChanges = async (folder: string, wanted: Changes): Promise<string> => {
  const { source, version, distribution, architecture, classification = 'misc optional' } = wanted;
  const files = await Promise.all(
    wanted.files.map(async (path): Promise<[string, Buffer]> => [basename(path), await readFile(path)]),
  );
  const path = join(folder, `${source}_${withoutEpoch(version)}_${architecture.replaceAll(' ', '+')}.changes`);
  const fields: Record<string, string> = {
    Format: '1.8',
    Date: 'Sun, 22 Nov 2026 10:15:00 +0000',
    Source: source,
    Binary: (wanted.binaries ?? [source]).join(' '),
    Architecture: architecture,
    Version: version,
    Distribution: distribution,
    Urgency: 'medium',
    Maintainer: maintainer,
    'Changed-By': maintainer,
    Description: `\n ${source} - a package for tests`,
    Changes: `\n ${source} (${version}) ${distribution}; urgency=medium\n .\n${(wanted.changes ?? ['* For tests.']).map((line) => `   ${line}`).join('\n')}`,
    'Checksums-Sha1': sums('sha1', files),
    'Checksums-Sha256': sums('sha256', files),
    Files: sums('md5', files, ` ${classification}`),
    ...wanted.fields,
  };
  await writeFile(path, stanza(fields));
  return path;
};

const maintainer = 'Test Maintainer <maintainer@example.org>';
const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');
const stanza = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => (value.startsWith('\n') ? `${name}:${value}\n` : `${name}: ${value}\n`))
    .join('');

const sums = (algorithm: string, files: readonly (readonly [string, Buffer])[], between = ''): string =>
  files
    .map(([name, bytes]) => `\n ${createHash(algorithm).update(bytes).digest('hex')} ${bytes.length}${between} ${name}`)
    .join('');

const controlFile = (wanted: BinaryPackage): string => {
  const { section = 'misc', priority = 'optional' } = wanted;
  return stanza({
    Package: wanted.package,
    ...(wanted.source === undefined ? {} : { Source: wanted.source }),
    Version: wanted.version,
    Architecture: wanted.architecture ?? 'amd64',
    Maintainer: maintainer,
    ...(section === null ? {} : { Section: section }),
    ...(priority === null ? {} : { Priority: priority }),
    ...wanted.fields,
    Description: wanted.description ?? `${wanted.package} for tests\n Nothing of use.`,
  });
};

const binariesOf = ({ source, binaries = [source] }: SourcePackage): readonly (readonly [string, string])[] =>
  binaries.map((binary) => {
    const [name = binary, architecture = 'any'] = binary.split(':');
    return [name, architecture];
  });

const dscText = (wanted: SourcePackage, tarballs: readonly (readonly [string, Buffer])[]): string => {
  const binaries = binariesOf(wanted);
  const { section = 'misc' } = wanted;
  return stanza({
    Format: `3.0 (${wanted.format ?? 'native'})`,
    Source: wanted.source,
    Binary: binaries.map(([name]) => name).join(', '),
    Architecture: [...new Set(binaries.map(([, architecture]) => architecture))].join(' '),
    Version: wanted.version,
    Maintainer: maintainer,
    'Standards-Version': '4.6.2',
    ...wanted.fields,
    'Package-List': binaries
      .map(([name, architecture]) => `\n ${name} deb ${section} optional arch=${architecture}`)
      .join(''),
    'Checksums-Sha1': sums('sha1', tarballs),
    'Checksums-Sha256': sums('sha256', tarballs),
    Files: sums('md5', tarballs),
  });
};

/** The least that dpkg-buildpackage needs: nothing but dpkg and make on the machine that builds. */
const debianTree = (wanted: SourcePackage): Readonly<Record<string, string>> => ({
  'debian/control': [
    stanza({
      Source: wanted.source,
      Section: wanted.section ?? 'misc',
      Priority: 'optional',
      Maintainer: maintainer,
      'Standards-Version': '4.6.2',
      'Rules-Requires-Root': 'no',
    }),
    ...binariesOf(wanted).map(([name, architecture]) =>
      stanza({ Package: name, Architecture: architecture, Description: `${name} for tests\n Nothing of use.` }),
    ),
  ].join('\n'),
  'debian/changelog': `${wanted.source} (${wanted.version}) ${wanted.distribution ?? 'unstable'}; urgency=medium\n\n  * For tests.\n\n -- ${maintainer}  Sun, 22 Nov 2026 10:15:00 +0000\n`,
  'debian/source/format': `3.0 (${wanted.format ?? 'native'})\n`,
  'debian/rules': rules,
});

const rules = `#!/usr/bin/make -f
packages = $(shell sed -n 's/^Package: //p' debian/control)
pick = $(foreach p,$(packages),$(if $(shell sed -n '/^Package: $(p)$$/,/^$$/s/^Architecture: \\(all\\)$$/\\1/p' debian/control),$(if $(filter all,$(1)),$(p)),$(if $(filter any,$(1)),$(p))))
define make-one
	mkdir -p debian/tmp-$(1)/DEBIAN debian/tmp-$(1)/usr/share/$(1)
	echo "built $(1)" > debian/tmp-$(1)/usr/share/$(1)/data
	dpkg-gencontrol -p$(1) -Pdebian/tmp-$(1)
	dpkg-deb --root-owner-group -b debian/tmp-$(1) ..

endef
clean:
	rm -rf debian/tmp-* debian/files
build build-arch build-indep:
binary-arch:
	$(foreach p,$(call pick,any),$(call make-one,$(p)))
binary-indep:
	$(foreach p,$(call pick,all),$(call make-one,$(p)))
binary: binary-arch binary-indep
.PHONY: clean build build-arch build-indep binary binary-arch binary-indep
`;

const packed = (name: string, bytes: Buffer, compression: 'gz' | 'zst' | 'none'): [string, Buffer] => {
  if (compression === 'none') return [name, bytes];
  return [`${name}.${compression}`, compression === 'gz' ? gzipSync(bytes) : zstdCompressSync(bytes)];
};

/** ar(5) as dpkg-deb writes it: 60-byte headers, members padded to even length. */
const ar = (members: readonly (readonly [string, Buffer])[]): Buffer =>
  Buffer.concat([
    Buffer.from('!<arch>\n'),
    ...members.flatMap(([name, bytes]) => [
      Buffer.from(
        `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`,
      ),
      bytes,
      Buffer.alloc(bytes.length % 2, '\n'),
    ]),
  ]);

/** POSIX ustar with the folders on the way, owned by root, dated 1970. */
const tar = (files: Readonly<Record<string, string | Buffer>>): Buffer => {
  const folders = new Set(Object.keys(files).flatMap(foldersOf));
  return Buffer.concat([
    ...[...folders].sort().map((name) => tarHeader(name, 0, '5', 0o755)),
    ...Object.entries(files).flatMap(([name, text]) => {
      const bytes = Buffer.from(text as string);
      const mode = name.endsWith('debian/rules') ? 0o755 : 0o644;
      return [tarHeader(name, bytes.length, '0', mode), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
    }),
    Buffer.alloc(1024),
  ]);
};

const foldersOf = (name: string): readonly string[] =>
  name
    .split('/')
    .slice(0, -1)
    .map((_, depth, parts) => `${parts.slice(0, depth + 1).join('/')}/`);

const tarHeader = (name: string, size: number, kind: '0' | '5', mode: number): Buffer => {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  header.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write('        ', 148, 'latin1');
  header.write(kind, 156, 'latin1');
  header.write('ustar\x0000root\0', 257, 'latin1');
  header.write('root\0', 265, 'latin1');
  header.write('root\0', 297, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};
