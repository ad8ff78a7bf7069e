import { existsSync } from 'node:fs';
import { genesis } from './chain.ts';
import { openDatabase } from './database.ts';
import { headPath, openHeadFile } from './head-file.ts';
import { takeLock } from './lock.ts';
import { openReading } from './reading.ts';
import { openRecords } from './records.ts';

/**
 * For an operator without a better backup: makes a log writable again that ends before its head, or whose head file is
 * lost. What is missing is given up, and its positions are never given to other events. Says what was given up, or would be. Throws
 * when the log is in use, when nothing is missing, and when a record is wrong: then only a backup helps.
 */
export const acceptLoss = (folder: string, isDryRun: boolean): string => {
  const lock = takeLock(folder);
  try {
    return giveUp(folder, isDryRun);
  } finally {
    lock.release();
  }
};

const giveUp = (folder: string, isDryRun: boolean): string => {
  const path = headPath(folder);
  const headFile = existsSync(path) || !isDryRun ? openHeadFile(path, existsSync(path) ? 'r+' : 'w+') : undefined;
  const database = openDatabase(folder, { readOnly: false });
  try {
    const records = openRecords(database);
    const end = records.last() ?? { position: 0, hash: genesis };
    const reading = openReading(records, refuse, () => false);
    for (let at: number | undefined = 0; at !== undefined; ) at = reading.verify(at, end.position);
    const head = headFile?.read().head;
    if (head !== undefined && head.position <= end.position)
      refuse(
        `Nothing is missing: the head of ${folder} stands at position ${head.position}, the log at ${end.position}`,
      );
    const reserved = Math.max(end.position, head?.position ?? 0, head?.reserved ?? 0);
    if (!isDryRun) headFile?.write({ position: end.position, hash: end.hash, reserved });
    return `${isDryRun ? 'Would be given up' : 'Given up'}: what stood after position ${end.position}${head === undefined ? '' : ` up to ${head.position}`}`;
  } finally {
    database.close();
    headFile?.close();
  }
};

const refuse = (fact: string): never => {
  throw new Error(fact);
};
