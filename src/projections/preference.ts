import { parseDistribution } from '../domain/debian/distribution.ts';
import type { BuildStory } from './build-queue.ts';
import type { World } from './world.ts';

/** A builder as it is called here. */
export type Called = { readonly builder: string; readonly tags: readonly string[] };

/** Names and tags of builders, one of which the repository of a build asks for; any builder will do when there are none. */
export const preferred = ({ requested }: Pick<BuildStory, 'requested'>, { configuration }: World): readonly string[] =>
  configuration.repositories.get(parseDistribution(requested.distribution).repository)?.builders ?? [];

export const isPreferred = (names: readonly string[], { builder, tags }: Called): boolean =>
  names.length === 0 || names.some((name) => name === builder || tags.includes(name));

/** The same in words behind a reason; nothing when there is no preference. */
export const preferenceInWords = ({ requested }: BuildStory, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `; ${parseDistribution(requested.distribution).repository} is built by ${names.slice(0, 5).join(' or ')} only`;
