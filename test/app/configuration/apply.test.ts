import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { exported, planOf } from '../../../src/app/configuration/apply.ts';
import { differencesInWords } from '../../../src/app/configuration/reconfigure.ts';
import { type Configuration, configure } from '../../../src/domain/configuration/configuration.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import { keepsEverything, type RetentionConfigured } from '../../../src/domain/retention/events.ts';
import { noContents } from '../../../src/projections/fold-contents.ts';
import {
  acme,
  acmeConfiguration,
  acmeConfigured,
  archiveKeyGenerated,
  configurationOf,
  configured,
  instanceConfigured,
  trixieConfigured,
} from '../../support/fixed-examples.ts';
import { memoryPeople } from '../../support/memory-people.ts';

const oscar = '00000000000000ab';
const people = memoryPeople(Date.now);
await people.add({
  account: oscar as never,
  login: 'oscar' as never,
  fullName: '' as never,
  email: 'o@example.org' as never,
});

const plan = async (text: string, present: Configuration = acmeConfiguration) => {
  const made = await planOf(text, present, people, { contents: noContents(), force: false });
  assert.ok(isRight(made), JSON.stringify(isLeft(made) && made.left));
  return made.right;
};
const refusals = async (text: string, present: Configuration = acmeConfiguration) => {
  const made = await planOf(text, present, people, { contents: noContents(), force: false });
  assert.ok(isLeft(made), 'nothing was refused');
  return made.left;
};
const after = (present: Configuration, events: readonly DaemonEvent[]) => events.reduce(configure, present);
const retentionConfigured: RetentionConfigured = { ...keepsEverything(acme), versions: 5, days: 30 };
const empty = configurationOf([instanceConfigured, archiveKeyGenerated]);

describe('A configuration that is exported', () => {
  it('applies to nothing', async () => {
    const yaml = await exported(acmeConfiguration, people);
    assert.deepEqual((await plan(yaml)).events, []);
    assert.deepEqual((await plan(`${yaml}complete: true\n`)).events, []);
  });

  it('makes an empty instance the same, in an order of which every beginning fits together', async () => {
    const { events } = await plan(await exported(acmeConfiguration, people), empty);
    assert.deepEqual(after(empty, events), acmeConfiguration);
    for (let said = 0; said <= events.length; said += 1) {
      const partly = after(empty, events.slice(0, said));
      const rest = await plan(await exported(acmeConfiguration, people), partly);
      assert.deepEqual(rest.events, events.slice(said), `after ${said} events`);
    }
  });

  it('makes any other configuration the same when it is complete', async () => {
    const numbers = fc.record({
      rollbacks: fc.nat(12),
      days: fc.option(fc.nat(90), { nil: null }),
      options: fc.uniqueArray(fc.constantFrom('nocheck', 'noddebs', 'nodoc')),
      notify: fc.constantFrom([], [oscar]),
      label: fc.constantFrom('Debian', 'yes', '012', 'null', '~', "it's: a #label"),
      script: fc.constantFrom('', '#!/bin/sh\nset -e\n\techo "x: y" # z\n', ' leading\n\n trailing  '),
      email: fc.option(fc.constant('mini-buildd@example.org'), { nil: null }),
      kept: fc.option(fc.record({ versions: fc.nat(9), days: fc.option(fc.nat(90), { nil: null }) })),
      left: fc.subarray([...configured, retentionConfigured]),
    });
    await fc.assert(
      fc.asyncProperty(numbers, async (drawn) => {
        const wanted = configurationOf([
          ...configured,
          { ...instanceConfigured, email: drawn.email },
          ...[...acmeConfiguration.layouts.values()].map((layout) => ({
            ...layout,
            suites: layout.suites.map((suite) => ({ ...suite, rollbacks: drawn.rollbacks })),
          })),
          ...[...acmeConfiguration.sources.values()].map((source) => ({ ...source, pin: { Label: drawn.label } })),
          {
            ...trixieConfigured,
            build: { ...trixieConfigured.build, debBuildOptions: drawn.options, setupScript: drawn.script },
          },
          { ...acmeConfigured, validForDays: drawn.days, notify: drawn.notify as never },
          { ...keepsEverything(acme), ...drawn.kept },
        ]);
        const other = configurationOf([instanceConfigured, archiveKeyGenerated, ...drawn.left]);
        const yaml = await exported(wanted, people);
        const { events } = await plan(`${yaml}complete: true\n`, other);
        assert.deepEqual(after(other, events), wanted);
        assert.deepEqual((await plan(yaml, wanted)).events, []);
      }),
      { numRuns: 60 },
    );
  });
});

