import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { startProjector } from '../../src/app/projector.ts';
import { sealMaker } from '../../src/app/seals/make-seal.ts';
import { teller } from '../../src/app/tell.ts';
import type { FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { Because } from '../../src/ports/tell.ts';
import { type Settings, settingsFrom } from '../../src/settings.ts';
import { helloReceived, instanceConfigured, uploadId } from './fixed-examples.ts';
import { removeFolder } from './remove-folder.ts';

const setup: Because = { actor: { kind: 'administrator', name: 'setup' }, causedBy: undefined, correlation: 'setup' };

/** A home on disk with a small log, sealed twice with a real key, and the files that its events name. */
export type SealedHome = {
  readonly home: string;
  readonly settings: Settings;
  readonly publicKey: string;
  readonly changes: StoredFile;
  readonly remove: () => void;
};

/** `bytes`: of each upload's file, beside a few that tell it from others. */
export const sealedHome = async (uploads = 3, bytes = 0): Promise<SealedHome> => {
  const home = mkdtempSync(join(tmpdir(), 'mini-buildd-sealed-'));
  const log = await openEmbeddedLog(join(home, 'log'));
  const files = fileStore(join(home, 'files'));
  const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now });
  const tell = teller(log, async () => undefined);
  const key = await keyring.newArchiveKey([]);
  await tell({ command: 'Configure', event: instanceConfigured }, setup);
  await tell({ command: 'AddArchiveKey', ...key }, setup);
  const put = (name: string, bytes: string): Promise<StoredFile> => files.put(name as FileName, Readable.from([bytes]));
  const seal = async (): Promise<void> => {
    const { world } = await startProjector(log, () => undefined);
    await sealMaker({ world, log, keyring, tell, now: Date.now })('at-once');
  };
  const changes = await put('hello_2.10-3_source.changes', 'the changes of hello\n');
  for (let n = 1; n <= uploads; n += 1) {
    const file = await put(`hello_2.10-${n}.dsc`, `source ${n}\n${'x'.repeat(bytes)}`);
    const received = helloReceived(uploadId(100 + n), undefined, { changes, files: [file] });
    await tell({ command: 'ReceiveUpload', received }, setup);
    if (n === 1) await seal();
  }
  await seal();
  await log.close();
  return {
    home,
    settings: settingsFrom({ MINI_BUILDD_HOME: home }),
    publicKey: key.publicKey,
    changes,
    remove: () => removeFolder(home),
  };
};
