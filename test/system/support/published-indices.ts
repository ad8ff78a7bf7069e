import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The indices of everything that is published in a home, by their place, with their SHA-256. */
export const publishedIndices = async (home: string): Promise<Readonly<Record<string, string>>> => {
  const root = join(home, 'repositories');
  const names = (await readdir(root, { recursive: true })).filter((name) =>
    /\/published\/.*\/(?:Packages|Sources)(?:\.\w+)?$/.test(name),
  );
  const pairs = names.map(async (name) => {
    const bytes = await readFile(join(root, name)).catch(() => Buffer.of());
    return [name.replace(/\/generations?\/[^/]+\//, '/'), createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries((await Promise.all(pairs)).toSorted(([one], [other]) => (one < other ? -1 : 1)));
};
