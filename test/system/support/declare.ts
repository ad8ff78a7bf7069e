import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from './instance.ts';

/** Applies a declaration of configuration, as `export` writes it, on the host: the instance rests meanwhile. */
export const declare = async (instance: Instance, declaration: string): Promise<void> => {
  await instance.stop();
  const file = join(instance.folder, 'declared.yaml');
  await writeFile(file, declaration);
  const { code, err } = await instance.verb(['apply', file]);
  if (code !== 0) throw new Error(`apply: ${err}`);
  await instance.start();
};
