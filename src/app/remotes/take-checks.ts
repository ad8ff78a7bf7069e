import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import {
  asCheckResult,
  checksName,
  readTravellingChecks,
  type TravellingCheck,
} from '../../domain/buildrequest/travelling-checks.ts';
import type { CheckResult } from '../../domain/check/check.ts';
import type { CheckTool } from '../../domain/check/findings.ts';
import type { FileName, StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** What a check at another instance comes to here. */
export type TakenCheck = { readonly tool: CheckTool; readonly result: CheckResult };

/** Far more than any checks say. Bytes. */
const longest = 8 * 2 ** 20;

/**
 * Takes what checks found from an opened buildresult: plain files, in a folder of ours. What is not as it should be is as if it had not been made, and
 * is checked here.
 */
export const takeChecks = async (folder: string, files: Pick<FileStore, 'adopt'>): Promise<readonly TakenCheck[]> => {
  const said = join(folder, checksName);
  const size = await sizeOf(said);
  if (size === undefined || size > longest) return [];
  const read = readTravellingChecks(await readFile(said, 'utf8'));
  if (isLeft(read)) return [];
  const taken = await Promise.all(read.right.map((each) => take(each, folder, files)));
  return taken.flatMap((each) => each ?? []);
};

const take = async (
  check: TravellingCheck,
  folder: string,
  files: Pick<FileStore, 'adopt'>,
): Promise<TakenCheck | undefined> => {
  const adopt = async (name: FileName): Promise<StoredFile | undefined> =>
    (await sizeOf(join(folder, name))) === undefined ? undefined : files.adopt(name, join(folder, name));
  const log = await adopt(check.log);
  const named = 'report' in check ? check.report : null;
  const report = named === null ? null : await adopt(named);
  return log === undefined || report === undefined
    ? undefined
    : { tool: check.tool, result: asCheckResult(check, log, report) };
};

const sizeOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(() => undefined))?.size;
