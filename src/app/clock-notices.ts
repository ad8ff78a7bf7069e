import { instant } from '../domain/codec.ts';
import { dueVersions } from '../projections/due-files.ts';
import { failedDue } from '../projections/due-uploads.ts';
import { dueKeys } from '../projections/keyrings-owed.ts';
import type { World } from '../projections/world.ts';
import type { ClockLeap } from './steady-clock.ts';

/** What an administrator is told of a clock that leapt ahead, while something waits for it to be believed. */
export const clockNotices = (
  world: World,
  leap: ClockLeap | undefined,
  now: number,
): readonly { readonly fact: string; readonly remedy: string }[] =>
  leap === undefined || !isAnythingDue(world, now)
    ? []
    : [
        {
          fact: `the clock of this machine went ahead by ${Math.round(leap.by / dayInMs)} days at once: by it files are to be let go, or a key is to retire, which cannot be taken back`,
          remedy: `set it where it is wrong; where it is right, nothing needs to be done: that waits until ${instant(now + leap.left)}`,
        },
      ];

const dayInMs = 86_400_000;

const isAnythingDue = (world: World, now: number): boolean =>
  dueKeys(world, now).length > 0 ||
  [...world.configuration.retention.values()].some(
    (policy) => dueVersions(world, policy, now).next().done !== true || failedDue(world, policy, now).length > 0,
  );
