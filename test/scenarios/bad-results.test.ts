import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { pack } from 'tar-stream';
import type { Fingerprint, Sha256 } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { signed } from '../support/fake-keyring.ts';
import { amd64, chrootConfigured } from '../support/fixed-examples.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { digestsOf, sourceUpload, type UploadFile } from '../support/source-upload.ts';
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

const withoutChroots = chrootsOnly.filter(({ type }) => type !== 'ChrootConfigured');
const oscar = 'F'.repeat(40) as Fingerprint;

/** Ernie gave hello to grover, which built it; its result does not arrive. Bert is active too. `files` is what grover would send, the `.changes` last. */
const built = async (test: TestContext, bertHas: readonly DaemonEvent[] = withoutChroots) => {
  const { network, of } = await instances(test, {
    ernie: publisherOnly,
    grover: chrootsOnly,
    bert: bertHas,
  });
  const { ernie, grover, bert } = of;
  const all = [ernie, grover, bert];
  for (const other of [grover, bert]) {
    await acquaint(ernie, other);
    await activate(ernie, other);
  }
  network.lose((name) => name.includes('buildresult'));
  await ernie.daemon.uploads(sourceUpload());
  await together(all, () => eventsOf(grover.on, 'BuildresultMade').length === 1);
  const resultOf = async (turn: number): Promise<readonly UploadFile[]> => {
    const made = eventsOf(grover.on, 'BuildresultMade')[turn - 1];
    const files: UploadFile[] = [];
    for (const { name, sha256 } of [...(made?.files ?? []), ...(made === undefined ? [] : [made.changes])]) {
      files.push({ name, bytes: await readFile(await grover.on.exchange.path(sha256), 'utf8') });
    }
    return files;
  };
  return { network, ernie, grover, bert, all, files: await resultOf(1), resultOf };
};

const changesOf = (files: readonly UploadFile[]): UploadFile => files.at(-1) as UploadFile;
const textOf = (files: readonly UploadFile[]): string => {
  const { bytes } = changesOf(files);
  return bytes.slice(bytes.indexOf('\n\n') + 2);
};

let sessions = 0;

/** Sends files to its incoming, with another `.changes`. */
const sends = async (
  { daemon }: Member,
  files: readonly UploadFile[],
  changes = changesOf(files).bytes,
): Promise<void> => {
  sessions += 1;
  for (const file of files.slice(0, -1)) await daemon.receives(file, `session ${sessions}`);
  await daemon.receives({ name: changesOf(files).name, bytes: changes }, `session ${sessions}`);
  await daemon.rests();
};

/** The result with another tar, listed and signed as it should be. */
const withTar = (files: readonly UploadFile[], tar: string, by: Fingerprint): readonly UploadFile[] => {
  const old = files.find(({ name }) => name.endsWith('.tar')) as UploadFile;
  const [was, is] = [digestsOf(old.bytes), digestsOf(tar)];
  const changes = textOf(files)
    .replace(`${was.md5} ${was.size}`, `${is.md5} ${is.size}`)
    .replace(`${was.sha256} ${was.size}`, `${is.sha256} ${is.size}`);
  return files.map((file) =>
    file === old ? { ...file, bytes: tar } : file === changesOf(files) ? { ...file, bytes: signed(changes, by) } : file,
  );
};

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0];

const tarOf = async (...entries: readonly Entry[]): Promise<string> => {
  const tar = pack();
  for (const entry of entries) {
    if (entry.type === undefined) tar.entry(entry, 'x'.repeat(entry.size ?? 4));
    else tar.entry(entry);
  }
  tar.finalize();
  return text(tar as never);
};

const refused = ({ on }: Member) => eventsOf(on, 'RemoteUploadRefused').map(({ remote, rule }) => [remote, rule]);
const isWaiting = ({ daemon }: Member): boolean => [...daemon.world.builds.claimed.values()][0]?.answer === undefined;

