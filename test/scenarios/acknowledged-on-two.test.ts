import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { PrivateKey } from 'openpgp';
import type { FileName, Sha256 } from '../../src/domain/debian/names.ts';
import { archiveAndStandby, makeKey, type Site } from '../support/archive-and-standby.ts';
import { quiet } from '../support/powered-disk.ts';

const orig = { name: 'hello_2.10.orig.tar.gz' as FileName, bytes: 'the bytes of upstream' };
const more = { name: 'world_1.0.orig.tar.gz' as FileName, bytes: 'other bytes' };
const hash = (bytes: string): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;

describe('A file is acknowledged when archive and standby have it durably', () => {
  let key: PrivateKey;
  before(async () => {
    key = await makeKey();
  });
  type Two = Awaited<ReturnType<typeof archiveAndStandby>>;

  const paired = async (two: Two): Promise<void> => {
    const [one, other] = two.sites;
    one.start();
    await two.until('one to hold the archive', () => two.holder() === one);
    other.start();
    await two.until('both to be there', () => one.serving()?.seat.standing().node === other.name);
  };
  const has = (two: Two, site: Site, { bytes }: { readonly bytes: string }): boolean =>
    two.has(site, hash(bytes), bytes);

  it('and not before, when the standby stalls in the middle of it', async (test) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const two = await archiveAndStandby(key, 'required', { between: () => promise });
    test.after(two.remove);
    await paired(two);
    let outcome: boolean | undefined;
    const sending = two.deliver(orig).then((taken) => {
      outcome = taken;
    });
    for (let seconds = 0; seconds < 60; seconds += 1) {
      await quiet();
      two.clock.advance(1000);
    }
    assert.equal(outcome, undefined, 'it is waited for, since it says all the time that it is at work');
    assert.equal(has(two, two.sites[1], orig), false);
    resolve();
    await two.until('it to be acknowledged', () => outcome !== undefined);
    await sending;
    assert.equal(outcome, true);
    assert.ok(has(two, two.sites[1], orig));
  });

  it('and not when the standby dies while it stalls', async (test) => {
    const two = await archiveAndStandby(key, 'required', { between: () => new Promise(() => undefined) });
    test.after(two.remove);
    await paired(two);
    let outcome: boolean | undefined;
    void two.deliver(orig).then((taken) => {
      outcome = taken;
    });
    await quiet();
    two.sites[1].life().die('synced');
    await two.until('it to be answered', () => outcome !== undefined);
    assert.equal(outcome, false);
  });

  it('and not when what the standby has got is something else', async (test) => {
    let isAltered = true;
    const bytes = (given: Buffer): Buffer => (isAltered ? Buffer.from(given.map((byte) => byte ^ 1)) : given);
    const two = await archiveAndStandby(key, 'required', { bytes });
    test.after(two.remove);
    await paired(two);
    assert.equal(await two.send(orig), false);
    assert.equal(has(two, two.sites[1], orig), false);
    assert.match(two.faults.map(String).join('\n'), /what came as [0-9a-f]{64} has the SHA-256/);
    isAltered = false;
    assert.equal(await two.send(orig), true);
    assert.ok(has(two, two.sites[1], orig));
  });

  it('or by the archive alone where a standby is preferred, which has all of it when it is back, and may take over', async (test) => {
    const two = await archiveAndStandby(key, 'preferred');
    test.after(two.remove);
    const [one, other] = two.sites;
    await paired(two);
    assert.equal(await two.send(orig), true);
    assert.ok(has(two, other, orig));
    other.life().die('synced');
    await two.until('the archive to be alone', () => one.serving()?.seat.standing().node === undefined);
    assert.equal(await two.send(more), true);
    assert.equal(has(two, other, more), false);
    other.start();
    await two.until('it to have its seat again', () => one.serving()?.seat.standing().node === other.name);
    await two.until('it to have what came meanwhile, which the log does not name', () => has(two, other, more));
    one.life().die('synced');
    await two.until('it to take over', () => two.holder() === other);
    assert.ok(has(two, other, orig) && has(two, other, more));
  });
});
