import assert from 'node:assert/strict';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { it } from 'node:test';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import type { Frame } from '../../../src/adapters/sbuild/helper-frames.ts';
import type { RootHelper } from '../../../src/adapters/sbuild/root-helper.ts';
import { sbuildBuilder } from '../../../src/adapters/sbuild/sbuild-builder.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { homeDisk } from '../../../src/home-disk.ts';
import { type BuildOrder, NoVerdict } from '../../../src/ports/builder.ts';
import { plainRecipe } from '../../support/fixed-examples.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const message = (value: unknown): Frame => ({ kind: 'message', value });

const log = `make: *** [debian/rules:4: binary] ENOSPC: database or disk is full
E: ABORT: Received TERM signal

+------------------------------------------------------------------------------+
| Summary                                                                      |
+------------------------------------------------------------------------------+

Fail-Stage: build
Status: attempted
`;

const order: BuildOrder = {
  build: 'b-1' as BuildOrder['build'],
  attempt: 1,
  source: 'hello' as BuildOrder['source'],
  version: '1.0' as BuildOrder['version'],
  distribution: 'bookworm-test-unstable' as BuildOrder['distribution'],
  codename: 'bookworm' as BuildOrder['codename'],
  architecture: 'amd64' as BuildOrder['architecture'],
  archAll: false,
  sources: [],
  aptSources: '',
  aptPreferences: '',
  aptHosts: [],
  recipe: plainRecipe,
  timeoutSeconds: 60,
  silenceSeconds: 60,
};

it('says with its own class that a log gave no verdict, and its words are not those of our disk', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-verdict-'));
  test.after(() => removeFolder(folder));
  for (const name of ['source', 'output', 'door', 'work']) await mkdir(join(folder, name));
  const said: Readonly<Record<string, readonly Frame[]>> = {
    'host-proxies': [message({ done: { proxy: { http: null, https: null } } })],
    'run-build': [
      message({ ready: { folder } }),
      { kind: 'output', bytes: Buffer.from(log) },
      message({ ended: { exit: 3, signal: null } }),
    ],
  };
  const helper: RootHelper = {
    start: async (request) => ({
      frames: (async function* () {
        yield* said['verb' in request ? String(request.verb) : ''] ?? [];
      })(),
      say: () => {},
      end: () => {},
    }),
  };
  const files = fileStore(join(folder, 'files'));
  const builder = sbuildBuilder({ helper, files, workFolder: join(folder, 'work') });
  const sources = [await files.put('hello_1.0.dsc' as FileName, Readable.from(['Source: hello']))];
  const thrown: unknown = await builder
    .build({ ...order, sources }, new AbortController().signal)
    .catch((error: unknown) => error);
  assert.ok(thrown instanceof NoVerdict, String(thrown));
  assert.match(thrown.message, /ENOSPC/);
  assert.equal(homeDisk().saysFull(thrown), false);
  assert.equal(homeDisk().saysFull(new Error('Error: database or disk is full')), true);
});
