import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateKey, type PrivateKey, readPrivateKey } from 'openpgp';
import { ifGone } from '../../disk/if-gone.ts';
import { createFile, replaceFile } from '../../disk/new-file.ts';
import { syncPath } from '../../disk/sync-path.ts';

/**
 * The archive keys in `keysFolder`, the oldest first: `archive-key.asc`, then `archive-key-2.asc` and so on. A key that cannot be read
 * rejects, naming the file: overlooked, another one would be made, and lock out everybody who trusts this one.
 */
export const readArchiveKeys = async (keysFolder: string): Promise<readonly PrivateKey[]> => {
  const keys: PrivateKey[] = [];
  for (const number of await numbersIn(keysFolder)) keys.push(await read(pathOf(keysFolder, number)));
  return keys;
};

/**
 * Makes the next archive key unless somebody else just did, and gives the one that is there: a primary key and a subkey that signs, so that
 * the primary can be kept elsewhere; both RSA of 4096 bits, version 4. Ed25519 would be
 * quicker to make and smaller, but the gpgv of the oldest distributions that we build for does not know it, and a key is made
 * seldom; what RFC 9580 brought (algorithm 27, version 6) no gpg 2.2 accepts.
 *
 * The key appears under its name by a hard link from a synced file, which fails where there is one already: a key is never
 * overwritten, and of two that are made at once one wins and both callers get it. A power cut before the link leaves a file
 * `archive-key….new` that nothing reads.
 */
export const makeArchiveKey = async (keysFolder: string, now: number): Promise<PrivateKey> => {
  await ownFolder(keysFolder);
  const path = pathOf(keysFolder, ((await numbersIn(keysFolder)).at(-1) ?? 0) + 1);
  await createFile(path, await newKey(now), 0o600);
  return read(path);
};

/** Puts a key that was made elsewhere beside those that are there, once. */
export const addArchiveKey = async (keysFolder: string, key: PrivateKey): Promise<void> => {
  await ownFolder(keysFolder);
  for (;;) {
    const present = await readArchiveKeys(keysFolder);
    if (present.some((each) => each.getFingerprint() === key.getFingerprint())) break;
    const path = pathOf(keysFolder, ((await numbersIn(keysFolder)).at(-1) ?? 0) + 1);
    await createFile(path, key.armor(), 0o600);
  }
  await syncPath(keysFolder);
};

/** Also of keys that were there: the life that made one may have ended before its name was durable. */
export const syncKeys = (keysFolder: string): Promise<void> => syncPath(keysFolder);

/**
 * Puts another edition of a key in the place of the one with its fingerprint. It appears by a rename of a synced file: after a power cut
 * there is the old one or the new one.
 */
export const replaceArchiveKey = async (keysFolder: string, key: PrivateKey): Promise<void> => {
  for (const number of await numbersIn(keysFolder)) {
    const path = pathOf(keysFolder, number);
    if ((await read(path)).getFingerprint() !== key.getFingerprint()) continue;
    await replaceFile(path, key.armor(), 0o600);
  }
};

const pathOf = (keysFolder: string, number: number): string =>
  join(keysFolder, number === 1 ? 'archive-key.asc' : `archive-key-${number}.asc`);

const numbersIn = async (keysFolder: string): Promise<readonly number[]> => {
  const names = (await readdir(keysFolder).catch(ifGone)) ?? [];
  return names
    .flatMap((name) => {
      const found = /^archive-key(?:-([1-9]\d{0,5}))?\.asc$/.exec(name);
      return found === null ? [] : [Number(found[1] ?? 1)];
    })
    .sort((one, other) => one - other);
};

const newKey = async (now: number): Promise<string> => {
  const { privateKey } = await generateKey({
    type: 'rsa',
    rsaBits: 4096,
    userIDs: [{ name: 'mini-buildd archive key' }],
    subkeys: [{ sign: true }],
    date: new Date(now),
  });
  return privateKey;
};

const ownFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await syncPath(dirname(folder));
};

const read = async (path: string): Promise<PrivateKey> => {
  const armoredKey = await readFile(path, 'utf8');
  try {
    return await readPrivateKey({ armoredKey });
  } catch (error) {
    throw new Error(`the archive key ${path} cannot be read; restore it from a backup`, { cause: error });
  }
};
