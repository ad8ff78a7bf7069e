import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { eventPage } from '../../src/app/pages/event-page.ts';
import { anonymous, type Caller } from '../../src/domain/account/caller.ts';
import { maintainer } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const staff: Caller = { actor: { kind: 'administrator', name: 'host' }, privilege: 'admin', shown: 'nothing' };

describe('The page of an event', () => {
  it('leads from a build back to its upload, and from the upload to everything that came of it', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    const log = openMemoryLog(on.store, on.clock.now);
    const page = eventPage(daemon.world, log, daemon.engine.doers);
    const [succeeded] = await log.query({ type: 'BuildSucceeded', limit: 1 });
    assert.ok(succeeded !== undefined);
    // By its id alone: it tells when it was.
    const built = await page({ id: succeeded.id, chain: undefined, caller: anonymous });
    assert.ok(built !== undefined);
    assert.deepEqual(
      built.causes.map(({ type }) => type),
      ['UploadReceived', 'UploadAccepted', 'BuildRequested', 'BuildAssigned', 'BuildStarted'],
    );
    assert.equal(built.before?.type, 'BuildStarted');
    const [received] = await log.query({ type: 'UploadReceived', limit: 1 });
    assert.ok(received !== undefined);
    const came = await page({ id: received.id, chain: received.correlation, caller: anonymous });
    assert.ok(came !== undefined);
    assert.ok(came.consequences.some(({ type, depth }) => type === 'PackageInstalled' && depth > 1));
    assert.equal(came.consequences[0]?.depth, 1);
    assert.deepEqual(came.causes, []);
    await daemon.kill();
  });

  it('tells strangers no person, and nothing of what is for staff', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    const log = openMemoryLog(on.store, on.clock.now);
    const page = eventPage(daemon.world, log, daemon.engine.doers);
    const [received] = await log.query({ type: 'UploadReceived', limit: 1 });
    const [configured] = await log.query({ type: 'InstanceConfigured', limit: 1 });
    assert.ok(received !== undefined && configured !== undefined);
    const asked = { id: received.id, chain: undefined };
    assert.doesNotMatch(JSON.stringify(await page({ ...asked, caller: anonymous })), new RegExp(maintainer));
    assert.match(JSON.stringify(await page({ ...asked, caller: staff })), new RegExp(maintainer));
    const secret = { id: configured.id, chain: configured.correlation };
    assert.equal(await page({ ...secret, caller: anonymous }), undefined);
    assert.equal((await page({ ...secret, caller: staff }))?.happening.type, 'InstanceConfigured');
    await daemon.kill();
  });
});
