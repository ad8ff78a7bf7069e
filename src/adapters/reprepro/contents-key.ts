import { hash } from 'node:crypto';
import { onceFor } from '../../domain/once-for.ts';
import type { HeldVersion, PublishedDistribution } from '../../ports/archive.ts';
import { breath } from './breath.ts';

/** A digest of a distribution, and those of its portions, so that the next is soon found. */
export type ContentsKey = {
  readonly key: string;
  readonly holds: readonly HeldVersion[];
  readonly portions: readonly string[];
};

/**
 * A digest of what decides the indices of a distribution, in the order in which they are held, which history fixes. Versions
 * that are the same objects as in the key before (contents projections change in place nowhere) are not looked at again.
 */
export const contentsKey = async (
  { components, architectures, holds }: PublishedDistribution,
  before: ContentsKey | undefined,
): Promise<ContentsKey> => {
  const portions: string[] = [];
  for (let from = 0; from < holds.length; from += portionSize) {
    const known = isSame(from, holds, before) ? before?.portions[from / portionSize] : undefined;
    portions.push(known ?? portion(from, holds));
    if (known === undefined) await breath();
  }
  const key = hash('sha256', JSON.stringify([generator, components, architectures, portions]));
  return { key, holds, portions };
};

/** Goes up whenever the same contents shall give other indices than before, or another key. */
const generator = 3;

/** Versions. Another size gives other keys. */
const portionSize = 256;

const isSame = (from: number, holds: readonly HeldVersion[], before: ContentsKey | undefined): boolean => {
  if (before === undefined) return false;
  const to = from + portionSize;
  if (Math.min(to, holds.length) !== Math.min(to, before.holds.length)) return false;
  for (let at = from; at < to; at += 1) if (holds[at] !== before.holds[at]) return false;
  return true;
};

const portion = (from: number, holds: readonly HeldVersion[]): string =>
  hash(
    'sha256',
    holds
      .slice(from, from + portionSize)
      .map(versionKey)
      .join(),
  );

/** Half a digest tells two versions apart, and ten thousand of them are joined. */
const versionKey = onceFor((held: HeldVersion): string => hash('sha256', JSON.stringify(held)).slice(0, 32));
