import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { buildPage } from '../../src/app/pages/build-page.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { buildId, type UploadId } from '../../src/domain/ids.ts';
import { guestBuild } from '../../src/projections/buildrequests.ts';
import { amd64 } from '../support/fixed-examples.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  type Member,
  publisherOnly,
  together,
} from '../support/two-instances.ts';

/** Stages that were reached, as the page of the only build has them: `STAGE state`. */
const stagesAt = async ({ on, daemon }: Member): Promise<readonly string[]> => {
  const [requested] = eventsOf(on, 'BuildRequested');
  const page = await buildPage(daemon.world, {
    doers: daemon.engine.doers,
    log: openMemoryLog(on.store, on.clock.now),
    place: { builder: 'ernie', room: 0, tags: [] },
    liveLog: daemon.engine.liveLog,
    now: on.clock.now,
  })(buildId(requested?.upload as UploadId, amd64), anonymous);
  return (page?.stages ?? [])
    .filter(({ seconds }) => seconds !== undefined)
    .map(({ stage, state, note }) => `${stage} ${state}${note?.startsWith('again: ') ? `, ${note}` : ''}`);
};

const heading = (title: string): string => `+---+\n| ${title.padEnd(77)}|\n+---+\n`;

describe('The page of a build that is made elsewhere', () => {
  it('says in which stage it is, and in the end how long each took', async (test) => {
    const { of } = await instances(test, { ernie: publisherOnly, grover: chrootsOnly });
    const { ernie, grover } = of;
    await acquaint(ernie, grover);
    await activate(ernie, grover);
    grover.on.guests.behave(() => 'hangs');
    grover.on.guests.writes(() => heading('Build'));
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildStarted').length === 1);
    const [started] = eventsOf(ernie.on, 'BuildStarted');
    assert.ok(started);
    await together([ernie, grover], () => ernie.daemon.engine.liveLog(started.build)?.stage() === 'Build');
    const running = await stagesAt(ernie);
    assert.deepEqual(running.slice(0, 2), ['waiting over', 'assigned over']);
    assert.equal(running.at(-1), 'build goes on');
    const [dispatched] = eventsOf(ernie.on, 'BuildDispatched');
    assert.ok(dispatched);
    grover.on.guests.letGo(guestBuild(dispatched.request.sha256, amd64));
    await together([ernie, grover], () => ernie.daemon.world.uploads.ended[0]?.status === 'published');
    const over = await stagesAt(ernie);
    for (const stage of ['fetch-src', 'install-deps', 'build']) assert.ok(over.includes(`${stage} over`), `${over}`);
  });

  it('says why it waits again', async (test) => {
    const { network, of } = await instances(test, { ernie: publisherOnly, grover: chrootsOnly });
    const { ernie, grover } = of;
    await acquaint(ernie, grover);
    await activate(ernie, grover);
    grover.on.guests.behave(() => 'hangs');
    await ernie.daemon.uploads(sourceUpload());
    await together([ernie, grover], () => eventsOf(grover.on, 'BuildrequestStarted').length === 1);
    network.cut(grover.place);
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildWithdrawn').length === 1, 5);
    assert.match(
      (await stagesAt(ernie)).at(-1) ?? '',
      /^waiting goes on, again: grover\S+: nothing was heard of it for \d+ s$/,
    );
  });
});
