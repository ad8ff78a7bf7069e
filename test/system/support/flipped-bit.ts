import assert from 'node:assert/strict';
import { chmod, lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './programs.ts';

/** Flips the lowest bit of the byte at a place. `isAlone`: only under this name, where others are links to the same file. */
export const flipBit = async (path: string, at: (bytes: Buffer) => number, isAlone = false): Promise<void> => {
  const { mode, uid, gid } = await lstat(path);
  const bytes = await readFile(path);
  const place = at(bytes);
  assert.ok(place >= 0 && place < bytes.length, `${path} has nothing to flip`);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  if (isAlone) await rm(path);
  await writeFile(path, bytes);
  await run('chown', [`${uid}:${gid}`, path]);
  await chmod(path, mode);
};

export const middle = (bytes: Buffer): number => Math.floor(bytes.length / 2);

/** In the type of the last version that was reserved, wherever that record lies. */
export const inRecord = (bytes: Buffer): number => {
  const record = bytes.lastIndexOf('"type":"VersionReserved"');
  return record < 0 ? record : record + '"type":"Ver'.length;
};

/** The path below `home` of the first file of a folder that ends so. */
export const firstBelow = async (home: string, folder: string, ending: string): Promise<string> => {
  const names = await readdir(join(home, folder), { recursive: true });
  const first = names.find((name) => name.endsWith(ending) && !name.includes('by-hash'));
  assert.ok(first !== undefined, `nothing below ${folder} ends in ${ending}`);
  return join(folder, first);
};
