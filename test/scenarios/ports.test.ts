import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import type { Answer } from '../../src/ports/api.ts';
import { archiveFingerprint, distribution, hello, hello3, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const staff: Caller = { actor: { kind: 'account', name: 'staff' }, privilege: 'staff', shown: 'token' };

const experimental = distribution('trixie-acme-experimental');

const run = (daemon: Daemon, command: string, given: Readonly<Record<string, string>>) =>
  daemon.engine.api.run(command, given, staff);

const rulesOf = (answer: Either<readonly Refusal[], Answer>): readonly string[] =>
  isLeft(answer) ? answer.left.map(({ rule }) => rule) : [];

/** hello 2.10-3 is in unstable. */
const withHello = async (on: Machine): Promise<Daemon> => {
  const daemon = await boot(on);
  await daemon.uploads(sourceUpload());
  await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  return daemon;
};

const held = (daemon: Daemon, name: DistributionName): string | undefined =>
  daemon.world.contents.shelves.get(name)?.slots.get(hello)?.present?.version;

const textOf = async (on: Machine, sha256: string | undefined): Promise<string> =>
  readFile(await on.files.path(sha256 as never), 'utf8');

const toExperimental = { package: 'hello', from_distribution: unstable, to_distributions: experimental };

describe('A port', () => {
  it('is an upload like any other, signed with the archive key', async (test) => {
    const on = await machine(test);
    const daemon = await withHello(on);
    const answer = await run(daemon, 'port', toExperimental);
    assert.ok(!isLeft(answer));
    assert.match(
      answer.right.plain,
      /^hello 2\.10-3~acme13\+1 is being ported to trixie-acme-experimental as 2\.10-3~acme13\+0\n$/,
    );
    await daemon.until(() => held(daemon, experimental) === '2.10-3~acme13+0');
    const [, received] = eventsOf(on, 'UploadReceived');
    assert.equal(received?.door, 'internal');
    assert.equal(received?.signature.status === 'good' && received.signature.fingerprint, archiveFingerprint);
    assert.deepEqual(received?.facts?.options, [{ key: 'ignore-lintian', architecture: '', value: 'true' }]);
    assert.match(await textOf(on, received?.changes.sha256), /Original DSC's SHA256: [0-9a-f]{64}\./);
    assert.deepEqual(
      eventsOf(on, 'PortUploaded').map(({ upload }) => upload),
      [received?.upload],
    );
    assert.equal(held(daemon, unstable), hello3);
    assert.deepEqual(daemon.faults, []);
  });

  it('into the distribution it is in is a rebuild', async (test) => {
    const on = await machine(test);
    const daemon = await withHello(on);
    await run(daemon, 'port', { ...toExperimental, to_distributions: unstable });
    await daemon.until(() => held(daemon, unstable) !== hello3);
    assert.match(held(daemon, unstable) ?? '', /^2\.10-3~acme13\+1\+rebuilt\d{14}$/);
  });

  it('goes to each distribution that is named, once', async (test) => {
    const on = await machine(test);
    const daemon = await withHello(on);
    const targets = 'trixie-acme-experimental,trixie-acme-unstable,trixie-acme-experimental';
    await run(daemon, 'port', { ...toExperimental, to_distributions: targets });
    await daemon.until(({ uploads }) => uploads.ended.filter(({ status }) => status === 'published').length === 3);
    assert.deepEqual(
      eventsOf(on, 'PortRequested').map(({ to }) => to),
      ['trixie-acme-experimental', 'trixie-acme-unstable'],
    );
  });

  it('is only shown by a dry run', async (test) => {
    const on = await machine(test);
    const daemon = await withHello(on);
    const answer = await run(daemon, 'port', { ...toExperimental, 'dry-run': 'true' });
    assert.ok(!isLeft(answer));
    assert.match(answer.right.plain, /would be ported/);
    assert.deepEqual(eventsOf(on, 'PortRequested'), []);
  });

  for (const [sentence, given, rule] of [
    ['to a suite that takes no uploads', { to_distributions: 'trixie-acme-testing' }, 'suite-not-uploadable'],
    ['to a rollback', { to_distributions: 'trixie-acme-unstable-rollback0' }, 'rollback-not-uploadable'],
    ['to where nothing is', { to_distributions: 'trixie-other-unstable' }, 'unknown-distribution'],
    ['to a good and a bad target', { to_distributions: 'trixie-acme-experimental,x-y' }, 'malformed-distribution'],
    [
      'to two suites in one version',
      { to_distributions: 'trixie-acme-experimental,trixie-acme-snapshot' },
      'version-exists',
    ],
    ['to nowhere', { to_distributions: ' , ' }, 'bad-argument'],
    ['of what is not there', { package: 'goodbye' }, 'not-there'],
    ['of another version', { version: '2.10-4' }, 'not-there'],
    ['with an unknown option', { options: 'colour=blue' }, 'unknown-upload-option'],
  ] as const) {
    it(`is refused: ${sentence}`, async (test) => {
      const on = await machine(test);
      const daemon = await withHello(on);
      assert.deepEqual(rulesOf(await run(daemon, 'port', { ...toExperimental, ...given })), [rule]);
      assert.deepEqual(eventsOf(on, 'PortRequested'), []);
    });
  }

  it('is refused when its version was installed before', async (test) => {
    const on = await machine(test);
    const daemon = await withHello(on);
    await run(daemon, 'port', toExperimental);
    await daemon.until(() => held(daemon, experimental) !== undefined);
    assert.deepEqual(rulesOf(await run(daemon, 'port', toExperimental)), ['version-exists']);
  });

  it('fails when what comes out of the build environment is something else', async (test) => {
    for (const [from, to] of [
      [/MINI_BUILDD_OPTION: ignore-lintian=true/, 'MINI_BUILDD_OPTION: auto-ports=trixie-acme-unstable'],
      [/^Distribution: .*$/m, 'Distribution: trixie-acme-unstable'],
      [/^Architecture: source$/m, 'Architecture: source amd64'],
    ] as const) {
      const on = await machine(test);
      const daemon = await withHello(on);
      on.packager.spoil(({ dsc, changes }) => ({ dsc, changes: changes.replace(from, to) }));
      await run(daemon, 'port', toExperimental);
      await daemon.until(({ ports }) => ports.ended.length === 1);
      assert.deepEqual(
        eventsOf(on, 'PortFailed').map(({ rule }) => rule),
        ['repacked-otherwise'],
        to,
      );
      assert.equal(eventsOf(on, 'UploadReceived').length, 1);
    }
  });

  it('becomes one upload though the daemon is killed anywhere', async (test) => {
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        const on = await machine(test);
        await (await withHello(on)).kill();
        const first = await boot(on, { n, when });
        if (!first.isDead()) await Promise.race([run(first, 'port', toExperimental), first.rests()]);
        const isRequested = eventsOf(on, 'PortRequested').length === 1;
        const died = isRequested && !(await first.until(() => held(first, experimental) !== undefined));
        await first.kill();
        if (!isRequested) continue;
        const second = await boot(on);
        await second.until(
          ({ ports, uploads }) =>
            held(second, experimental) !== undefined && ports.open.size === 0 && uploads.open.size === 0,
        );
        await second.kill();
        assert.equal(eventsOf(on, 'PortUploaded').length, 1, `killed ${when} step ${n}`);
        assert.equal(eventsOf(on, 'UploadReceived').length, 2, `killed ${when} step ${n}`);
        assert.deepEqual(eventsOf(on, 'UploadRejected'), []);
        if (!died) break;
      }
    }
  });
});

