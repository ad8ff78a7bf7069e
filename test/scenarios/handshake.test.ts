import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { writeIntroduction } from '../../src/domain/remote/introduction.ts';
import { type RequestMark, readStatement, type Statement, writeStatement } from '../../src/domain/remote/statement.ts';
import type { Remotes } from '../../src/ports/remotes.ts';
import { servedPages } from '../../src/served-pages.ts';
import { signed } from '../support/fake-keyring.ts';
import { armoredKey } from '../support/fixed-examples.ts';
import { boot, eventsOf } from '../support/in-memory-daemon.ts';
import {
  acquaint,
  activate,
  instances,
  type Member,
  refusedWith,
  together,
  withRepository,
} from '../support/two-instances.ts';

const oscar = 'F'.repeat(40) as Fingerprint;

const ernieAndBert = async (test: TestContext) => {
  const { network, of } = await instances(test, { ernie: withRepository, bert: withRepository });
  return { network, ...of };
};

const storyOf = (here: Member, there: Member) => here.daemon.world.remotes.get(there.place);

/** Somebody says that he comes from `http`, signed by `by`, with `key`. */
const comes = (to: Member, http: string, by: Fingerprint, key = by, at = to.on.clock.now()) =>
  to.daemon.engine.api.run(
    'introduce',
    { introduction: signed(writeIntroduction({ http, at: instant(at) }), by), key: armoredKey(key) },
    anonymous,
  );

/** As the home page shows them. */
const buildersAtHome = ({ daemon, on }: Member) => {
  const { engine } = daemon;
  const shut = { network: true, processes: true, bounds: true } as const;
  const parts = { confinement: shut, place: { builder: 'ernie', room: 4, tags: [] }, clock: on.clock };
  return servedPages(engine, openMemoryLog(on.store, on.clock.now), parts).home().builders;
};

