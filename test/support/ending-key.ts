import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrivateKey, reformatKey } from 'openpgp';

/** Lets the archive keys of a folder end at `until` (milliseconds), as their owner may do by other means: those made here never end. */
export const letKeysEnd = async (keysFolder: string, until: number): Promise<void> => {
  for (const name of (await readdir(keysFolder)).filter((each) => each.endsWith('.asc'))) {
    const file = join(keysFolder, name);
    const key = await readPrivateKey({ armoredKey: await readFile(file, 'utf8') });
    const made = key.getCreationTime().getTime();
    const { privateKey } = await reformatKey({
      privateKey: key,
      userIDs: key.users.flatMap(({ userID }) => (userID === null ? [] : [{ name: userID.name, email: userID.email }])),
      keyExpirationTime: Math.round((until - made) / 1000),
      date: new Date(Math.max(Date.now(), made)),
      format: 'armored',
    });
    await writeFile(file, privateKey, { mode: 0o600 });
  }
};
