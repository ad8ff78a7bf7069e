import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { waiting } from '../../src/projections/build-queue.ts';
import { slotOf } from '../../src/projections/contents.ts';
import { whyWaiting } from '../../src/projections/waiting-reason.ts';
import { amd64, hello, hello3, unstable } from '../support/fixed-examples.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  type Member,
  pass,
  publisherOnly,
  together,
} from '../support/two-instances.ts';

const staff: Caller = { actor: { kind: 'account', name: 'staff' }, privilege: 'staff', shown: 'token' };

/** Hello stands in the repository of ernie. `isOld`: others do not know what a binNMU is. */
const withHello = async (test: TestContext, ernieHas: readonly DaemonEvent[], isOld = false) => {
  const { network, of } = await instances(test, { ernie: ernieHas, grover: chrootsOnly });
  const { ernie, grover } = of;
  if (isOld)
    network.forge('peerstatus', (said) => {
      const { statement } = said as { readonly statement: string };
      assert.match(statement, /^Binnmus: yes\n/m);
      return { statement: statement.replace(/^Binnmus: yes\n/m, '') };
    });
  await acquaint(ernie, grover);
  await activate(ernie, grover);
  await together([ernie, grover], () => eventsOf(ernie.on, 'RemoteFound').some(({ chroots }) => chroots.length > 0));
  await ernie.daemon.uploads(sourceUpload());
  await together([ernie, grover], () => ernie.daemon.world.uploads.ended[0]?.status === 'published');
  return { network, ernie, grover };
};

const rebuild = async ({ daemon }: Member, more: Readonly<Record<string, string>> = {}): Promise<void> => {
  const given = { distribution: unstable, package: hello, reason: 'Rebuild against libfoo 2', ...more };
  const answer = await daemon.engine.api.run('binnmu', given, staff);
  assert.ok(!isLeft(answer), JSON.stringify(answer));
};

const whyItWaits = ({ daemon }: Member): readonly string[] =>
  waiting(daemon.world.builds).map((build) => whyWaiting(build, daemon.world, { builder: 'ernie', room: 4, tags: [] }));

describe('A binNMU that only a remote can build', () => {
  it('is built there by what travels, and comes back', async (test) => {
    const { ernie, grover } = await withHello(test, publisherOnly);
    await rebuild(ernie);
    await together([ernie, grover], () => eventsOf(ernie.on, 'BinNmuInstalled').length === 1);
    const [planned] = eventsOf(ernie.on, 'BinNmuPlanned');
    const { version, archAll, binNmu } = grover.on.guests.runs.at(-1) ?? {};
    assert.deepEqual(
      [version, archAll, binNmu],
      [
        hello3,
        false,
        {
          number: 1,
          reason: 'Rebuild against libfoo 2',
          by: 'mini-buildd archive acme <mini-buildd@ernie.example.org>',
          at: planned?.requestedAt,
        },
      ],
    );
    const built = slotOf(ernie.daemon.world.contents, unstable, hello).present?.binaries ?? [];
    assert.deepEqual(built.map((each) => `${each.package} ${each.architecture} ${each.version}`).sort(), [
      `hello ${amd64} ${hello3}+b1`,
      `hello-doc all ${hello3}`,
    ]);
    assert.equal(eventsOf(ernie.on, 'BuildSucceeded').at(-1)?.log.name, `hello_${hello3}+b1_amd64.buildlog.gz`);
    const { sha256 } = eventsOf(grover.on, 'BuildrequestReceived').at(-1)?.changes ?? {};
    assert.ok(sha256);
    assert.match(
      await readFile(await grover.on.exchange.path(sha256), 'utf8'),
      /^Binnmu: 1\nBinnmu-Reason: Rebuild against libfoo 2\nBinnmu-Maintainer: mini-buildd archive .*\nBinnmu-Date: \d{4}-/m,
    );
  });

  it('is not given to one that is too old to know what that is, and the queue says so', async (test) => {
    const { ernie, grover } = await withHello(test, publisherOnly, true);
    await rebuild(ernie);
    await pass([ernie, grover], 600);
    assert.equal(eventsOf(ernie.on, 'BuildAssigned').length, 1);
    assert.deepEqual(whyItWaits(ernie), [
      `no builder has a chroot for trixie/amd64; ${grover.place} has one and is too old to know what a binNMU is: upgrade mini-buildd there`,
    ]);
    assert.deepEqual(
      [...ernie.daemon.world.builds.waiting.keys()],
      [`${unstable} amd64 binNMU`],
      'others for amd64, which it would be given, stand in a lane of their own',
    );
  });
});
