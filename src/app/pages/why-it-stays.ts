import { siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { isSameHeld, slotOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { isDowngrade } from '../repository/plan.ts';

/** Why a version that stands somewhere would not migrate from there now; `undefined` when it would. */
export const whyItStays = (
  target: Target,
  held: HeldVersion,
  { contents }: Pick<World, 'contents'>,
): string | undefined => {
  const { source, version } = held;
  const { migratesTo } = target.suite;
  if (migratesTo === null) return `${target.name} migrates nowhere`;
  const there = slotOf(contents, siblingOf(target, migratesTo), source);
  if (isSameHeld(there.present, held)) return `${migratesTo} has it already`;
  return isDowngrade(there, version) ? `${migratesTo} has ${there.present?.version}, which is higher` : undefined;
};
