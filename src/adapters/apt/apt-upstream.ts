import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import { suiteFolder } from '../../domain/configuration/apt-sources.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { NamedIndex, SignedRelease, Upstream } from '../../ports/upstream.ts';
import { wantedStanzas } from './index-stanzas.ts';

/** The `InRelease` of a large archive has a quarter of a megabyte. */
const mostBytes = 8 * 1024 * 1024;
const patienceMs = 60_000;

/**
 * Fetches with apt's own helper, so that proxies, logins and certificates are those of the host's apt configuration. `folder` is
 * ours alone; what an earlier life left in it goes at the first fetch.
 */
export const aptUpstream = ({ folder }: { readonly folder: string }): Upstream => {
  const made = (async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  })();
  made.catch(() => undefined);
  return {
    release: async (uri, suite) => {
      await made;
      const place = await mkdtemp(join(folder, 'release-'));
      try {
        const began = performance.now();
        const signed = await fetchSigned(suiteFolder(uri, suite), place);
        if (isLeft(signed)) return signed;
        return right({ signed: signed.right, milliseconds: Math.round(performance.now() - began) });
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },
    stanzas: async (uri, suite, index, isWanted, time) => {
      await made;
      const place = await mkdtemp(join(folder, 'index-'));
      try {
        const fetched = await fetchIndex(`${suiteFolder(uri, suite)}${index.at}`, index, join(place, 'index'), time);
        if (isLeft(fetched)) return fetched;
        return right(await wantedStanzas(fetched.right, index.packing, isWanted));
      } catch (error) {
        return left(damaged(index, error));
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },
  };
};

/** Debian's largest packed has 13 million. */
const mostOfIndex = 512 * 1024 * 1024;

/** apt's helper holds it against its hash. */
const fetchIndex = async (
  url: string,
  { path, size, sha256 }: NamedIndex,
  file: string,
  time: AbortSignal,
): Promise<Either<Refusal, string>> => {
  if (size > mostOfIndex) {
    const fact = `${path} has ${size} bytes, at most ${mostOfIndex} are fetched`;
    return left(refusal('oversized', fact, 'draw from a smaller suite'));
  }
  const failed = await run([...fetchArguments(url, file, Math.max(size, 1)), `SHA256:${sha256}`], { signal: time });
  return failed === undefined ? right(file) : left(answerOf(failed));
};

const damaged = ({ path }: NamedIndex, error: unknown): Refusal =>
  refusal('damaged-index', `${path}: ${reasonOf(error)}`.slice(0, 300), 'wait for the archive to be published anew');

/**
 * apt's own order: `Release` and `Release.gpg` are asked for where the archive answers that it has no `InRelease`, and not where nobody
 * answers. What an `InRelease` says is never overruled by them.
 */
const fetchSigned = async (folder: string, place: string): Promise<Either<Refusal, SignedRelease>> => {
  const inRelease = await fetched(folder, 'InRelease', place);
  if (isRight(inRelease)) return right({ inRelease: inRelease.right });
  if (!isAbsent(inRelease.left)) return left(answerOf(inRelease.left));
  const release = await fetched(folder, 'Release', place);
  if (isLeft(release)) return left(answerOf(isAbsent(release.left) ? inRelease.left : release.left));
  const signature = await fetched(folder, 'Release.gpg', place);
  if (isRight(signature)) return right({ release: release.right, signature: signature.right });
  return left(isAbsent(signature.left) ? notSigned(folder) : answerOf(signature.left));
};

/** The file, or what apt's helper said instead. */
const fetched = async (folder: string, name: string, place: string): Promise<Either<string, Uint8Array>> => {
  const failed = await run(fetchArguments(`${folder}${name}`, join(place, name)));
  return failed === undefined ? right(await readFile(join(place, name))) : left(failed);
};

/** Whether an archive answered, and has no such file. */
const isAbsent = (said: string): boolean => /^E: Failed to fetch \S+ +(?:[45]\d\d |File not found)/m.test(said);

const notSigned = (folder: string): Refusal =>
  refusal(
    'unsigned',
    `${folder} has neither InRelease nor Release.gpg beside its Release`.slice(0, 300),
    'choose another archive of it, or have whoever publishes it sign it: builds draw from nothing that nobody vouches for',
  );

/** prlimit(1) keeps what comes small; what is on this machine is reached without a proxy. */
export const fetchArguments = (url: string, file: string, most = mostBytes): readonly string[] => [
  `--fsize=${most}`,
  '--',
  '/usr/lib/apt/apt-helper',
  '-qq',
  ...options.flatMap((option) => ['-o', option]),
  'download-file',
  url,
  file,
];

const options = [
  'Acquire::Retries=0',
  'Acquire::http::Timeout=20',
  'Acquire::https::Timeout=20',
  ...['localhost', '127.0.0.1'].map((host) => `Acquire::http::Proxy::${host}=DIRECT`),
];

type Within = { readonly timeout?: number; readonly signal?: AbortSignal };

/** What it said when it failed. Rejects when it could not be run at all. */
const run = (args: readonly string[], within: Within = { timeout: patienceMs }): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
    execFile(
      '/usr/bin/prlimit',
      args,
      { env, cwd: '/', ...within, killSignal: 'SIGKILL', maxBuffer: 1 << 20 },
      (error, _, stderr) => {
        if (error === null) resolve(undefined);
        else if (within.signal?.aborted === true)
          resolve('not whole in the time that there is for all lists of a look');
        else if (typeof error.code === 'string') reject(error);
        else if (error.killed) resolve(`not whole within ${patienceMs / 1000} seconds`);
        else resolve(stderr === '' ? 'the download ended without a word; it may have been too large' : stderr);
      },
    );
  });

/** Its first error says what; warnings come before. */
const answerOf = (said: string) =>
  refusal(
    'unreachable-archive',
    (/^E: (.*)$/m.exec(said)?.[1] ?? said).slice(0, 300),
    'check address and suite, and how the host reaches it (apt.conf(5))',
  );