describe('A document', () => {
  it('says what of old versions is kept, changes it, and takes it back', async () => {
    const first = await plan('retention: {acme: {versions: 3}}');
    assert.equal(
      differencesInWords(first.differences, false),
      '+ retention acme\n    versions: 3\n    days: null\n1 would change\n',
    );
    const keeping = after(acmeConfiguration, first.events);
    assert.deepEqual((await plan('retention: {acme: {versions: 3, days: null}}', keeping)).events, []);
    const second = await plan('retention: {acme: {days: 90}}', keeping);
    assert.deepEqual(second.events, [{ ...retentionConfigured, versions: 3, days: 90 }]);
    assert.equal(differencesInWords(second.differences, true), '~ retention acme\n    days: null → 90\n1 changed\n');
    const back = await plan(`${await exported(acmeConfiguration, people)}complete: true\n`, keeping);
    assert.equal(differencesInWords(back.differences, true), '- retention acme\n1 changed\n');
    assert.deepEqual(after(keeping, back.events), acmeConfiguration);
    const everything = 'retention: {acme: {versions: null, days: null}}';
    assert.equal(
      differencesInWords((await plan(everything, keeping)).differences, true),
      '- retention acme\n1 changed\n',
    );
    assert.deepEqual((await plan(everything)).events, []);
  });

  it('lets retention go before its repository', async () => {
    const keeping = after(acmeConfiguration, [retentionConfigured]);
    const { events } = await plan('complete: true', keeping);
    const types = events.map(({ type }) => type);
    assert.ok(types.indexOf('RetentionConfigured') < types.indexOf('RepositoryRemoved'), types.join());
    assert.deepEqual(after(keeping, events).retention, new Map());
  });

  it('changes the fields that it names, and shows each', async () => {
    const { differences } = await plan(`
repositories: {acme: {validForDays: 7}}
distributions: {trixie: {build: {resolver: aspcud}}}
layouts:
  Small: {suites: [{suite: unstable}]}
`);
    assert.equal(
      differencesInWords(differences.slice(1), false),
      [
        '~ distribution trixie',
        '    build.resolver: "apt" → "aspcud"',
        '~ repository acme',
        '    validForDays: 14 → 7',
        '2 would change',
        '',
      ].join('\n'),
    );
    assert.equal(differences[0]?.what, 'layout Small');
    assert.equal(differences[0]?.change, 'added');
  });

  it('names people by their logins', async () => {
    const { events } = await plan('repositories: {acme: {notify: [oscar]}}');
    assert.deepEqual(events, [{ ...acmeConfigured, notify: [oscar] }]);
    assert.match(await exported(after(acmeConfiguration, events), people), /notify:\n\s+- oscar\n/);
    const [stranger] = await refusals('instance: {notify: [ernie@example.org]}');
    assert.equal(stranger?.rule, 'unknown-person');
  });

  it('removes nothing that it does not name, unless it is complete', async () => {
    assert.deepEqual((await plan('layouts: {}')).events, []);
    const { events } = await plan(`complete: true\ninstance: {identity: acme}\n`, configurationOf(configured));
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'ChrootRemoved',
        'ChrootRemoved',
        'RepositoryRemoved',
        'DistributionRemoved',
        'LayoutRemoved',
        'LayoutRemoved',
        'LayoutRemoved',
        'SourceRemoved',
        'SourceRemoved',
      ],
    );
  });

  for (const [rule, text] of [
    ['unknown-section', 'repos: {}'],
    ['unknown-field', 'repositories: {acme: {validForDay: 7}}'],
    ['unknown-field', 'repositories: {acme: {repository: other}}'],
    ['unknown-field', 'distributions: {trixie: {build: {resolvr: apt}}}'],
    ['unknown-field', 'layouts: {Default: {suites: [{suite: unstable, rolbacks: 3}]}}'],
    ['unknown-field', 'instance: {hostname: elsewhere}'],
    ['identity-is-fixed', 'instance: {identity: other}'],
    ['malformed-declaration', 'repositories: {my-repo: {layout: Default, codenames: [trixie]}}'],
    ['malformed-declaration', 'repositories: {acme: {validForDays: "7"}}'],
    ['malformed-declaration', 'repositories: [acme]'],
    ['malformed-declaration', 'just text'],
    ['malformed-declaration', 'complete: maybe'],
    ['malformed-declaration', '{"repositories": {"__proto__": {"layout": "Default"}}}'],
    ['malformed-declaration', 'sources: {debian-sid: {origin: Debian}}'],
    ['missing-repository', 'retention: {other: {versions: 3}}'],
    ['malformed-declaration', 'retention: {acme: {versions: -1}}'],
    ['missing-layout', 'repositories: {other: {layout: Other, codenames: [trixie]}}'],
    ['one-arch-all', 'distributions: {trixie: {architectures: [{architecture: amd64}]}}'],
    ['malformed-yaml', 'a: [1'],
  ] as const) {
    it(`is refused as a whole: ${rule}: ${text.slice(0, 70)}`, async () => {
      const found = await refusals(`${text}`);
      assert.ok(
        found.some((each) => each.rule === rule),
        JSON.stringify(found),
      );
    });
  }

  it('says everything that is wrong at once', async () => {
    const found = await refusals('repos: {}\ninstance: {identity: other}\nlayouts: {Default: {suite: []}}');
    assert.equal(found.length, 3);
  });
});
