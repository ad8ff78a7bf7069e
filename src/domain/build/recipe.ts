import type { BuildSettings } from '../configuration/events.ts';
import type { UploadOption } from '../debian/upload-options.ts';

/** How sbuild and the package's own rules are to go about one build. */
export type Recipe = {
  /** Who finds build dependencies. */
  readonly resolver: BuildSettings['resolver'];
  /** Jobs at once; null leaves it to the machine. */
  readonly jobs: number | null;
  /** Words of `DEB_BUILD_OPTIONS` (Policy §4.9.1). */
  readonly options: readonly string[];
  /** Build profiles, as `Build-Depends` may name them (Policy §7.1). */
  readonly profiles: readonly string[];
  /** Relations installed beside the package's own build dependencies. */
  readonly depends: readonly string[];
  /** Run as root in the build's chroot before its dependencies are installed; empty for none. */
  readonly setup: string;
};

/**
 * What the upload asks for counts before what its distribution says. Who asks for `parallel=N` gets it: jobs that the
 * distribution names would win inside `dpkg-buildpackage`.
 */
export const recipeFor = (asked: readonly UploadOption[], architecture: string, settings: BuildSettings): Recipe => {
  const words = (key: string) => optionFor(asked, key, architecture)?.split(' ');
  const options = words('deb-build-options') ?? settings.debBuildOptions;
  return {
    resolver: settings.resolver,
    jobs: options.some((word) => word.startsWith('parallel=')) ? null : settings.parallel,
    options,
    profiles: words('deb-build-profiles') ?? settings.debBuildProfiles,
    depends: optionFor(asked, 'add-depends', architecture)?.split(', ') ?? [],
    setup: settings.setupScript,
  };
};

/** Pin of our own suites in builds of an upload. */
export const internalPriority = (asked: readonly UploadOption[], settings: BuildSettings): number =>
  Number(optionFor(asked, 'internal-apt-priority', '') ?? settings.internalAptPriority);

/** `KEY[ARCHITECTURE]` counts before `KEY`. */
export const optionFor = (asked: readonly UploadOption[], key: string, architecture: string): string | undefined =>
  (
    asked.find((option) => option.key === key && option.architecture === architecture) ??
    asked.find((option) => option.key === key && option.architecture === '')
  )?.value;
