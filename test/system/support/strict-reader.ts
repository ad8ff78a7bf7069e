import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { digest, releaseSums } from '../../adapters/reprepro/whole.ts';

export type Reading = {
  /** How often the whole distribution was read, and everything that did not fit together. */
  readonly seen: { readonly rounds: number; readonly mismatches: readonly string[] };
  readonly stop: () => Promise<void>;
};

/**
 * Reads a distribution in a loop and believes nothing: every index must have the size and sum that this very `InRelease` lists, and every file
 * that an index names must be in the pool with its sum. `delay` milliseconds after each `InRelease` make a slow reader: by then others may be
 * published. By hash first, as apt does; a plain path counts only where there is no by-hash.
 */
export const readStrictly = (repository: string, distribution: string, delay = 0): Reading => {
  const root = `${repository}/dists/${distribution}`;
  const proved = new Set<string>();
  const seen = { rounds: 0, mismatches: [] as string[] };
  let isReading = true;

  const check = (what: string, bytes: Buffer | undefined, sha256: string, size = bytes?.length): boolean => {
    const fits = bytes !== undefined && bytes.length === size && digest(bytes) === sha256;
    if (!fits)
      seen.mismatches.push(`${what}: ${bytes === undefined ? 'missing' : `${bytes.length} bytes of other content`}`);
    return fits;
  };

  const readIndex = async ({ path, size, sha256 }: Listed, all: readonly Listed[]): Promise<void> => {
    const byHash = await get(`${root}/${path.replace(/[^/]*$/, '')}by-hash/SHA256/${sha256}`);
    const bytes = byHash ?? (await get(`${root}/${path}`));
    // An archive may list an index that it gives compressed only.
    if (bytes === undefined && all.some((other) => other.path === `${path}.gz`)) return;
    if (!check(`${distribution}/${path}`, bytes, sha256, size) || bytes === undefined || !path.endsWith('.gz')) return;
    for (const [file, sum] of poolFiles(gunzipSync(bytes).toString('utf8'))) {
      if (proved.has(`${file} ${sum}`)) continue;
      if (check(file, await get(`${repository}/${file}`), sum)) proved.add(`${file} ${sum}`);
    }
  };

  const reading = (async () => {
    for (; isReading; seen.rounds += 1) {
      const release = await get(`${root}/InRelease`);
      const listed = releaseSums(release?.toString('utf8') ?? '');
      if (listed.length === 0) seen.mismatches.push(`${distribution}/InRelease lists nothing`);
      await pause(delay);
      for (const index of listed) await readIndex(index, listed);
      await pause(20);
    }
  })();
  return {
    seen,
    stop: async () => {
      isReading = false;
      await reading;
    },
  };
};

type Listed = ReturnType<typeof releaseSums>[number];

/** `undefined` where nothing is. */
const get = async (url: string): Promise<Buffer | undefined> => {
  const answer = await fetch(url);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return answer.ok ? bytes : undefined;
};

/** Every file that an index of packages or of sources names, with its sum. */
const poolFiles = (index: string): readonly (readonly [string, string])[] =>
  index.split(/\n\n+/).flatMap((stanza) => {
    const value = (field: string): string | undefined => new RegExp(`^${field}: (.*)$`, 'm').exec(stanza)?.[1];
    const [name, folder] = [value('Filename'), value('Directory')];
    if (name !== undefined) return [[name, value('SHA256') ?? ''] as const];
    if (folder === undefined) return [];
    const sums = /^Checksums-Sha256:[^\n]*\n((?: .*\n?)*)/m.exec(stanza)?.[1] ?? '';
    return [...sums.matchAll(/^ (\S+) \d+ (\S+)$/gm)].map(
      ([, sum = '', file = '']) => [`${folder}/${file}`, sum] as const,
    );
  });