describe('A buildresult', () => {
  it('for another request, of another builder, about another package or with other files changes nothing and is on record', async (test) => {
    const { ernie, grover, bert, files } = await built(test);
    const foreign: readonly (readonly [string, Member, string, (readonly UploadFile[])?])[] = [
      ['no-such-request', grover, textOf(files).replace(/^Buildrequest: .*$/m, `Buildrequest: ${'0'.repeat(64)}`)],
      ['foreign-result', bert, textOf(files)],
      ['foreign-files', grover, textOf(files).replace(/^Version: .*$/m, 'Version: 2.10-4')],
      ['foreign-files', grover, textOf(files).replace(/^Outcome: .*$/m, 'Outcome: skipped')],
      ['malformed-field', grover, textOf(files).replace(/^Outcome: .*$/m, 'Outcome: splendid')],
      ['missing-field', grover, textOf(files).replace(/^Times: .*\n/m, '')],
      [
        'checksum-mismatch',
        grover,
        textOf(files),
        files.map((file) => (file.name.endsWith('.tar') ? { ...file, bytes: `${file.bytes} ` } : file)),
      ],
    ];
    for (const [rule, by, changes, sent = files] of foreign) {
      await sends(ernie, sent, signed(`${changes}X-Test: ${rule}\n`, by.fingerprint));
      assert.deepEqual(refused(ernie).at(-1), [by.place, rule]);
    }
    assert.equal(refused(ernie).length, foreign.length);
    assert.ok(isWaiting(ernie));
    const lines = ernie.daemon.engine.administration.machines().remotes;
    assert.ok(
      lines.find(({ remote }) => remote === grover.place)?.refused.some(({ rule }) => rule === 'no-such-request'),
    );
  });

  it('counts once: the same again is nothing new, another one and a late one are refused', async (test) => {
    const { network, ernie, grover, files, all } = await built(test);
    await sends(ernie, files);
    await together(all, () => eventsOf(ernie.on, 'BuildSucceeded').length === 1);
    await sends(ernie, files);
    await sends(ernie, files);
    assert.deepEqual(refused(ernie), [[grover.place, 'no-such-request']]);
    network.lose(() => false);
    await together(all, () => eventsOf(grover.on, 'BuildresultSent').length === 1, 5);
    await pass(all, 60);
    assert.equal(eventsOf(ernie.on, 'BuildSucceeded').length, 1);
    assert.equal(eventsOf(ernie.on, 'BuildresultReceived').length, 1);
    assert.deepEqual(refused(ernie), [[grover.place, 'no-such-request']]);
  });

  it('that no active remote signed is an upload that is rejected, with the reason', async (test) => {
    const { ernie, grover, files } = await built(test);
    await sends(ernie, files, signed(textOf(files), oscar));
    await sends(ernie, files, textOf(files));
    await sends(ernie, files, signed(textOf(files), ernie.fingerprint));
    await ernie.remote({ action: 'deactivate', instance: grover.place });
    await sends(ernie, files);
    assert.deepEqual(
      eventsOf(ernie.on, 'UploadRejected').map(({ rule }) => rule),
      Array.from({ length: 4 }, () => 'unknown-remote'),
    );
    assert.deepEqual(refused(ernie), []);
    assert.equal(eventsOf(ernie.on, 'BuildresultReceived').length, 0);
  });

  const tooLarge = { name: 'hello.deb', size: 4, pax: { size: String(17 * 2 ** 30) } };
  const tooMany = Array.from({ length: 401 }, (_, number) => ({ name: `hello${number}.deb`, size: 4 }));
  for (const [what, rule, fact, ...entries] of [
    ['a link', 'unsafe-member', /\/?symlink/, { name: 'hello.deb', type: 'symlink', linkname: '/etc/passwd' }],
    ['a device', 'unsafe-member', /character-device/, { name: 'hello.deb', type: 'character-device' }],
    ['a name that climbs', 'unsafe-member', /passwd/, { name: '../../etc/passwd' }],
    ['too many members', 'oversized', /more than 400 members/, ...tooMany],
    ['too many bytes', 'oversized', /more than 8588886016 bytes/, tooLarge],
    ['a package that nobody asked for', 'unusable-products', /arm64/, { name: 'hello_2.10-3~acme13+1_arm64.deb' }],
  ] as const) {
    it(`whose tar holds ${what} is refused and shown, says nothing of the package, and another builds it`, async (test) => {
      const { network, ernie, grover, bert, files, all } = await built(test, chrootsOnly);
      await sends(ernie, withTar(files, await tarOf(...(entries as readonly Entry[])), grover.fingerprint));
      // Files are unpacked in time of the machine, which no clock of ours passes.
      while (refused(ernie).length === 0) await setImmediate();
      await together(all, () => eventsOf(ernie.on, 'BuildWithdrawn').length === 1);
      assert.deepEqual(refused(ernie), [[grover.place, rule]]);
      assert.match(eventsOf(ernie.on, 'RemoteUploadRefused')[0]?.fact ?? '', fact);
      const lines = ernie.daemon.engine.administration.machines().remotes;
      assert.equal(lines.find(({ remote }) => remote === grover.place)?.refused[0]?.rule, rule);
      network.lose(() => false);
      await together(all, () => ernie.daemon.world.uploads.ended[0]?.status === 'published');
      assert.deepEqual(
        eventsOf(ernie.on, 'BuildAssigned').map(({ builder }) => builder),
        [grover.place, bert.place],
      );
      assert.equal(eventsOf(ernie.on, 'BuildFailed').length, 0);
    });
  }
});

