import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { eventsDocument } from '../../ops/generate-events-doc.ts';
import { parseChanges } from '../../src/domain/debian/changes.ts';
import type { DaemonEvent, EventType } from '../../src/domain/event.ts';
import { decodeEvent, eventCodecs } from '../../src/domain/event.ts';
import { StreamName } from '../../src/domain/ids.ts';
import { streamOf } from '../../src/domain/stream.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import { helloAccepted, helloFacts, helloReceived, helloReserved, stored } from '../support/fixed-examples.ts';

const goldenIn = (name: string) => {
  const folder = new URL(`../golden/${name}/`, import.meta.url);
  return readdirSync(folder).map((file) => ({ name: file, text: readFileSync(new URL(file, folder), 'utf8') }));
};
const golden = goldenIn('events');
/** `TYPE-N.json` as it was written once, `TYPE-N.today.json` as it is read. */
const retired = goldenIn('retired');

const mostBytes = 64_000;

describe('An event', () => {
  for (const { name, text } of golden) {
    it(`written as ${name} stays readable, and is written so again`, () => {
      const event = decodeEvent(JSON.parse(text), name);
      assert.equal(`${JSON.stringify(event, null, 2)}\n`, text);
      assert.ok(text.length < mostBytes);
      assert.ok(StreamName.is(streamOf(event)), streamOf(event));
      assert.equal(name.split(/[-.]/)[0], event.type);
    });
  }

  for (const { name, text } of retired.filter((file) => !file.name.endsWith('.today.json'))) {
    it(`written as ${name} once is read as today's`, () => {
      const today = retired.find((file) => file.name === name.replace('.json', '.today.json'));
      const event = decodeEvent(JSON.parse(text), name);
      assert.equal(`${JSON.stringify(event, null, 2)}\n`, today?.text);
      assert.deepEqual(decodeEvent(event, name), event);
      assert.equal(name.split(/[-.]/)[0], event.type);
    });
  }

  it('has a golden file for each type', () => {
    const written = new Set(golden.map(({ name }) => name.split(/[-.]/)[0]));
    assert.deepEqual(
      (Object.keys(eventCodecs) as EventType[]).filter((type) => !written.has(type)),
      [],
    );
  });

  it('is found in docs/events.md as it is', () => {
    const document = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
    assert.equal(document, eventsDocument(), 'run: node ops/generate-events-doc.ts');
    for (const type of Object.keys(eventCodecs)) assert.match(document, new RegExp(`^### ${type}$`, 'm'));
  });

  for (const [what, body, complaint] of [
    ['of a type nobody knows', { type: 'BuildUpdated' }, /event 3 .* unknown type "BuildUpdated"/],
    ['of a type that every object has', { type: 'constructor' }, /unknown type "constructor"/],
    ['that is no object', 'BuildStarted', /unknown type ""/],
    ['without a field', { type: 'BuildGivenBack', attempt: 1, reason: 'x' }, /event 3 .* build/],
    ['of no shape it ever had', { type: 'SourceConfigured', id: 'debian-trixie', keyring: 7 }, /event 3 .* keys/],
    ['with a field of another shape', { type: 'EngineStopped', reason: 7 }, /reason: expected text, got 7/],
  ] as const) {
    it(`${what} is not ours to read`, () => {
      assert.throws(() => decodeEvent(body, 'event 3 of build-1'), complaint);
    });
  }

  it('is searched by the package and distribution it is about', () => {
    assert.deepEqual(subjectOf(helloAccepted()), { package: 'hello', distribution: 'trixie-acme-unstable' });
    assert.deepEqual(subjectOf(helloReceived(undefined, undefined, { facts: null })), {});
  });
});

describe('The largest upload that can be read', () => {
  /** As many files with as long names as `.changes` and `.dsc` may list. */
  const files = Array.from({ length: 150 }, (_, n) =>
    stored(`hello_2.10.orig-${String(n).padStart(3, '0')}${'x'.repeat(75)}.tar.gz`),
  );
  const many: readonly DaemonEvent[] = [
    helloReceived(undefined, undefined, {
      files,
      facts: helloFacts(undefined, { dsc: { ...helloFacts().dsc, files } as never }),
    }),
    { ...helloAccepted(), sources: files },
    { ...helloReserved(), sources: files },
  ];
  for (const event of many) {
    it(`fits into ${event.type}`, () => {
      const size = Buffer.byteLength(JSON.stringify(event));
      assert.ok(size < mostBytes, `${size} bytes`);
    });
  }

  it('is refused with more files than that', () => {
    const line = (n: number) => ` ${'0'.repeat(32)} 1 misc optional hello_${n}.tar.gz`;
    const text = [
      'Source: hello',
      'Version: 1',
      'Distribution: x',
      'Architecture: source',
      'Files:',
      ...Array.from({ length: 257 }, (_, n) => line(n)),
      '',
    ].join('\n');
    const changes = parseChanges(text);
    assert.ok(isLeft(changes));
    assert.equal(changes.left.rule, 'too-many-files');
  });
});