describe('Two instances', () => {
  it('come to know each other when both administrators compared keys, and trust each other when both say so', async (test) => {
    const { ernie, bert } = await ernieAndBert(test);
    assert.match(
      await ernie.remote({ action: 'add', instance: bert.place, fingerprint: bert.fingerprint }),
      /^bert\.example\.org:8066 /,
    );
    await together([ernie, bert], () => storyOf(bert, ernie)?.introduced !== undefined);
    assert.equal(storyOf(bert, ernie)?.introduced?.fingerprint, ernie.fingerprint);
    assert.match(await bert.remote({ action: 'list' }), new RegExp(`${ernie.fingerprint} asks to be known\n$`));
    assert.match(
      bert.daemon.engine.administration
        .overview()
        .attention.map(({ fact }) => fact)
        .join('\n'),
      /ernie\.example\.org:8066 asks to be known here/,
    );
    assert.match(await bert.remote({ action: 'add', instance: ernie.place }), /asked to be known here with the same$/);
    await bert.remote({ action: 'add', instance: ernie.place, fingerprint: ernie.fingerprint });
    assert.match(await bert.remote({ action: 'activate', instance: ernie.place }), /is active/);
    await together(
      [ernie, bert],
      () => storyOf(ernie, bert)?.state === 'found' && storyOf(bert, ernie)?.state === 'found',
    );
    assert.equal(storyOf(ernie, bert)?.active, false);
    assert.deepEqual(storyOf(bert, ernie)?.introduced, undefined);
    await ernie.remote({ action: 'activate', instance: bert.place });
    await together([ernie, bert], () => {
      const [line] = bert.daemon.engine.administration.machines().remotes;
      return line?.trustsUs === true;
    });
    const [line] = ernie.daemon.engine.administration.machines().remotes;
    assert.deepEqual(
      [line?.remote, line?.active, line?.state, line?.room, line?.isRunning],
      [bert.place, true, 'found', 4, true],
    );
    assert.ok(line?.chroots.includes('trixie/amd64'), line?.chroots.join());
    assert.deepEqual(buildersAtHome(ernie)[1], {
      name: bert.place,
      running: 0,
      room: 4,
      note: 'remote, builds for trixie/amd64 trixie/arm64',
    });
    await ernie.remote({ action: 'deactivate', instance: bert.place });
    assert.equal(buildersAtHome(ernie).length, 1);
  });

  it('forget what is withdrawn at once, and keep their word over a restart', async (test) => {
    const { ernie, bert } = await ernieAndBert(test);
    await acquaint(ernie, bert);
    await activate(ernie, bert);
    await ernie.daemon.kill();
    ernie.daemon = await boot(ernie.on);
    assert.equal(storyOf(ernie, bert)?.active, true);
    assert.match(await ernie.remote({ action: 'deactivate', instance: bert.place }), /active no more/);
    assert.equal(storyOf(ernie, bert)?.active, false);
    assert.equal(
      await ernie.remote({ action: 'deactivate', instance: bert.place, 'dry-run': 'true' }).then(Boolean),
      true,
    );
    assert.equal(eventsOf(ernie.on, 'RemoteDeactivated').length, 1);
  });

  it('lose and find each other by themselves, ask ever more seldom, and say it once', async (test) => {
    const { network, ernie, bert } = await ernieAndBert(test);
    await acquaint(ernie, bert);
    await together([ernie, bert], () => storyOf(ernie, bert)?.state === 'found');
    const asked: number[] = [];
    await ernie.daemon.kill();
    const ask: Remotes['ask'] = (...what) => {
      asked.push(ernie.on.clock.now());
      return ernie.on.remotes.ask(...what);
    };
    ernie.daemon = await boot({ ...ernie.on, remotes: { ...ernie.on.remotes, ask } });
    network.cut(bert.place);
    await together([ernie, bert], () => storyOf(ernie, bert)?.state === 'lost');
    const from = ernie.on.clock.now();
    await together([ernie, bert], () => ernie.on.clock.now() - from > 120_000);
    await together([ernie, bert], () => ernie.on.clock.now() - from > 1_500_000, 5);
    assert.equal(eventsOf(ernie.on, 'RemoteLost').length, 1);
    assert.match(storyOf(ernie, bert)?.lost?.fact ?? '', /there is no way/);
    const pauses = asked.flatMap((at, index) => (index === 0 ? [] : [at - (asked[index - 1] ?? 0)]));
    assert.ok(asked.length <= 12, `it asked ${asked.length} times in 25 minutes`);
    assert.ok(Math.max(...pauses) > 250_000 && Math.max(...pauses) <= 310_000, `pauses of ${pauses.join()}`);
    const healed = ernie.on.clock.now();
    network.heal(bert.place);
    await together([ernie, bert], () => storyOf(ernie, bert)?.state === 'found');
    assert.ok(ernie.on.clock.now() - healed <= 310_000);
  });
});

describe('Who introduces itself', () => {
  it('has to hold the key it comes with, to be of now, and to be readable', async (test) => {
    const { bert } = await ernieAndBert(test);
    const from = 'oscar.example.org:8066';
    assert.equal(refusedWith(await comes(bert, from, oscar, 'E'.repeat(40) as Fingerprint)), 'unknown-key');
    assert.equal(refusedWith(await comes(bert, from, oscar, oscar, bert.on.clock.now() - 601_000)), 'clock-skew');
    assert.equal(refusedWith(await comes(bert, from, oscar, oscar, bert.on.clock.now() + 601_000)), 'clock-skew');
    assert.equal(refusedWith(await comes(bert, 'http://oscar:secret@127.0.0.1/', oscar)), 'malformed-field');
    const unsigned = { introduction: 'Http: oscar.example.org:8066\n', key: armoredKey(oscar) };
    assert.equal(refusedWith(await bert.daemon.engine.api.run('introduce', unsigned, anonymous)), 'unsigned');
    assert.equal(bert.daemon.world.remotes.size, 0);
  });

  it('cannot take the place of one that is known, which is on record, once', async (test) => {
    const { ernie, bert } = await ernieAndBert(test);
    await acquaint(ernie, bert);
    await activate(ernie, bert);
    for (const _ of [1, 2, 3]) assert.equal(refusedWith(await comes(bert, ernie.place, oscar)), 'another-key');
    assert.equal(eventsOf(bert.on, 'RemoteIntroductionRefused').length, 1);
    const [line] = bert.daemon.engine.administration.machines().remotes;
    assert.deepEqual(
      [line?.fingerprint, line?.active, line?.refused[0]?.rule],
      [ernie.fingerprint, true, 'another-key'],
    );
    for (const digit of '0123456789') await comes(bert, ernie.place, digit.repeat(40) as Fingerprint);
    assert.equal(eventsOf(bert.on, 'RemoteIntroductionRefused').length, 8);
  });

  it('cannot fill the page of those that wait, and is gone when it is dismissed', async (test) => {
    const { bert } = await ernieAndBert(test);
    for (let n = 0; n < 20; n += 1) await comes(bert, `host${n}.example.org:8066`, oscar);
    assert.equal(refusedWith(await comes(bert, 'host20.example.org:8066', oscar)), 'too-many-introductions');
    assert.match(await bert.remote({ action: 'remove', instance: 'host3.example.org:8066' }), /is removed/);
    assert.equal(bert.daemon.world.remotes.size, 19);
    assert.match(await bert.remote({ action: 'activate', instance: 'host4.example.org:8066' }), /^unknown-remote/);
  });
});

