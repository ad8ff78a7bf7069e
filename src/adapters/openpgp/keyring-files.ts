import { readFile, stat } from 'node:fs/promises';
import { type PublicKey, readKey } from 'openpgp';
import { reasonOf } from '../../domain/reason.ts';
import { decodeArmor } from './armor.ts';
import { type KeyBlock, keyBlocks } from './key-blocks.ts';
import { lenient } from './policy.ts';

/** Keys in keyring files by the id (16 hexadecimal digits, lower case) that a signature names them by. */
export interface KeyringFiles {
  /** All keys of that id in these files. Rejects, naming the file, when one cannot be read: that is our fault, not the signer's. */
  readonly find: (keyId: string, files: readonly string[]) => Promise<readonly PublicKey[]>;
  /** All keys in these files. Rejects as `find` does. */
  readonly all: (files: readonly string[]) => Promise<readonly PublicKey[]>;
}

type Loaded = {
  readonly stamp: string;
  readonly inOrder: readonly LazyKey[];
  readonly byId: ReadonlyMap<string, readonly LazyKey[]>;
};

/** `undefined` for a certificate that the library cannot read. */
type LazyKey = () => Promise<PublicKey | undefined>;

/** Remembers each file until its time, size or inode change. */
export const keyringFiles = (): KeyringFiles => {
  const loaded = new Map<string, Loaded>();
  const load = async (file: string): Promise<Loaded> => {
    const { mtimeMs, size, ino } = await stat(file);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const present = loaded.get(file);
    if (present?.stamp === stamp) return present;
    const fresh = { stamp, ...indexed(blocksOf(await readFile(file))) };
    loaded.set(file, fresh);
    return fresh;
  };
  const read = async (files: readonly string[], wanted: (loaded: Loaded) => readonly LazyKey[]) => {
    const found: PublicKey[] = [];
    for (const file of new Set(files)) {
      const keys = await load(file).catch((error: unknown) => {
        throw new Error(`the keyring ${file} cannot be read: ${reasonOf(error)}`);
      });
      for (const lazy of wanted(keys)) {
        const key = await lazy();
        if (key !== undefined) found.push(key);
      }
    }
    return found;
  };
  return {
    find: (keyId, files) => read(files, ({ byId }) => byId.get(keyId) ?? []),
    all: (files) => read(files, ({ inOrder }) => inOrder),
  };
};

/** The keys that a text or packet holds, by the id of one. Throws on what holds none. */
export const heldKeys = (keyring: Uint8Array): ((keyId: string) => Promise<readonly PublicKey[]>) => {
  const { byId } = indexed(blocksOf(keyring));
  return async (keyId) => {
    const found = await Promise.all((byId.get(keyId) ?? []).map((key) => key()));
    return found.filter((key) => key !== undefined);
  };
};

/** Binary as `gpg --export` writes it, or armored blocks one after the other. */
const blocksOf = (file: Uint8Array): readonly KeyBlock[] => {
  if (Buffer.from(file.subarray(8, 12)).toString('latin1') === 'KBXf') {
    throw new Error('it is a keybox of gpg; write it anew with gpg --export');
  }
  if (file.length === 0 || ((file[0] ?? 0) & 0x80) !== 0) return keyBlocks(file);
  const armors = new TextDecoder().decode(file).matchAll(armor);
  const blocks = [...armors].map(([, lines = '']) => decodeArmor(lines.split(/\r?\n/)));
  if (blocks.length === 0) throw new Error('it holds no OpenPGP keys');
  return blocks.flatMap((block) => {
    if (block === undefined) throw new Error('its armor is damaged');
    return keyBlocks(block);
  });
};

const armor = /^-----BEGIN PGP PUBLIC KEY BLOCK-----\s*?\n([\s\S]*?)\r?\n-----END PGP PUBLIC KEY BLOCK-----/gm;

const indexed = (blocks: readonly KeyBlock[]): Omit<Loaded, 'stamp'> => {
  const inOrder: LazyKey[] = [];
  const byId = new Map<string, LazyKey[]>();
  for (const { keyIds, bytes } of blocks) {
    const key = once(() => readKey({ binaryKey: bytes, config: lenient }).catch(() => undefined));
    inOrder.push(key);
    for (const id of new Set(keyIds)) byId.set(id, [...(byId.get(id) ?? []), key]);
  }
  return { inOrder, byId };
};

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
