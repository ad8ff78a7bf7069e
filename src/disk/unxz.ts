import { spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';

/** What comes out of an xz file: Node knows no xz. It ends with whoever stops reading, and fails with what it is read from. */
export const unxz = (packed: Readable): Readable => {
  const xz = spawn('xz', ['--decompress', '--stdout', '--memlimit=200MiB'], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The end of what it says is no end: only its exit code tells whether that was all.
  const unpacked = new PassThrough();
  let said = '';
  xz.stderr.on('data', (piece: Buffer) => {
    said = `${said}${piece}`.slice(0, 200);
  });
  xz.on('error', (error) => unpacked.destroy(error));
  xz.on('close', (code) => {
    if (code === 0) unpacked.end();
    else unpacked.destroy(new Error(`xz could not unpack it: ${said.trim()}`));
  });
  xz.stdout.pipe(unpacked, { end: false });
  // Its exit code says why it reads no more.
  xz.stdin.on('error', () => undefined);
  packed.on('error', (error) => unpacked.destroy(error));
  packed.pipe(xz.stdin);
  unpacked.on('close', () => {
    packed.destroy();
    xz.kill('SIGKILL');
  });
  return unpacked;
};
