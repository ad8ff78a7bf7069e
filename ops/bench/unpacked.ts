import { reasonOf } from '../../src/domain/reason.ts';
import { unpack } from '../../test/system/support/unpack.ts';
import { type Bench, Skipped } from './row.ts';

/** The folder below which Debian packages lie unpacked, for one run. */
export const unpacked = async (bench: Bench, packages: readonly string[]): Promise<string> => {
  const folder = await bench.folder('packages');
  await unpack(folder, packages).catch((error: unknown) => {
    throw new Skipped(`apt cannot fetch ${packages.join(', ')}: ${reasonOf(error).trim().split('\n').at(-1)}`);
  });
  return folder;
};
