import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { reasonOf } from '../../domain/reason.ts';
import type { Asked, Told } from './hasher.ts';

const buffer = Buffer.allocUnsafe(1 << 20);

/** Long files tell how far they are. */
const tellEvery = 64 << 20;

const tell = (told: Told): void => parentPort?.postMessage(told);

const hash = ({ number, path }: Asked): void => {
  const file = openSync(path, 'r');
  try {
    const digest = createHash('sha256');
    let [size, untold] = [0, 0];
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      digest.update(buffer.subarray(0, read));
      size += read;
      untold += read;
      if (untold < tellEvery) continue;
      tell({ bytes: untold });
      untold = 0;
    }
    tell({ number, bytes: untold, hashed: { sha256: digest.digest('hex'), size } });
  } finally {
    closeSync(file);
  }
};

parentPort?.on('message', (asked: Asked) => {
  try {
    hash(asked);
  } catch (error) {
    tell({ number: asked.number, bytes: 0, fault: reasonOf(error) });
  }
});
