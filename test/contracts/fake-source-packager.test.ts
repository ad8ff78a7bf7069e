import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { fakeSourcePackager } from '../support/fake-source-packager.ts';
import { amd64, trixie, version } from '../support/fixed-examples.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { sourcePackagerContract } from './source-packager.ts';

sourcePackagerContract('of the tests', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-packager-'));
  const files = fileStore(join(folder, 'files'));
  const hello = sourceUpload({ version: version('2.10-3') });
  const kept = (spoil: (bytes: string) => string) =>
    Promise.all(
      hello.files.map(({ name, bytes }) =>
        files.put(name, Readable.from([name.endsWith('.dsc') ? bytes : spoil(bytes)])),
      ),
    );
  return {
    packager: fakeSourcePackager(files),
    files,
    codename: trixie,
    architecture: amd64,
    hello: () => kept((bytes) => bytes),
    damaged: () => kept((bytes) => `damaged ${bytes}`),
    stop: () => removeFolder(folder),
  };
});
