import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateKey, type PrivateKey, readPrivateKey } from 'openpgp';

/**
 * The archive key in `keysFolder/archive-key.asc`, made when there is none: RSA of 4096 bits, version 4. Ed25519 would be quicker to
 * make and smaller, but the gpgv of the oldest distributions that we build for does not know it, and a key is made once;
 * what RFC 9580 brought (algorithm 27, version 6) no gpg 2.2 accepts.
 *
 * The key appears under its name by a hard link from a synced file, which fails where there is one already: a key is never
 * overwritten, and of two that are made at once one wins and both callers get it. A power cut before the link leaves a file
 * `archive-key.asc.….new` that nothing reads. A key that cannot be read rejects, naming the file: made anew, it would
 * lock out everybody who trusts the old one.
 */
export const readArchiveKey = async (keysFolder: string, now: number): Promise<PrivateKey> => {
  const path = archiveKeyPath(keysFolder);
  if ((await readIfThere(path)) === undefined) {
    await ownFolder(keysFolder);
    await createOnce(path, await newKey(now));
  }
  // Also for a key that was there: the life that made it may have ended before its name was durable.
  await syncFolder(keysFolder);
  return parse(path, await readFile(path, 'utf8'));
};

export const archiveKeyPath = (keysFolder: string): string => join(keysFolder, 'archive-key.asc');

const newKey = async (now: number): Promise<string> => {
  const { privateKey } = await generateKey({
    type: 'rsa',
    rsaBits: 4096,
    userIDs: [{ name: 'mini-buildd archive key' }],
    subkeys: [],
    date: new Date(now),
  });
  return privateKey;
};

const ownFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await syncFolder(dirname(folder));
};

const createOnce = async (path: string, key: string): Promise<void> => {
  const aside = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    await writeSynced(aside, key);
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await unlink(aside).catch(() => undefined);
  }
};

const writeSynced = async (path: string, content: string): Promise<void> => {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
};

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const parse = async (path: string, armoredKey: string): Promise<PrivateKey> => {
  try {
    return await readPrivateKey({ armoredKey });
  } catch (error) {
    throw new Error(`the archive key ${path} cannot be read; restore it from a backup`, { cause: error });
  }
};
