import { type Configuration, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import { inSlices, type Sliced } from '../../projections/slices.ts';

/** Suites of all repositories that are sought. Any stranger may ask by a costly pattern: others have their turn after each repository. */
export const soughtTargets = (
  configuration: Configuration,
  isSought: (target: Target) => boolean,
): Promise<readonly Target[]> => inSlices(seek(configuration, isSought));

function* seek(configuration: Configuration, isSought: (target: Target) => boolean): Sliced<readonly Target[]> {
  const found: Target[] = [];
  for (const repository of configuration.repositories.values()) {
    found.push(...suitesOf(configuration, repository).filter(isSought));
    yield;
  }
  return found;
}
