import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { standbyConcerns } from '../../../src/app/standby/concerns.ts';
import { copiedFiles, copiedIncoming, deliveredFiles } from '../../../src/app/standby/copied.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { fileStream, uploadStream } from '../../../src/domain/stream.ts';
import type { Receive } from '../../../src/ports/incoming.ts';
import type { StandbyTask } from '../../../src/ports/standby.ts';
import { newEvent } from '../../adapters/eventstore-log/sample-events.ts';
import { bert, copying, hash, hello, told } from '../../support/standby-copies.ts';

describe('What a standby copies', () => {
  it('has a file before anybody hears that the archive has it', async () => {
    const { archive, there, seatFor, standbyOf, pass, meanwhile, stopped } = copying();
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    assert.equal(seat.standing().node, bert);
    const { sha256 } = await meanwhile(copiedFiles(archive.store, seat).adopt(hello, 'hello'));
    assert.ok(there.held.has(sha256));
    assert.equal(copy.standing(), 'it has every file that the log names');
    assert.equal(await copy.lacks(), undefined);
    await stopped(copy);
  });

  it('loses what the archive lets go, and has it again when that has it again', async () => {
    const { archive, there, seatFor, standbyOf, pass, meanwhile, stopped } = copying();
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    const files = copiedFiles(archive.store, seat);
    const { sha256 } = await meanwhile(files.adopt(hello, 'hello'));
    await files.letGo(sha256);
    const back = await meanwhile(files.adopt(hello, 'hello'));
    assert.ok(there.held.has(back.sha256));
    await files.remove(sha256);
    await pass(3_000);
    assert.ok(!there.held.has(sha256));
    await stopped(copy);
  });

  it('has all files but the one that does not come, and tries none again before all were tried', async () => {
    const { there, tries, log, seatFor, standbyOf, pass, stopped, faults } = copying();
    const text = await readFile(join(import.meta.dirname, '../../golden/events/UploadReceived.json'), 'utf8');
    const names = Array.from({ length: 30 }, (_, n) => hash(`file ${n}`));
    const body = { ...JSON.parse(text), files: names.map((sha256, n) => ({ name: `file-${n}.dsc`, size: 1, sha256 })) };
    await log.append(uploadStream(body.upload), 'none', [{ ...newEvent(), body }]);
    [faults.unfit, faults.disk] = [names.at(-1), new Error('the line is cut')];
    const copy = standbyOf(seatFor('required'));
    await pass(20_000);
    assert.equal(new Set(tries).size, tries.length, 'none twice');
    await pass(5_000);
    assert.equal(there.held.size, 30, 'the .changes and 29 files');
    assert.match(copy.standing(), /it lacks 1 files \(1 B\); 30 came within .*; the line is cut/);
    await stopped(copy);
  });

  it('says how far it is, and how long the rest may take, there and at the archive', async () => {
    const { clock, log, seatFor, standbyOf, pass, stopped, faults } = copying();
    const text = await readFile(join(import.meta.dirname, '../../golden/events/UploadReceived.json'), 'utf8');
    const given = JSON.parse(text);
    const files = Array.from({ length: 39 }, (_, n) => ({
      name: `file-${n}.dsc`,
      size: 1_048_576,
      sha256: hash(`${n}`),
    }));
    const body = { ...given, changes: { ...given.changes, size: 1_048_576 }, files };
    await log.append(uploadStream(body.upload), 'none', [{ ...newEvent(), body }]);
    // Each takes three seconds, four at once.
    faults.unfit = hash('none of them');
    faults.disk = new Error('never');
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(7_500);
    // Somebody sets the clock back meanwhile.
    clock.set(-3_600_000);
    await pass(7_500);
    const [, lacks, left, came, within, rest] = told.exec(copy.standing()) ?? [];
    assert.equal(Number(lacks) + Number(came), 40);
    assert.deepEqual([left, within], [lacks, '15']);
    assert.ok(Number(came) >= 16 && Number(came) <= 20, came);
    assert.ok(Math.abs(Number(rest) - (15 * Number(lacks)) / Number(came)) < 3, rest);
    const [concern] = standbyConcerns(seat.standing());
    assert.match(concern?.fact ?? '', told);
    assert.match(concern?.fact ?? '', /^the standby bert lacks .* it cannot take over before it has them$/);
    await pass(20_000);
    assert.equal(copy.standing(), 'it has every file that the log names');
    assert.deepEqual(standbyConcerns(seat.standing()), []);
    await stopped(copy);
  });

  it('does what it is told of one file one after the other', async () => {
    const { archive, there, seatFor, standbyOf, pass, meanwhile, stopped, faults } = copying();
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    const files = copiedFiles(archive.store, seat);
    // What is brought takes three seconds, and is let go meanwhile.
    [faults.unfit, faults.disk] = [hash('none of them'), new Error('never')];
    const adopted = files.adopt(hello, 'hello');
    await pass(1_000);
    await files.remove(hash('hello'));
    await meanwhile(adopted);
    await pass(5_000);
    assert.ok(!there.held.has(hash('hello')));
    await stopped(copy);
  });

  it('loses what was withdrawn while it was away, by the log', async () => {
    const { there, log, seatFor, standbyOf, pass, stopped } = copying();
    const golden = async (type: string) =>
      JSON.parse(await readFile(join(import.meta.dirname, `../../golden/events/${type}.json`), 'utf8'));
    const [received, withdrawn] = [await golden('UploadReceived'), await golden('FileWithdrawn')];
    const [one, other] = [hash('withdrawn'), hash('kept')];
    const files = [one, other].map((sha256, n) => ({ name: `file-${n}.dsc`, size: 1, sha256 }));
    await log.append(uploadStream(received.upload), 'none', [{ ...newEvent(), body: { ...received, files } }]);
    await log.append(fileStream(one), 'none', [{ ...newEvent(), body: { ...withdrawn, sha256: one } }]);
    there.held.add(one).add(other);
    const copy = standbyOf(seatFor('required'));
    await pass(5_000);
    assert.deepEqual([there.held.has(one), there.held.has(other)], [false, true]);
    assert.equal(await copy.lacks(), undefined);
    await stopped(copy);
  });

  it('is not told once more to remove what it is to have again', async () => {
    const { seatFor, heardBy } = copying();
    const seat = seatFor('required');
    await heardBy(seat);
    const [sha256, other] = [hash('hello'), hash('other')];
    seat.mention({ task: 'remove-file', sha256 });
    seat.mention({ task: 'remove-file', sha256: other });
    assert.equal((await heardBy(seat)).length, 2);
    const again = seat.ask({ task: 'keep-file', sha256 });
    const [removing, keeping] = await heardBy(seat);
    assert.deepEqual([removing?.sha256, keeping?.task], [other, 'keep-file']);
    seat.heardDone(bert, { done: [keeping?.id ?? ''], failed: [] });
    await again;
  });

  it('fetches one content for two names as long as one of them waits', async () => {
    const { clock, archive } = copying();
    const asked: (() => void)[] = [];
    const ask = () => new Promise<void>((resolve) => asked.push(resolve));
    const { received, onOffer } = copiedIncoming({ ask, mention: () => undefined }, clock.now);
    const take = received((async () => undefined) as unknown as Receive);
    const [file, offer] = [{ sha256: hash('same'), name: hello }, onOffer(archive.store)];
    const both = ['one', 'two'].map((path) => take({ ...file, path } as Parameters<Receive>[0]));
    asked[0]?.();
    await both[0];
    assert.deepEqual([await offer.has(file.sha256), await offer.path(file.sha256)], [true, 'two']);
    asked[1]?.();
    await both[1];
    assert.equal(await offer.has(file.sha256), false);
  });

  it('is asked for nothing of incoming that was dropped while it was asked for what lay there before', async () => {
    const { clock } = copying();
    const [asked, done]: [string[], (() => void)[]] = [[], []];
    const ask = (task: StandbyTask) => {
      asked.push('name' in task ? task.name : task.task);
      return new Promise<void>((resolve) => done.push(resolve));
    };
    const told: StandbyTask[] = [];
    const { lying, dropping } = copiedIncoming({ ask, mention: (task) => void told.push(task) }, clock.now);
    const files = ['large', 'dropped', 'same', 'last'].map((name) => ({
      ...{ name: name as FileName, path: name, size: 1, receivedAt: 0 },
      sha256: hash(name === 'same' ? 'dropped' : name),
    }));
    const all = lying(async () => files);
    for (let n = 0; n < 5; n += 1) await turn();
    await dropping(async () => undefined)(files[1] as (typeof files)[number]);
    for (let n = 0; n < 5; n += 1) {
      done.at(-1)?.();
      await turn();
    }
    await all;
    assert.deepEqual(asked, ['large', 'same', 'last']);
    assert.equal(told.length, 1);
  });

  it('is asked once for a file that a node delivers', async () => {
    const { archive } = copying();
    const asked: string[] = [];
    const seat = { ask: async ({ task }: StandbyTask) => void asked.push(task), mention: () => undefined };
    const files = deliveredFiles(copiedFiles(archive.store, seat), seat);
    await files.adopt(hello, 'hello');
    assert.deepEqual(asked, ['keep-file']);
    assert.ok(await files.has(hash('hello')));
    assert.equal(asked.length, 2);
  });
});
