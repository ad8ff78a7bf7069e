import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asks } from '../support/asks.ts';
import { acme, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const testing = 'trixie-acme-testing';

type Named = {
  readonly same: number;
  readonly found: number;
  readonly packages: readonly { readonly source: string }[];
};

const delivered = async (daemon: Daemon, source: string, text: string): Promise<void> => {
  await daemon.uploads(sourceUpload({ source, version: version(`${text}~acme13+1`) }));
  assert.ok(await daemon.until(({ uploads }) => uploads.open.size === 0));
  await daemon.rests();
};

const migrated = async (daemon: Daemon, source: string): Promise<void> => {
  assert.equal((await asks(daemon, 'migrate', { package: source, distribution: unstable })).refused, undefined);
  await daemon.rests();
};

describe('Two distributions', () => {
  it('are compared by command, now and as apt saw them, as on the page', async (test) => {
    const daemon = await boot(await machine(test));
    test.after(daemon.kill);
    await delivered(daemon, 'hello', '1.0-1');
    const early = daemon.world.published.get(acme)?.at(-1)?.id ?? '';
    await migrated(daemon, 'hello');
    await delivered(daemon, 'hello', '2.0-1');
    await delivered(daemon, 'rocket', '1.0-1');
    const two = (given: Readonly<Record<string, string>>) =>
      asks(daemon, 'compare', { one: unstable, other: testing, ...given });

    assert.deepEqual((await two({})).json, {
      repository: 'acme',
      one: { distribution: unstable, publication: null, publishedAt: null },
      other: { distribution: testing, publication: null, publishedAt: null },
      same: 0,
      found: 2,
      packages: [
        { source: 'hello', kind: 'differs', one: '2.0-1~acme13+1', other: '1.0-1~acme13+1', newer: 'one' },
        { source: 'rocket', kind: 'only-one', one: '1.0-1~acme13+1', other: undefined, newer: undefined },
      ],
    });
    assert.match((await two({ kind: 'only-one' })).plain ?? '', /^Source .*\n-.*\nrocket +only in the first/);
    const before = await two({ other: unstable, 'one-at': early });
    assert.match(before.plain ?? '', /hello +other version +1\.0-1\S+ +2\.0-1\S+ +second/);
    assert.match(before.plain ?? '', /rocket +only in the second/);
    assert.match((await two({ other: unstable })).plain ?? '', /No differences/);
    const named = async (name: string) => (await two({ name })).json as Named;
    assert.deepEqual([(await named('ROCK')).found, (await named('ROCK')).packages[0]?.source], [1, 'rocket']);
    assert.deepEqual([(await named('zzz')).found, (await named('zzz')).packages.length], [0, 0]);
    await migrated(daemon, 'rocket');
    assert.deepEqual([(await named('rock')).same, (await named('hell')).same], [1, 0]);
    assert.deepEqual([(await named('rock')).found, (await named('hell')).found], [0, 1]);
    assert.deepEqual((await two({ other: 'bookworm-other-unstable' })).refused, ['no-distribution']);
    assert.notEqual((await two({ 'one-at': 'no-such-name' })).refused, undefined);
  });
});