describe('What a remote says of itself', () => {
  for (const [what, change, rule] of [
    ['signed by another key', (text: string) => signed(text, oscar), 'another-key'],
    ['not signed', (text: string) => text, 'unsigned'],
    [
      'of an hour ago',
      (text: string, by: Fingerprint) =>
        signed(
          text.replace(/T(\d\d):/, (_, hour) => `T${String((Number(hour) + 23) % 24).padStart(2, '0')}:`),
          by,
        ),
      'clock-skew',
    ],
    [
      'with a chroot for every architecture',
      (text: string, by: Fingerprint) =>
        signed(
          text.replace(
            /^Chroots:\n/m,
            `Chroots:\n${Array.from({ length: 70 }, (_, n) => ` trixie/arch${n}\n`).join('')}`,
          ),
          by,
        ),
      'oversized',
    ],
    [
      'with a chroot for ../..',
      (text: string, by: Fingerprint) => signed(text.replace(/trixie\/amd64/, '../..'), by),
      'malformed-field',
    ],
    [
      'without its load',
      (text: string, by: Fingerprint) => signed(text.replace(/^Load.*\n/m, ''), by),
      'missing-field',
    ],
  ] as const) {
    it(`${what} counts for nothing, and is on record`, async (test) => {
      const { network, ernie, bert } = await ernieAndBert(test);
      await acquaint(ernie, bert);
      network.forge('peerstatus', (answer) => {
        const { statement } = answer as { statement: string };
        return { statement: change(statement.slice(statement.indexOf('\n\n') + 2), bert.fingerprint) };
      });
      await together([ernie, bert], () => storyOf(ernie, bert)?.state === 'lost');
      assert.equal(storyOf(ernie, bert)?.lost?.rule, rule);
    });
  }

  it('is written so that it is read again', () => {
    const statement = {
      http: 'bert.example.org:8066',
      ftp: 'bert.example.org:8067',
      version: '0.1.0',
      at: instant(0),
      running: true,
      load: 0.25,
      room: 4,
      chroots: [{ codename: 'trixie', architecture: 'amd64' }],
      binNmus: true,
      knows: [oscar],
      trusts: [],
      requests: new Map([['0'.repeat(32), { state: 'declined', note: 'no chroot for trixie/arm64' }]]),
      awaits: new Set(['1'.repeat(32) as RequestMark]),
    } as unknown as Statement;
    assert.deepEqual(readStatement(writeStatement(statement)), { _tag: 'Right', right: statement });
    const older = { ...statement, binNmus: false };
    assert.deepEqual(readStatement(writeStatement(older)), { _tag: 'Right', right: older });
    const marks = Array.from({ length: 8_000 }, (_, number) => String(number).padStart(32, '0') as RequestMark);
    const full = {
      ...statement,
      chroots: Array.from({ length: 64 }, () => statement.chroots[0]),
      knows: Array.from({ length: 200 }, () => oscar),
      trusts: Array.from({ length: 200 }, () => oscar),
      requests: new Map(marks.slice(0, 400).map((mark) => [mark, { state: 'waiting', note: 'x'.repeat(200) }])),
      awaits: new Set(marks),
    } as unknown as Statement;
    const busy = writeStatement(full);
    assert.ok(busy.length < 500_000, 'far from what an answer may have');
    const read = readStatement(busy);
    assert.deepEqual(isRight(read) && [...read.right.awaits], marks, 'or their builders would end them');
  });
});
