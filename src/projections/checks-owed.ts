import { isLeft } from 'fp-ts/lib/Either.js';
import type { CheckRequested } from '../domain/check/events.ts';
import { type WantedCheck, wantedChecks } from '../domain/check/policy.ts';
import { type Configuration, resolveDistribution, suitesOf } from '../domain/configuration/configuration.ts';
import type { Codename } from '../domain/debian/names.ts';
import { checkId, uploadOfBuild } from '../domain/ids.ts';
import type { UploadAccepted } from '../domain/upload/events.ts';
import { type BuildStory, buildsOf } from './build-queue.ts';
import { type CheckStory, checksOfBuild, isEnded } from './checks.ts';
import type { World } from './world.ts';

/** Checks that what a build made is to go through, by what upload, suite and distribution say now. */
export const checksWanted = (
  { requested }: BuildStory,
  { options }: UploadAccepted,
  configuration: Configuration,
): readonly WantedCheck[] => {
  if (options.length > 0) return wanted(requested, options, configuration);
  const known = usual.get(configuration) ?? new Map<string, readonly WantedCheck[]>();
  usual.set(configuration, known);
  const asked = `${requested.distribution} ${requested.architecture}`;
  const found = known.get(asked) ?? wanted(requested, options, configuration);
  known.set(asked, found);
  return found;
};

/** Of uploads that ask for nothing of their own: after each event it is asked of all that is built and not decided about, which may be thousands. */
const usual = new WeakMap<Configuration, Map<string, readonly WantedCheck[]>>();

const wanted = (
  { distribution, architecture }: BuildStory['requested'],
  options: UploadAccepted['options'],
  configuration: Configuration,
): readonly WantedCheck[] => {
  const target = resolveDistribution(configuration, distribution);
  return isLeft(target) ? [] : wantedChecks(options, architecture, target.right);
};

/**
 * Checks that whoever makes a build elsewhere can make of it at once: all, where it makes the arch-indep packages of its upload as well, and else those that
 * need no other packages.
 */
export const checksWithBuild = (build: BuildStory, world: World): readonly WantedCheck[] => {
  const accepted = world.progress.uploads.get(build.requested.upload)?.accepted;
  if (accepted === undefined) return [];
  const wanted = checksWanted(build, accepted, world.configuration);
  return build.requested.archAll ? wanted : wanted.filter(({ tool }) => tool === 'lintian');
};

/** What is to be asked for of one build. */
export const requestOf = (
  { id, requested }: BuildStory,
  { tool, mode, denies }: Pick<WantedCheck, 'tool' | 'mode' | 'denies'>,
): CheckRequested => {
  const { upload, source, version, distribution, codename, architecture } = requested;
  const about = { upload, build: id, tool, source, version, distribution, codename, architecture };
  return { type: 'CheckRequested', check: checkId(id, tool), ...about, mode, denies };
};

export type OwedCheck = { readonly build: BuildStory; readonly wanted: WantedCheck };

/** Checks that are wanted and not requested. They wait for the arch-indep packages of their upload, which they may need. */
export const checksOwed = (world: World): readonly OwedCheck[] =>
  [...new Set([...world.checks.built, ...world.progress.late])].flatMap((id) => {
    const upload = uploadOfBuild(id);
    const builds = buildsOf(world.builds, upload);
    const build = builds.find((story) => story.id === id);
    if (build === undefined || builds.some(isAwaited)) return [];
    return unrequested(build, world).map((wanted) => ({ build, wanted }));
  });

const isAwaited = ({ requested, outcome, status }: BuildStory): boolean =>
  requested.archAll && outcome === undefined && status !== 'cancelled';

const unrequested = (build: BuildStory, world: World): readonly WantedCheck[] => {
  const { accepted, verdict } = world.progress.uploads.get(build.requested.upload) ?? {};
  if (accepted === undefined || verdict === 'released') return [];
  const known = new Set(checksOfBuild(world.checks, build.id).map(({ id }) => id));
  return checksWanted(build, accepted, world.configuration).filter(({ tool }) => !known.has(checkId(build.id, tool)));
};

export type IdleCheck = { readonly check: CheckStory; readonly because: string };

/** Checks that nobody waits for any more, and why: they would be run for nothing, or hold their upload for ever. */
export const idleChecks = (world: World): readonly IdleCheck[] =>
  [...world.checks.open.values()].flatMap((check) => {
    const because = idleBecause(check, world);
    return because === undefined ? [] : [{ check, because }];
  });

const idleBecause = ({ requested }: CheckStory, world: World): string | undefined => {
  const { accepted, verdict } = world.progress.uploads.get(requested.upload) ?? {};
  if (accepted === undefined || verdict === 'released') return 'its upload came to nothing';
  const build = buildsOf(world.builds, requested.upload).find(({ id }) => id === requested.build);
  const isWanted =
    build !== undefined &&
    checksWanted(build, accepted, world.configuration).some(({ tool }) => tool === requested.tool);
  return isWanted ? undefined : `${requested.tool} is not wanted any more for ${requested.distribution}`;
};

/** Whether all that is wanted of what a build made has been said. */
export const isChecked = (build: BuildStory, world: World): boolean =>
  checksOfBuild(world.checks, build.id).every(isEnded) && unrequested(build, world).length === 0;

/** Whether something that is built for a codename is to be checked, so that a chroot with the tools is needed. */
export const wantsCheckChroot = (configuration: Configuration, codename: Codename): boolean => {
  const targets = [...configuration.repositories.values()]
    .flatMap((repository) => suitesOf(configuration, repository))
    .filter(({ distribution }) => distribution.codename === codename);
  if (targets.length > 0) return targets.some((target) => wantedChecks([], '', target).length > 0);
  // No repository here has it: who builds for others alone says by the distribution that it checks for them.
  const checks = configuration.distributions.get(codename)?.checks;
  return checks !== undefined && Object.values(checks).some(({ mode }) => mode !== 'disabled');
};
