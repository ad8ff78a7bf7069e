import { spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ImportSource } from '../../ports/import-source.ts';

const gunzipped = promisify(gunzip);

export const unpack: ImportSource['unpack'] = async (packed, packing, most) => {
  if (packing === '.gz') return gunzipped(packed, { maxOutputLength: most });
  return packing === '.xz' ? unxz(packed, most) : packed;
};

/** Node knows no xz. */
const unxz = (packed: Buffer, most: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const xz = spawn('xz', ['--decompress', '--stdout', '--memlimit=200MiB'], {
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const [pieces, said]: [Buffer[], Buffer[]] = [[], []];
    let size = 0;
    xz.stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      pieces.push(piece);
      if (size > most) xz.kill('SIGKILL');
    });
    xz.stderr.on('data', (piece: Buffer) => said.push(piece));
    xz.on('error', reject);
    xz.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(pieces));
      else if (size > most) reject(new Error(`it is larger than ${most} bytes unpacked`));
      else reject(new Error(`xz could not unpack it: ${Buffer.concat(said).toString().trim().slice(0, 200)}`));
    });
    xz.stdin.on('error', () => undefined);
    xz.stdin.end(packed);
  });
