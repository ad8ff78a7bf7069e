import type { BuildStory } from '../projections/build-queue.ts';
import { templateFor } from '../projections/templates.ts';
import { fitsElsewhere, undistributed } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import type { ToBeginWith } from './to-begin-with.ts';

/** Builds that wait for what is not there: where they are for, or a chroot for them on any machine. Of one distribution and architecture the first is named. */
export const neverBuilt = (world: World): readonly ToBeginWith[] =>
  [...world.builds.waiting.values()].flatMap(({ inTurn: [first, ...others] }) => {
    const lacking = first && lackingTo(first, world);
    if (first === undefined || lacking === undefined) return [];
    const { source, version, distribution, architecture } = first.requested;
    const more = others.length === 0 ? '' : `, and ${others.length} more,`;
    return [
      {
        fact: `${source} ${version} for ${distribution} on ${architecture}${more} cannot begin to build: ${lacking.because}`,
        remedy: lacking.remedy,
        doneAt: `/mini_buildd/builds/${encodeURIComponent(first.id)}`,
      },
    ];
  });

const lackingTo = (
  build: BuildStory,
  world: World,
): { readonly because: string; readonly remedy: string } | undefined => {
  const gone = undistributed(build, world);
  if (gone !== undefined) return { because: gone, remedy: 'cancel it, or configure that again' };
  const { codename, architecture } = build.requested;
  return templateFor(world.templates, build.requested).chroot !== undefined || fitsElsewhere(build, world)
    ? undefined
    : {
        because: `no builder has a chroot for ${codename}/${architecture}`,
        remedy: 'have one made, add a machine that has one, or cancel it',
      };
};
