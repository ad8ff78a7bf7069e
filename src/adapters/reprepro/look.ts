import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Seen, Unknown } from './archive-orders.ts';
import { packedControl } from './deb-control.ts';

/** What an index says of a file; the sums are empty where they are not asked for. Blocks. */
export const seen = ({ path, sums, control }: Unknown): Seen => {
  const bytes = sums ? readFileSync(path) : undefined;
  return {
    md5: bytes === undefined ? '' : hash('md5', bytes),
    sha1: bytes === undefined ? '' : hash('sha1', bytes),
    control: control ? packedControl(path) : undefined,
  };
};
