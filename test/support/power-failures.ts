import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { PrivateKey } from 'openpgp';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import { archiveAndStandby, type Fate, makeKey, type Site } from './archive-and-standby.ts';
import type { Loss } from './durable-files.ts';
import { quiet } from './powered-disk.ts';
import { sourceUpload } from './source-upload.ts';

const { files, changes } = sourceUpload();
const [dsc] = files.filter(({ name }) => name.endsWith('.dsc'));
assert.ok(dsc !== undefined);
/** One file waits in incoming for the other, which completes the upload. */
const sent = [dsc, { ...changes, bytes: changes.bytes.replaceAll(/^ .*\.tar\.[gx]z\n/gm, '') }];

const hash = (bytes: string): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;

const made = makeKey();

/** `together`: they hang on one socket. */
type Fates = { readonly one?: Fate; readonly two?: Fate; readonly together?: boolean };
type Two = Awaited<ReturnType<typeof archiveAndStandby>>;

const faultsOf = (two: Two): string => two.faults.map(String).join('; ');
const isOff = (site: Site): boolean => !site.isUp();

/** What was said to be safe is on both disks, in the worst case of each. */
const isSafe = (two: Two, bytes: string, when: string): void => {
  for (const site of two.sites)
    assert.ok(two.has(site, hash(bytes), bytes), `${site.name} has what was acknowledged, ${when}: ${faultsOf(two)}`);
};

/** Whoever is left takes over, unless it holds the archive already, before the other one comes back. */
const mend = async (two: Two): Promise<number> => {
  const off = two.sites.filter(isOff);
  const [left] = two.sites.filter((site) => site.isUp());
  const deaths = off.length;
  if (left !== undefined)
    await two.until(
      `${left.name} to go on alone`,
      () => (left.serving()?.seat.standing().node === undefined && two.holder() === left) || isOff(left),
    );
  for (const site of off) {
    if (site.life().isFrozen()) {
      site.life().thaw();
      await quiet();
      // Whatever it was about to do, it finds that another one holds the archive.
      await tried(two, site);
      site.life().die('whole');
    }
    site.start();
  }
  return deaths;
};

/** Does it until it is so, over as many lives as it takes; says how many ended. */
const insist = async (two: Two, what: string, attempt: () => Promise<boolean>): Promise<number> => {
  const isPaired = (): boolean => two.sites.some(isOff) || two.holder()?.serving()?.seat.standing().node !== undefined;
  let deaths = 0;
  for (let tries = 0; tries < 10; ) {
    await two.until('both to be there', isPaired);
    if (two.sites.some(isOff)) deaths += await mend(two);
    else if (await attempt()) return deaths;
    else tries += 1;
  }
  return assert.fail(`${what} comes to nothing: ${faultsOf(two)}`);
};

const has = (two: Two, wanted: string): boolean => two.events().some(({ type }) => type === wanted);

const publish = async (two: Two): Promise<boolean> => {
  const holder = two.holder();
  if (holder !== undefined) await tried(two, holder);
  return has(two, 'UploadReceived') && has(two, 'RepositoryPublished');
};

/** Lets a site receive what is complete, and publish it; resolves when that came to an end, whatever it was. */
const tried = async (two: Two, site: Site): Promise<void> => {
  const [serving, life] = [site.serving(), site.life()];
  if (serving === undefined) return;
  let isOver = false;
  const over = (error?: unknown): void => {
    if (error !== undefined) two.faults.push(error);
    isOver = true;
  };
  Promise.race([serving.tidy().then(() => serving.publish()), life.death]).then(() => over(), over);
  await two.until('it to be published', () => isOver || life.isFrozen());
};

/** Uploads hello, makes a key and publishes, whoever dies meanwhile; says how many did. */
const live = async (
  key: PrivateKey,
  { one, two: other, together = false }: Fates,
): Promise<{ readonly two: Two; readonly deaths: number }> => {
  const two = await archiveAndStandby(key);
  const [first, second] = two.sites;
  first.start(one);
  await two.until('one to hold the archive', () => first.serving() !== undefined || isOff(first));
  second.start(other);
  if (together) {
    const [loss = 'synced'] = [one?.loss, other?.loss].filter((each) => each !== undefined);
    void first.life().death.then(() => second.life().die(loss));
    void second.life().death.then(() => first.life().die(loss));
  }
  let deaths = 0;
  for (const file of sent)
    deaths += await insist(two, `sending ${file.name}`, async () => {
      const isTaken = await two.send(file);
      if (isTaken) isSafe(two, file.bytes, 'when it was');
      return isTaken;
    });
  deaths += await insist(two, 'publishing', () => publish(two));
  deaths += await insist(two, 'the end', async () => true);
  return { two, deaths };
};

const allIsWell = (two: Two): void => {
  const count = (wanted: string): number => two.events().filter(({ type }) => type === wanted).length;
  const sendings = two.arrivals.get(changes.name) ?? 0;
  assert.ok(count('UploadReceived') >= 1 && count('UploadReceived') <= sendings, 'received once each time it is sent');
  assert.equal(count('ArchiveKeyGenerated'), 1);
  for (const { bytes } of sent) isSafe(two, bytes, 'in the end');
  let holder = '';
  for (const [n, event] of two.events().entries()) {
    if (event.type === 'ArchiveLeaseTaken') holder = event.node.replace(/:.*/, '');
    assert.equal(two.writers[n], holder, `${event.type} was written by who held the archive`);
  }
  for (const { by, after } of two.publications) {
    const taken = two
      .events()
      .slice(0, after)
      .findLast(({ type }) => type === 'ArchiveLeaseTaken');
    assert.equal(taken?.type === 'ArchiveLeaseTaken' ? taken.node : '', `${by}:8066`, 'only who holds it publishes');
  }
  for (const site of two.sites)
    for (const left of site.left()) assert.ok(left.has('keys/archive-key.asc'), `${site.name} has the archive key`);
};

/** By turns what was not synced is lost, and only its bytes are. */
export const lossAt = (n: number): Loss => (n % 2 === 0 ? 'named' : 'synced');

/** Once for each step that there is. */
export const everyStep = async (test: TestContext, fatesOf: (n: number) => Fates): Promise<void> => {
  const key = await made;
  let points = 0;
  const began = Date.now();
  for (let n = 1; ; n += 1) {
    const { two, deaths } = await live(key, fatesOf(n)).catch((error: unknown) => {
      throw new Error(`after step ${n}`, { cause: error });
    });
    const last = two.sites.map((site) => site.life().steps.join(', ')).join(' | ');
    try {
      allIsWell(two);
    } catch (error) {
      throw new Error(`after step ${n}; the last lives: ${last}`, { cause: error });
    }
    two.remove();
    if (deaths === 0) break;
    points += 1;
  }
  test.diagnostic(`${points} points in ${Date.now() - began} ms`);
  assert.ok(points > 40, `${points} are not all`);
};
