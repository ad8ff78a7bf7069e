import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { type Contents, listFormat, parseContents } from './contents.ts';
import type { Ran, Run } from './run-program.ts';

/**
 * What we say to reprepro, and what its answers mean. Exit 0 is no proof (a package skipped is a success to it), and an
 * error need not be the end (one bad package of a hundred): whoever changes something looks at `list` afterwards.
 */
export const reprepro = ({ base }: ArchiveFolder, run: Run) => {
  const say = (args: readonly string[], stdin?: string): Promise<Ran> =>
    run('reprepro', ['--basedir', base, '--keepunreferencedfiles', ...args], stdin);
  const change = (args: readonly string[], stdin?: string): Promise<Ran> =>
    say(['--export=silent-never', ...args], stdin);
  /** `exports`: also exports what it changed. */
  const changeOf = (exports: boolean, args: readonly string[]): Promise<Ran> =>
    exports ? say(['--export=changed', ...args]) : change(args);

  return {
    /** All of a distribution, or what some sources have there. */
    list: async (distribution: DistributionName, only: readonly SourceName[] | undefined): Promise<Contents | Ran> => {
      const which = only?.map((source) => `$Source (== ${source})`).join(' | ');
      const what = which === undefined ? ['list', distribution] : ['listfilter', distribution, which];
      const ran = await say(['--list-format', listFormat, ...what]);
      return ran.code === 0 ? parseContents(ran.stdout.toString('latin1')) : ran;
    },
    /** Forgets distributions, components and architectures that left the configuration. */
    clearVanished: (): Promise<Ran> => change(['--delete', 'clearvanished']),
    /** Makes files known that lie in the pool already, so that including them copies nothing. */
    detect: (paths: readonly string[]): Promise<Ran> => change(['_detect'], paths.map((path) => `${path}\n`).join('')),
    removeSources: (distribution: DistributionName, sources: readonly string[], exports: boolean): Promise<Ran> =>
      changeOf(exports, ['removesrcs', distribution, ...sources]),
    /**
     * Takes all packages that stand in the indices below `dists/DISTRIBUTION/snapshots/SNAPSHOT/`, over what has their place,
     * older versions too. It opens no package: their files must be known already.
     */
    restore: (distribution: DistributionName, snapshot: string, exports: boolean): Promise<Ran> =>
      changeOf(exports, ['restorematched', distribution, snapshot, '*']),
    export: (distributions: readonly DistributionName[]): Promise<Ran> => say(['export', ...distributions]),
  };
};

export type Reprepro = ReturnType<typeof reprepro>;

/** Its last words, for a person. */
export const lastWords = ({ code, stderr }: Ran): string =>
  `reprepro ended with ${code}: ${stderr.trim().split('\n').slice(-5).join(' / ').slice(-600)}`;