describe('A builder that is the only one and makes what cannot be used', () => {
  it('is asked three times, an hour apart, and then the build has failed, with its log and why', async (test) => {
    const { ernie, grover, files: first, resultOf, all } = await built(test);
    const tar = await tarOf({ name: 'hello_2.10-3~acme13+1_arm64.deb' });
    const turns: number[] = [];
    for (let turn = 1; turn <= 3; turn += 1) {
      while (eventsOf(grover.on, 'BuildresultMade').length < turn) await pass(all, 200);
      turns.push(ernie.on.clock.now());
      const files = turn === 1 ? first : await resultOf(turn);
      await sends(ernie, withTar(files, tar, grover.fingerprint));
      while (refused(ernie).length < turn) await setImmediate();
      const ended = () => eventsOf(ernie.on, 'BuildWithdrawn').length + eventsOf(ernie.on, 'BuildFailed').length;
      await together(all, () => ended() === turn);
    }
    assert.ok(turns.every((at, index) => index === 0 || at - (turns[index - 1] ?? 0) >= 3_600_000));
    const [failed] = eventsOf(ernie.on, 'BuildFailed');
    assert.equal(failed?.class, 'products');
    assert.match(
      failed?.fact ?? '',
      /^others built it 3 times, .* the last time grover\S+: unusable-products: .*arm64/,
    );
    assert.ok(failed?.log && (await ernie.on.files.has(failed.log.sha256)));
    await together(all, () => ernie.daemon.world.uploads.ended.length === 1);
    assert.equal(ernie.daemon.world.uploads.ended[0]?.status, 'failed');
    await pass(all, 9000);
    assert.equal(eventsOf(ernie.on, 'BuildAssigned').length, 3);
  });
});

