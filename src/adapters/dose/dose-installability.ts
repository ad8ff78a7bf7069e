import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../domain/reason.ts';
import type { Installability, InstallabilityQuestion, Installable } from '../../ports/installability.ts';
import { hostIndices } from './host-indices.ts';
import { brokenIn } from './report.ts';
import { type Run, runBounded } from './run-bounded.ts';

const bounds = { milliseconds: 60_000, bytes: 16 * 1024 * 1024 };

/** Bytes of memory; Debian's main takes a third of it. */
const mostMemory = 3 * 1024 ** 3;

/** Asks dose-debcheck(1) of Debian's `dose-distcheck`, against the indices that the host's apt has fetched. */
export const doseInstallability = (run: Run = runBounded): Installability => ({
  examine: async (question) => {
    const folder = await mkdtemp(join(tmpdir(), 'installability-'));
    try {
      return await examine(question, folder, run);
    } catch (error) {
      return { unknown: `it could not be examined: ${reasonOf(error)}` };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

const examine = async (
  { architecture, packages, beside }: InstallabilityQuestion,
  folder: string,
  run: Run,
): Promise<Installable> => {
  if (packages.length === 0) return { broken: [] };
  const background: string[] = [];
  for (const source of beside) {
    const paths = await hostIndices(source, architecture, folder, run);
    if (typeof paths === 'string') return { unknown: paths };
    background.push(...paths);
  }
  const foreground = join(folder, 'packages');
  await writeFile(foreground, packages);
  const asked = [
    `--deb-native-arch=${architecture}`,
    '--failures',
    '--explain',
    `--fg=${foreground}`,
    ...background.map((path) => `--bg=${path}`),
  ];
  const { code, stdout, stderr } = await run('prlimit', [`--as=${mostMemory}`, 'dose-debcheck', ...asked], bounds);
  const broken = code === 0 || code === 1 ? brokenIn(stdout) : undefined;
  return broken === undefined
    ? {
        unknown: `dose-debcheck did not answer (${stderr.trim().slice(-300) || `it ended with ${code}`}): is dose-distcheck installed?`,
      }
    : { broken };
};
