import { chmod, constants, copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** Hard links where the file system and the mode allow, else copies: the build's user has to be able to read them. */
export const bringFiles = async (wanted: readonly StoredFile[], folder: string, files: FileStore): Promise<void> => {
  for (const { name, sha256 } of wanted) {
    const target = join(folder, name);
    const kept = await files.path(sha256);
    if (((await stat(kept)).mode & 0o004) !== 0) await files.link(sha256, target);
    else {
      await copyFile(kept, target, constants.COPYFILE_FICLONE);
      await chmod(target, 0o444);
    }
  }
};
