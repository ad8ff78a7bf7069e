import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { packageLogs } from '../../src/app/kept-logs.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { acme, hello, hello3, hello4, source } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('Folders of what is kept', () => {
  it('lead from the repository to the file, whether it was ever installed or not', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await daemon.uploads(sourceUpload({ version: hello3 }));
    await daemon.until(({ uploads }) => uploads.ended.length === 1);
    await daemon.uploads(sourceUpload({ version: hello4 }));
    await daemon.until(({ uploads }) => uploads.ended.length === 2);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload({ source: 'failing' }));
    await daemon.uploads(sourceUpload({ source: 'unsigned', signedBy: null }));
    await daemon.until(({ uploads }) => uploads.ended.length === 4);

    const log = openMemoryLog(on.store, on.clock.now);
    const logs = packageLogs(daemon.world, log);
    assert.deepEqual(logs.repositories(), [acme]);
    assert.deepEqual(logs.sources(acme), ['failing', 'hello']);
    assert.deepEqual(logs.sources('other' as never), []);
    assert.deepEqual(await logs.versions(acme, hello), [hello3, hello4]);
    assert.deepEqual(await logs.versions(acme, source('unsigned')), []);

    const { url } = await serve(test, {
      ...servedPages(daemon.engine, log, {
        confinement: { network: true, processes: true, bounds: true },
        place: { builder: 'ernie', room: 1, tags: [] },
        clock: on.clock,
      }),
      files: on.files,
      log,
    });
    const followed: string[] = [];
    let address = `${url}/log/`;
    while (address.endsWith('/')) {
      const answer = await fetch(address);
      assert.equal(answer.status, 200, address);
      const [, next] = /href="\.\/([^"]+)"/.exec(await answer.text()) ?? assert.fail(`${address} leads nowhere`);
      followed.push(decodeURIComponent(next ?? ''));
      address = new URL(next ?? '', address).href;
    }
    assert.deepEqual(followed.slice(0, 3), ['acme/', 'failing/', `${hello3}/`]);
    assert.equal((await fetch(address)).status, 200, address);
  });
});
