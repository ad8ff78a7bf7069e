import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './programs.ts';

export type SourceTree = {
  readonly name: string;
  readonly version: string;
  readonly distribution: string;
  readonly architecture?: string;
  readonly buildDepends?: string;
  /** Lines of shell that the build step runs, before the binary package is put together. */
  readonly build?: string;
  /** Upstream files make the package non-native: the tarball is packed from them and listed with `-sa`, or left out with `-sd`. */
  readonly upstream?: Readonly<Record<string, string>>;
  readonly withOrig?: boolean;
  /** More lines of the changelog entry. */
  readonly changes?: readonly string[];
};

/** Makes a source package without debhelper, as small as sbuild takes it. Returns the path of its `.changes`. */
export const makeSource = async (folder: string, tree: SourceTree): Promise<string> => {
  const home = join(
    folder,
    `${tree.name}-${tree.version.replace(/[^A-Za-z0-9.]/g, '_')}-${Math.random().toString(36).slice(2, 8)}`,
  );
  const root = join(home, tree.name);
  const files = { ...tree.upstream, ...debianFiles(tree) };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await chmod(join(root, 'debian/rules'), 0o755);
  if (tree.upstream !== undefined) await packUpstream(home, tree);
  await run('dpkg-buildpackage', ['-S', '-d', '-nc', '-us', '-uc', tree.withOrig === false ? '-sd' : '-sa'], {
    cwd: root,
  });
  const changes = (await readdir(home)).find((name) => name.endsWith('_source.changes'));
  if (changes === undefined) throw new Error('dpkg-buildpackage wrote no .changes');
  return join(home, changes);
};

/** The same bytes each time, as a tarball of one upstream version must be. */
const packUpstream = async (home: string, { name, version }: SourceTree): Promise<void> => {
  const upstream = version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
  await run(
    'tar',
    [
      ...['--create', '--gzip', '--sort=name', '--mtime=@1700000000', '--owner=0', '--group=0', '--numeric-owner'],
      ...['--exclude=debian', `--file=${name}_${upstream}.orig.tar.gz`, name],
    ],
    { cwd: home, env: { GZIP: '-n' } },
  );
};

const debianFiles = (tree: SourceTree): Readonly<Record<string, string>> => {
  const { name, version, distribution, architecture = 'all', buildDepends, build = 'true', changes = [] } = tree;
  return {
    'debian/control': [
      `Source: ${name}`,
      'Section: misc',
      'Priority: optional',
      'Maintainer: Jane Dev <jane@example.org>',
      ...(buildDepends === undefined ? [] : [`Build-Depends: ${buildDepends}`]),
      'Standards-Version: 4.6.2',
      'Rules-Requires-Root: no',
      '',
      `Package: ${name}`,
      `Architecture: ${architecture}`,
      'Description: package for a test',
      ' Says that it was built.',
      '',
    ].join('\n'),
    'debian/changelog': [
      `${name} (${version}) ${distribution}; urgency=medium`,
      '',
      '  * For a test.',
      ...changes.map((line) => `  * ${line}`),
      '',
      ' -- Jane Dev <jane@example.org>  Sun, 22 Nov 2026 10:15:00 +0000',
      '',
    ].join('\n'),
    'debian/rules': rules(name, architecture, build),
    'debian/source/format': tree.upstream === undefined ? '3.0 (native)\n' : '3.0 (quilt)\n',
  };
};

const rules = (name: string, architecture: string, build: string): string => {
  const target = architecture === 'all' ? 'binary-indep' : 'binary-arch';
  const other = architecture === 'all' ? 'binary-arch' : 'binary-indep';
  return [
    '#!/usr/bin/make -f',
    'clean:',
    '\trm -rf debian/tmp debian/files',
    'build build-arch build-indep:',
    ...build.split('\n').map((line) => `\t${line}`),
    `binary: binary-arch binary-indep`,
    `${other}:`,
    `${target}: build`,
    '\tmkdir -p debian/tmp/DEBIAN debian/tmp/usr/share/$(PKG)',
    '\techo "built" > debian/tmp/usr/share/$(PKG)/data',
    '\tdpkg-gencontrol -p$(PKG) -Pdebian/tmp',
    '\tdpkg-deb --root-owner-group -b debian/tmp ..',
    '.PHONY: clean build build-arch build-indep binary binary-arch binary-indep',
    '',
  ]
    .join('\n')
    .replaceAll('$(PKG)', name);
};
