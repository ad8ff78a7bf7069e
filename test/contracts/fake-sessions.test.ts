import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import type { Architecture, Codename } from '../../src/domain/debian/names.ts';
import { type FakeProcedure, fakeSessions } from '../support/fake-sessions.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { sessionsContract } from './sessions.ts';

/** What `test/system/procedures` do. */
const procedures: Readonly<Record<string, FakeProcedure>> = {
  copy: (source) => ({
    printed: 'copied as mini-buildd-build\n',
    status: 0,
    output: [...source].map(([name, text]) => ({ name, text })),
  }),
  refuse: (source) => ({ printed: `looking\n${source.get('why.txt')}`, status: 65 }),
  fail: () => ({ printed: 'something broke\n', status: 3 }),
  hang: () => ({ printed: 'begun\n', status: 'hangs' }),
};

sessionsContract('as the tests fake them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-sessions-'));
  const files = fileStore(join(folder, 'files'));
  return {
    files,
    sessions: fakeSessions(files, procedures, ({ architecture }) => architecture === 'amd64'),
    codename: 'trixie' as Codename,
    architecture: 'amd64' as Architecture,
    stop: () => removeFolder(folder),
  };
});
