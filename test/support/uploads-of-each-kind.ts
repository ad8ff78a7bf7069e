import type { TestContext } from 'node:test';
import { boot, type Daemon, type Machine, machine } from './in-memory-daemon.ts';
import { sourceUpload } from './source-upload.ts';

export const uploadsOfEachKind = async (test: TestContext) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(daemon.kill);
  await uploadEachKind(daemon, on);
  return daemon;
};

/** `hello` is published, `failing` failed, `unsigned` was rejected, and `slow` is being built; they came in this order. */
export const uploadEachKind = async (daemon: Daemon, on: Machine): Promise<void> => {
  const ended = (uploads: number) => daemon.until(({ uploads: { ended } }) => ended.length === uploads);
  await daemon.uploads(sourceUpload());
  await ended(1);
  on.builder.behave(() => 'fails');
  await daemon.uploads(sourceUpload({ source: 'failing' }));
  await ended(2);
  await daemon.uploads(sourceUpload({ source: 'unsigned', signedBy: null }));
  await ended(3);
  on.builder.behave(() => 'hangs');
  await daemon.uploads(sourceUpload({ source: 'slow' }));
  await daemon.until(() => on.builder.underWay().length === 2);
};
