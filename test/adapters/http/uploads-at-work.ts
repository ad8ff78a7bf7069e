import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { incomingDoor } from '../../../src/adapters/incoming/incoming-door.ts';
import { type IncomingLimits, usualIncomingLimits } from '../../../src/adapters/incoming/limits.ts';
import { dropIncoming, listIncoming } from '../../../src/adapters/incoming/received-files.ts';
import { uploadVerdict } from '../../../src/app/pages/verdict.ts';
import { boot, machine } from '../../support/in-memory-daemon.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { serve } from './served.ts';

type Wishes = { readonly limits?: Partial<IncomingLimits>; readonly closed?: () => string | undefined };

/** A daemon in memory behind a real socket, and incoming on a real disk. */
export const uploadsAtWork = async (test: Pick<TestContext, 'after'>, { limits = {}, closed }: Wishes = {}) => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-upload-'));
  const folder = join(home, 'incoming');
  test.after(() => removeFolder(home));
  const plain = await machine(test);
  const on = {
    ...plain,
    incoming: {
      ...plain.incoming,
      list: () => listIncoming(folder),
      drop: (file: Parameters<typeof dropIncoming>[1]) => dropIncoming(folder, file),
    },
  };
  const daemon = await boot(on);
  test.after(daemon.kill);
  const note = (): void => undefined;
  const incoming = await incomingDoor({
    folder,
    limits: { ...usualIncomingLimits, ...limits },
    receive: daemon.engine.reception.receive,
    log: { info: note, error: note },
    ...(closed === undefined ? {} : { closed }),
  });
  const { url, port } = await serve(test, {
    incoming,
    verdict: uploadVerdict(daemon.world),
    changes$: daemon.engine.world$,
  });
  const lies = async () => [
    ...(await readdir(join(folder, 'partial'))),
    ...(await listIncoming(folder)).map(({ name }) => name),
  ];
  return { on, daemon, url, port, lies };
};
