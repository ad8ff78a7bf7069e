import { join } from 'node:path';

/** Where host programs say how far they are, below a home: only of this moment, so it may go at any time. */
export const hostWorksFolder = (home: string): string => join(home, 'cache', 'host-works');

/** When the home was backed up last, and how. */
export const lastBackupFile = (home: string): string => join(home, 'last-backup.json');
