import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './programs.ts';

/** A file system in memory of so many blocks or inodes, which can be had larger. */
export type SmallDisk = {
  readonly path: string;
  readonly is: (size: string) => Promise<void>;
  /** Room for everything. */
  readonly grow: () => Promise<void>;
  /** Room for so many blocks more than there are. */
  readonly leave: (blocks: number) => Promise<void>;
  readonly remove: () => Promise<void>;
};

export const large = 'nr_blocks=100000,nr_inodes=100000';

export const smallDisk = async (size = large): Promise<SmallDisk> => {
  const path = await mkdtemp(join(tmpdir(), 'mini-buildd-small-'));
  await run('mount', ['-t', 'tmpfs', '-o', `${size},mode=755`, 'tmpfs', path]);
  const is = async (wanted: string): Promise<void> => void (await run('mount', ['-o', `remount,${wanted}`, path]));
  const leave = async (blocks: number, tries = 20): Promise<void> => {
    const [, used = ''] = (await run('df', ['--output=used', '--block-size=4096', path])).trim().split('\n');
    await is(`nr_blocks=${Number(used) + blocks}`).catch((error: unknown) => {
      // Refused when somebody wrote more than that meanwhile.
      if (tries <= 1) throw error;
      return leave(blocks, tries - 1);
    });
  };
  return {
    path,
    is,
    grow: () => is(large),
    leave: (blocks) => leave(blocks),
    remove: async () => {
      await run('umount', ['--lazy', path]);
      await rm(path, { recursive: true });
    },
  };
};
