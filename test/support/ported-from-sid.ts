import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { SourceConfigured, SourceId } from '../../src/domain/configuration/events.ts';
import type { Codename } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { asks } from './asks.ts';
import { type FakeArchiveAnswer, fakeUpstream } from './fake-upstream.ts';
import { configured, trixieSources, unstable, version } from './fixed-examples.ts';
import { boot, type Daemon, type Fate, type Machine, machine } from './in-memory-daemon.ts';
import { sourceUpload } from './source-upload.ts';

const hour = 3_600_000;
const debian = trixieSources[0] as SourceConfigured;
const archive = debian.uris[0] ?? '';

/** Another suite of the same archive. */
const suite = (name: string): SourceConfigured => ({
  ...debian,
  id: `debian-${name}` as SourceId,
  suite: name,
  codename: name as Codename,
});

export const dscOf = (source: string, of: string): string =>
  `${archive}pool/main/${source[0]}/${source}/${source}_${of}.dsc`;

const put = (on: Machine, source: string, of: string): string => {
  const upload = sourceUpload({ source, version: version(of), signedBy: null });
  for (const { name, bytes } of upload.files) on.fetcher.web.set(new URL(name, dscOf(source, of)).href, bytes);
  return on.fetcher.web.get(dscOf(source, of)) ?? '';
};

const stanza = (source: string, of: string, dsc: string): string =>
  [
    `Package: ${source}\nVersion: ${of}\nDirectory: pool/main/${source[0]}/${source}`,
    `Checksums-Sha256:\n ${createHash('sha256').update(dsc).digest('hex')} ${dsc.length} ${source}_${of}.dsc\n`,
  ].join('\n');

export const presentIn = (daemon: Daemon, source: string, where = unstable): string | undefined =>
  daemon.world.contents.shelves.get(where)?.slots.get(source as never)?.present?.version;

/** `sources` of sid in version 1.0-2 were ported to unstable of acme, where they stand; `more` was said before. */
export const portedFromSid = async (
  test: TestContext,
  more: readonly DaemonEvent[] = [],
  sources: readonly string[] = ['goodbye'],
) => {
  const answers = new Map<string, FakeArchiveAnswer>();
  const configuration = [
    ...configured,
    suite('sid'),
    suite('experimental'),
    ...more,
    { type: 'EngineStarted' } as const,
  ];
  const on = { ...(await machine(test, configuration)), upstream: fakeUpstream(answers) };
  const lives: Daemon[] = [];
  const start = async (fate?: Fate): Promise<Daemon> => {
    const daemon = await boot(on, fate);
    lives.push(daemon);
    return daemon;
  };
  test.after(() => lives.at(-1)?.kill());
  const daemon = await start();
  const of = new Map<string, string>();
  /** A suite has all `sources` in a version; `stanzas` where it says otherwise. */
  const holds = (name: string, what: string, only: readonly string[] = sources): void => {
    const stanzas = sources.map((source) => {
      const at = only.includes(source) ? what : '1.0-2';
      const key = `${source} ${at}`;
      of.set(key, of.get(key) ?? put(on, source, at));
      return stanza(source, at, of.get(key) ?? '');
    });
    answers.set(`${archive}dists/${name}/InRelease`, {
      fields: { Codename: name, Suite: name, ...(name === 'experimental' ? { NotAutomatic: 'yes' } : {}) },
      indices: { 'main/source/Sources': stanzas.join('\n') },
    });
  };
  holds('trixie', '1.0-1');
  holds('sid', '1.0-2');
  holds('experimental', '2.0~rc1-1');
  const published =
    (as: string, source = 'goodbye', live = daemon) =>
    () =>
      presentIn(live, source) === as;
  for (const source of sources) await asks(daemon, 'portext', { dsc: dscOf(source, '1.0-2'), distributions: unstable });
  assert.ok(await daemon.until(() => sources.every((source) => presentIn(daemon, source) === '1.0-2~acme13+1')));
  const laterOn = async (live = daemon): Promise<void> => {
    on.clock.leap(6 * hour + 60_000);
    await live.rests();
  };
  return { on, daemon, holds, laterOn, start, published };
};

export const offeredBy = async (daemon: Daemon): Promise<string> => (await asks(daemon, 'portupdates')).plain ?? '';
