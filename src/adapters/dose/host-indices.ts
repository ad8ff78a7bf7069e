import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceConfigured } from '../../domain/configuration/events.ts';
import type { Architecture } from '../../domain/debian/names.ts';
import type { Run } from './run-bounded.ts';

/** What `apt-get indextargets` says of one `Packages` that the host's apt has fetched (apt-get(8)). */
type Target = { readonly uri: string; readonly release: string; readonly component: string; readonly file: string };

const format = ['$(REPO_URI)', '$(RELEASE)', '$(COMPONENT)', '$(FILENAME)'].join('\t');

const few = { milliseconds: 10_000, bytes: 1024 * 1024 };
const much = { milliseconds: 30_000, bytes: 512 * 1024 * 1024 };

/**
 * Unpacks into `folder` what the host's apt has fetched of an archive, component by component. Text says what it has not: then nothing
 * can be told of packages that depend on it.
 */
export const hostIndices = async (
  { id, uris, suite, components }: SourceConfigured,
  architecture: Architecture,
  folder: string,
  run: Run,
): Promise<readonly string[] | string> => {
  const asked = ['indextargets', '--format', format, 'Created-By: Packages', `Architecture: ${architecture}`];
  const targets = targetsIn((await run('apt-get', asked, few)).stdout);
  const paths: string[] = [];
  for (const component of components) {
    const found = targets.find(
      (target) =>
        target.release === suite &&
        target.component === component &&
        uris.some((uri) => bare(uri) === bare(target.uri)),
    );
    const { code, stdout } = found === undefined ? nothing : await run(aptHelper, ['cat-file', found.file], much);
    if (code !== 0)
      return `the apt of this host has no ${component} of ${id} for ${architecture}: add it, and let it update`;
    const path = join(folder, `${id}-${component}`);
    await writeFile(path, stdout, 'latin1');
    paths.push(path);
  }
  return paths;
};

const aptHelper = '/usr/lib/apt/apt-helper';
const nothing = { code: null, stdout: '' };

const targetsIn = (text: string): readonly Target[] =>
  text
    .split('\n')
    .map((line) => line.split('\t'))
    .flatMap(([uri, release, component, file]) =>
      uri === undefined || release === undefined || component === undefined || file === undefined
        ? []
        : [{ uri, release, component, file }],
    );

const bare = (uri: string): string => uri.replace(/\/+$/, '');