describe('A buildrequest', () => {
  it('that comes again, changed, or from nobody who is active is not built again', async (test) => {
    const { ernie, grover, bert, all } = await built(test);
    const [dispatched] = eventsOf(ernie.on, 'BuildDispatched');
    assert.ok(dispatched);
    const files: UploadFile[] = [];
    for (const { name, sha256 } of [dispatched.tar, dispatched.request]) {
      files.push({ name, bytes: await readFile(await ernie.on.exchange.path(sha256), 'utf8') });
    }
    await sends(grover, files);
    assert.equal(eventsOf(grover.on, 'BuildrequestReceived').length, 1);
    await sends(grover, files, signed(textOf(files), oscar));
    assert.equal(eventsOf(grover.on, 'UploadRejected')[0]?.rule, 'unknown-remote');
    const elsewhere = textOf(files).replace(/^Upload-Result-To: .*$/m, 'Upload-Result-To: oscar.example.org:8067');
    await sends(grover, files, signed(elsewhere, ernie.fingerprint));
    await sends(
      grover,
      files,
      signed(textOf(files).replace(/^Base-Distribution: .*$/m, 'Base-Distribution: ../x'), ernie.fingerprint),
    );
    await sends(
      grover,
      files,
      signed(textOf(files).replace(/^Apt-Hosts: .*$/m, `Apt-Hosts: ${'a:1 '.repeat(80)}`), ernie.fingerprint),
    );
    assert.deepEqual(
      refused(grover).map(([, rule]) => rule),
      ['foreign-address', 'malformed-field', 'malformed-field'],
    );
    await pass(all, 60);
    assert.equal(grover.on.guests.runs.length, 1);
    await bert.daemon.configure(chrootConfigured(amd64));
    await together(all, () => [...bert.daemon.world.templates.values()].some(({ prepared }) => prepared !== undefined));
    await sends(bert, files);
    assert.deepEqual(refused(bert), [[ernie.place, 'foreign-request']], 'it is made out to grover');
    await pass(all, 60);
    assert.equal(eventsOf(bert.on, 'BuildrequestReceived').length, 0);
    await sends(bert, files, signed(textOf(files).replace(/^Builder: .*\n/m, ''), ernie.fingerprint));
    assert.equal(eventsOf(bert.on, 'BuildrequestReceived').length, 1, 'one without a name is for everybody');
  });

  /** The request that grover answered: its tar, and its `.changes`. */
  const requestOf = async ({ on }: Member): Promise<readonly UploadFile[]> => {
    const [dispatched] = eventsOf(on, 'BuildDispatched');
    assert.ok(dispatched);
    const read = async ({ name, sha256 }: typeof dispatched.tar) => ({
      name,
      bytes: await readFile(await on.exchange.path(sha256), 'utf8'),
    });
    return [await read(dispatched.tar), await read(dispatched.request)];
  };

  for (const [what, rule, entry] of [
    ['a link', 'unsafe-member', { name: 'hello.dsc', type: 'symlink', linkname: '/etc/passwd' }],
    ['a device', 'unsafe-member', { name: 'hello.dsc', type: 'character-device' }],
    ['a name that climbs', 'unsafe-member', { name: '../../etc/passwd' }],
    ['too many bytes', 'oversized', { name: 'hello.dsc', size: 4, pax: { size: String(9 * 2 ** 30) } }],
    ['no source package', 'missing-dsc', { name: 'hello.txt' }],
  ] as const) {
    it(`whose tar holds ${what} is declined, and nothing of it is built`, async (test) => {
      const { ernie, grover, all } = await built(test);
      await sends(grover, withTar(await requestOf(ernie), await tarOf(entry as Entry), ernie.fingerprint));
      assert.equal(eventsOf(grover.on, 'BuildrequestReceived').length, 2);
      while (eventsOf(grover.on, 'BuildrequestDeclined').length === 0) await setImmediate();
      assert.deepEqual(
        eventsOf(grover.on, 'BuildrequestDeclined').map((declined) => declined.rule),
        [rule],
      );
      await pass(all, 30);
      assert.equal(grover.on.guests.runs.length, 1);
    });
  }

  it('is one too many where two hundred are under way', async (test) => {
    const { ernie, grover } = await built(test);
    const files = await requestOf(ernie);
    const [received] = eventsOf(grover.on, 'BuildrequestReceived');
    assert.ok(received);
    await grover.daemon.configure({ type: 'EngineStopped', reason: 'moving house' });
    const open = () => grover.daemon.world.buildrequests.open.size;
    for (let each = 1; open() < 200; each += 1) {
      const request = createHash('sha256').update(`${each}`).digest('hex') as Sha256;
      await grover.daemon.configure({ ...received, request });
    }
    const another = textOf(files).replace(/^(Build: \S+) 1$/m, '$1 2');
    await sends(grover, files, signed(another, ernie.fingerprint));
    assert.deepEqual([open(), refused(grover)], [200, [[ernie.place, 'too-many-requests']]]);
  });
});
