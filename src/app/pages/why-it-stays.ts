import { siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { hasCome, higherThan, slotOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';

/** Why a version that stands somewhere would not migrate from there now; `undefined` when it would. */
export const whyItStays = (
  target: Target,
  held: HeldVersion,
  { contents }: Pick<World, 'contents'>,
): string | undefined => {
  const { source } = held;
  const { migratesTo } = target.suite;
  if (migratesTo === null) return `${target.name} migrates nowhere`;
  const there = slotOf(contents, siblingOf(target, migratesTo), source).present;
  if (hasCome(there, held)) return `${migratesTo} has it already`;
  const higher = higherThan(there, held);
  return higher && `${migratesTo} has ${higher}, which is higher`;
};
