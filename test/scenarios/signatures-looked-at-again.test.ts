import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { tarStreamTars } from '../../src/adapters/tar/tar-stream-tars.ts';
import { guestOrder } from '../../src/app/remotes/guest-order.ts';
import { takeResult } from '../../src/app/remotes/take-result.ts';
import type { Fingerprint, StoredFile } from '../../src/domain/debian/names.ts';
import { fakeKeyring, signed } from '../support/fake-keyring.ts';
import { fakeProducts } from '../support/fake-products.ts';
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

const oscar = 'F'.repeat(40) as Fingerprint;

/** Grover built hello for ernie, and its result does not arrive by itself. */
const built = async (test: TestContext) => {
  const { network, of } = await instances(test, { ernie: publisherOnly, grover: chrootsOnly });
  const { ernie, grover } = of;
  await acquaint(ernie, grover);
  await activate(ernie, grover);
  network.lose((name) => name.includes('buildresult'));
  await ernie.daemon.uploads(sourceUpload());
  await together([ernie, grover], () => eventsOf(grover.on, 'BuildresultMade').length === 1);
  return { ernie, grover };
};

/** What it reads of files that came, at a time when it knows keys as it does now. */
const partsOf = ({ on, daemon }: Member) => ({
  world: daemon.world,
  files: on.files,
  exchange: on.exchange,
  tars: tarStreamTars(),
  keyring: fakeKeyring(undefined, on.archiveKeys),
  products: fakeProducts(on.files),
  scratch: on.scratch,
});

/** The same text with another signature, where files that came lie. */
const signedByOscar = async ({ on }: Member, { name, sha256 }: StoredFile): Promise<StoredFile> => {
  const text = await readFile(await on.exchange.path(sha256), 'utf8');
  return on.exchange.put(name, Readable.from([signed(text.slice(text.indexOf('\n\n') + 2), oscar)]));
};

describe('What came with a good signature', () => {
  it('and is a request is built only while its key still counts', async (test) => {
    const { ernie, grover } = await built(test);
    const [received] = eventsOf(grover.on, 'BuildrequestReceived');
    assert.ok(received);
    assert.ok(isRight(await guestOrder(received, 1, partsOf(grover))));
    const other = { ...received, changes: await signedByOscar(grover, received.changes) };
    const foreign = await guestOrder(other, 1, partsOf(grover));
    assert.equal(isLeft(foreign) && foreign.left.rule, 'unknown-key');
    await grover.remote({ action: 'deactivate', instance: ernie.place });
    const late = await guestOrder(received, 1, partsOf(grover));
    assert.equal(isLeft(late) && late.left.rule, 'unknown-remote');
  });

  it('and is a result is opened only while its key still counts', async (test) => {
    const { ernie, grover } = await built(test);
    const [made] = eventsOf(grover.on, 'BuildresultMade');
    const [build] = ernie.daemon.world.builds.claimed.values();
    assert.ok(made && build);
    const arrived = async ({ name, sha256 }: StoredFile): Promise<StoredFile> =>
      ernie.on.exchange.put(name, Readable.from([await readFile(await grover.on.exchange.path(sha256))]));
    const answer = {
      type: 'BuildresultReceived',
      build: build.id,
      attempt: 1,
      result: await arrived(made.changes),
      files: await Promise.all(made.files.map(arrived)),
    } as const;
    const taken = await takeResult(build, answer, partsOf(ernie));
    assert.equal('result' in taken && taken.result.outcome, 'succeeded');
    const other = { ...answer, result: await signedByOscar(ernie, answer.result) };
    assert.match(JSON.stringify(await takeResult(build, other, partsOf(ernie))), /^\{"nothing":"unknown-key: /);
    await ernie.remote({ action: 'deactivate', instance: grover.place });
    assert.deepEqual(await takeResult(build, answer, partsOf(ernie)), {
      nothing: `${grover.place} is not active any more`,
    });
  });
});