describe('An external port', () => {
  const foreign = sourceUpload({ source: 'goodbye', version: version('1.0-2'), signedBy: null });
  const base = 'http://deb.debian.example.org/pool/main/g/goodbye';
  const dsc = `${base}/goodbye_1.0-2.dsc`;
  const put = (on: Machine): void => {
    for (const { name, bytes } of foreign.files) on.fetcher.web.set(`${base}/${name}`, bytes);
  };

  it('fetches what its .dsc lists, and says where it came from', async (test) => {
    const on = await machine(test);
    put(on);
    const daemon = await boot(on);
    const answer = await run(daemon, 'portext', { dsc, distributions: unstable });
    assert.ok(!isLeft(answer));
    assert.match(
      answer.right.plain,
      /^goodbye 1\.0-2 is being ported to trixie-acme-unstable as 1\.0-2~acme13\+1 \(signature of the \.dsc: unsigned/,
    );
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    const [received] = eventsOf(on, 'UploadReceived');
    assert.match(
      await textOf(on, received?.changes.sha256),
      /\* External port from: http:\/\/deb\.debian\.example\.org\/pool\/main\/g\/goodbye\/goodbye_1\.0-2\.dsc/,
    );
  });

  it('tells how far it is while it is fetched, packed and signed', async (test) => {
    const on = await machine(test);
    put(on);
    const daemon = await boot(on);
    const said: string[] = [];
    const heard = daemon.engine.works.changes$.subscribe(() => {
      for (const { kind, about, says } of daemon.engine.works.now())
        if (kind === 'port' && says !== undefined && said.at(-1) !== `${about}: ${says}`)
          said.push(`${about}: ${says}`);
    });
    await run(daemon, 'portext', { dsc, distributions: unstable });
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    heard.unsubscribe();
    for (const { name } of foreign.files.filter((file) => file.name.includes('.tar.')))
      assert.ok(
        said.some((line) => line.startsWith(`goodbye 1.0-2: fetching ${name}, 100 % of `)),
        said.join('\n'),
      );
    assert.deepEqual(said.slice(-2), ['goodbye 1.0-2: packing it for where it goes', 'goodbye 1.0-2: signing it']);
    assert.deepEqual(daemon.engine.works.now(), []);
  });

  it('waits while nobody answers, and fails after an hour', async (test) => {
    const on = await machine(test);
    put(on);
    const daemon = await boot(on);
    await run(daemon, 'portext', { dsc, distributions: unstable });
    on.fetcher.outage.isOn = true;
    await daemon.until(() => daemon.faults.length > 2);
    assert.deepEqual(eventsOf(on, 'PortFailed'), []);
    on.clock.advance(3_600_000);
    await daemon.until(() => eventsOf(on, 'PortFailed').length === 1);
    assert.equal(eventsOf(on, 'PortFailed')[0]?.rule, 'port-not-made');
  });

  it('fails when a file is not what the .dsc says', async (test) => {
    const on = await machine(test);
    put(on);
    on.fetcher.web.set(`${base}/goodbye_1.0.orig.tar.gz`, 'something else');
    const daemon = await boot(on);
    await run(daemon, 'portext', { dsc, distributions: unstable });
    await daemon.until(() => eventsOf(on, 'PortFailed').length === 1);
    assert.equal(eventsOf(on, 'PortFailed')[0]?.rule, 'digest-mismatch');
  });

  it('is refused when there is no .dsc, or another one under its name', async (test) => {
    const on = await machine(test);
    put(on);
    on.fetcher.web.set(`${base}/hello_1.0-2.dsc`, on.fetcher.web.get(dsc) ?? '');
    on.fetcher.web.set(`${base}/text_1.0-2.dsc`, 'Hello\n');
    const daemon = await boot(on);
    for (const [name, rule] of [
      ['none_1.0-2.dsc', 'not-there'],
      ['hello_1.0-2.dsc', 'dsc-mismatch'],
      ['text_1.0-2.dsc', 'malformed-control-data'],
    ] as const) {
      assert.deepEqual(rulesOf(await run(daemon, 'portext', { dsc: `${base}/${name}`, distributions: unstable })), [
        rule,
      ]);
    }
    assert.deepEqual(eventsOf(on, 'PortRequested'), []);
  });
});
