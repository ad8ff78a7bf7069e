import { hash } from 'node:crypto';
import type { HeldVersion, PublishedDistribution } from '../../ports/archive.ts';

/**
 * A digest of what decides the indices of a distribution, in the order in which they are held, which history fixes. Versions and lists that are the same objects as before (contents
 * projections change in place nowhere) are not looked at again.
 */
export const contentsKey = ({ components, architectures, holds }: PublishedDistribution): string =>
  hash('sha256', JSON.stringify([generator, components, architectures, listKey(holds)]));

/** Goes up whenever the same contents shall give other indices than before. */
const generator = 2;

const lists = new WeakMap<readonly HeldVersion[], string>();
const versions = new WeakMap<HeldVersion, string>();

const listKey = (holds: readonly HeldVersion[]): string => remembered(lists, holds, () => holds.map(versionKey).join());

/** Half a digest tells two versions apart, and ten thousand of them are joined. */
const versionKey = (held: HeldVersion): string => remembered(versions, held, () => JSON.stringify(held)).slice(0, 32);

const remembered = <Key extends object>(memory: WeakMap<Key, string>, key: Key, text: () => string): string => {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const digest = hash('sha256', text());
  memory.set(key, digest);
  return digest;
};
