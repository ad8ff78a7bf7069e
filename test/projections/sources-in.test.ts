import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { configure } from '../../src/domain/configuration/configuration.ts';
import { parseDistribution } from '../../src/domain/debian/distribution.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { type Contents, sourcesIn } from '../../src/projections/contents.ts';
import { foldContents, noContents } from '../../src/projections/fold-contents.ts';
import { foldPlaces } from '../../src/projections/places.ts';
import {
  acme,
  acmeConfiguration,
  acmeConfigured,
  distribution,
  hello3,
  hello4,
  helloInstalled,
  recordedAll,
  source,
  unstable,
  uploadId,
} from '../support/fixed-examples.ts';

const testing = distribution('trixie-acme-testing');
const layout = acmeConfiguration.layouts.get('Default');
assert.ok(layout !== undefined);

const about = fc.record({
  source: fc.constantFrom(...['hello', 'goodbye', 'ernie'].map(source)),
  version: fc.constantFrom(hello3, hello4),
  distribution: fc.constantFrom(unstable, testing, distribution('trixie-acme-unstable-rollback0')),
});

/** Everything that places and what stands in them may go through. */
const happening: fc.Arbitrary<DaemonEvent> = fc.oneof(
  {
    weight: 4,
    arbitrary: about.map(({ source, version, distribution }) =>
      helloInstalled(uploadId(1), version, {
        source,
        distribution: distribution === testing ? testing : unstable,
        binaries: [],
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: about.map(
      (each) => ({ type: 'PackageRemoved', repository: acme, ...each, change: null }) as unknown as DaemonEvent,
    ),
  },
  fc.constantFrom<DaemonEvent>({ type: 'RepositoryRemoved', repository: acme }, acmeConfigured),
  fc
    .constantFrom(0, 1, 6)
    .map((rollbacks): DaemonEvent => ({ ...layout, suites: layout.suites.map((suite) => ({ ...suite, rollbacks })) })),
  about.map(
    ({ source, version }) =>
      ({ type: 'FilesLetGo', repository: acme, source, version, because: 'old' }) as unknown as DaemonEvent,
  ),
);

/** As one would count who has nothing but what stands there. */
const counted = ({ shelves }: Contents): number => {
  const sources = new Set<string>();
  for (const [name, { slots, isConfigured }] of shelves)
    for (const [source, { present, earlier }] of slots)
      if (isConfigured && parseDistribution(name).repository === acme && (present !== undefined || earlier.length > 0))
        sources.add(source);
  return sources.size;
};

describe('Source packages of a repository', () => {
  it('are counted as they come and go, with their places and their files', () => {
    void fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (events) => {
        const contents = noContents();
        let configuration = acmeConfiguration;
        for (const recorded of recordedAll(events)) {
          configuration = configure(configuration, recorded.event);
          foldContents(contents, recorded, configuration);
          foldPlaces(contents, recorded, configuration);
          assert.equal(sourcesIn(contents, acme), counted(contents));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are not looked through to tell how many they are', () => {
    const contents = noContents();
    for (const recorded of recordedAll([helloInstalled()])) foldContents(contents, recorded, acmeConfiguration);
    const slots = contents.shelves.get(unstable)?.slots;
    assert.ok(slots !== undefined);
    const refuse = () => assert.fail('everything is looked at');
    Object.assign(slots, { [Symbol.iterator]: refuse, entries: refuse, values: refuse, keys: refuse });
    assert.equal(sourcesIn(contents, acme), 1);
  });
});
