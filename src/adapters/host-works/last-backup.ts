import { replaceFile } from '../../disk/new-file.ts';
import type { LastBackup } from '../../domain/backup/last.ts';
import { lastBackupFile } from './folder.ts';

/** Leaves word of a backup for whichever daemon serves `home`, now or later. */
export const tellLastBackup = (home: string, backup: LastBackup): Promise<void> =>
  replaceFile(lastBackupFile(home), `${JSON.stringify(backup)}\n`, 0o644);
