import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Step } from '../../src/domain/archive/events.ts';
import { eventOf } from '../../src/domain/archive/steps.ts';
import type { Member } from '../../src/domain/change/events.ts';
import type { SourceName } from '../../src/domain/debian/names.ts';
import { ownedElsewhere, whereabouts } from '../../src/projections/contents.ts';
import { changeContents, foldContents, noContents } from '../../src/projections/fold-contents.ts';
import { tryChange } from '../../src/projections/trial.ts';
import {
  acme,
  acmeConfiguration,
  amd64,
  distribution,
  hello3,
  hello4,
  helloInstalled,
  main,
  recordedAll,
  source,
  stored,
  unstable,
  uploadId,
} from '../support/fixed-examples.ts';

const testing = distribution('trixie-acme-testing');
const sources = ['hello', 'goodbye', 'ernie'].map(source);
const versions = [hello3, hello4];
const binaries = ['hello', 'hello-doc', 'goodbye', 'ernie'];

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    deed: fc.constant('migrate' as const),
    version: fc.constantFrom(...versions),
    from: fc.constant(unstable),
    to: fc.constant(testing),
  }),
  fc.record({
    deed: fc.constant('remove' as const),
    version: fc.constantFrom(...versions),
    distribution: fc.constantFrom(unstable, testing, distribution('trixie-acme-unstable-rollback0')),
  }),
  fc.record({
    deed: fc.constant('restore' as const),
    version: fc.constantFrom(...versions),
    distribution: fc.constantFrom(unstable, testing),
    from: fc.constant(null),
  }),
);

const membersArbitrary: fc.Arbitrary<readonly Member[]> = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom(...sources),
    seen: fc.constant(0),
    steps: fc.array(stepArbitrary, { minLength: 1, maxLength: 4 }),
  }),
  { selector: ({ source }) => source, minLength: 1 },
);

const installedArbitrary = fc.array(
  fc.record({
    source: fc.constantFrom(...sources),
    version: fc.constantFrom(...versions),
    distribution: fc.constantFrom(unstable, testing),
    binaries: fc.uniqueArray(fc.constantFrom(...binaries), { maxLength: 3 }),
  }),
  { maxLength: 8 },
);

const contentsOf = (installed: typeof installedArbitrary extends fc.Arbitrary<infer All> ? All : never) => {
  const contents = noContents();
  const events = installed.map(({ source, version, distribution, binaries }, n) =>
    helloInstalled(uploadId(n + 1), version, {
      source,
      distribution,
      binaries: binaries.map((name) => ({
        package: name,
        version,
        architecture: amd64,
        component: main,
        file: stored(`${name}_${version}_amd64.deb`),
      })),
    }),
  );
  for (const recorded of recordedAll(events)) foldContents(contents, recorded, acmeConfiguration);
  return contents;
};

describe('A change that is tried', () => {
  it('leaves where its packages are, and whose their binary packages are, as the change itself does', () => {
    void fc.assert(
      fc.property(installedArbitrary, membersArbitrary, (installed, members) => {
        const contents = contentsOf(installed);
        const tried = tryChange({ contents, configuration: acmeConfiguration }, { repository: acme, members });
        assert.deepEqual(contents, contentsOf(installed));
        const really = contentsOf(installed);
        for (const { source, steps } of members)
          for (const step of steps)
            changeContents(
              really,
              eventOf(step, { repository: acme, source, change: null }),
              acmeConfiguration,
              undefined,
            );
        const together = new Set(members.map((member) => member.source));
        for (const { source, steps } of members) {
          assert.deepEqual(whereabouts(tried.contents, source), whereabouts(really, source));
          const touched = [...new Set(steps.map((step) => nameOf(step)))];
          const owned = touched.flatMap((name) => {
            const here =
              really.shelves
                .get(name)
                ?.slots.get(source)
                ?.present?.binaries.map((each) => each.package) ?? [];
            return [
              ...ownedElsewhere(contents, name, source, here).filter((each) => !together.has(each.source)),
              ...ownedElsewhere(really, name, source, here),
            ];
          });
          assert.deepEqual(tried.owned.get(source), owned);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('looks at its own packages only, however many there are beside them', () => {
    const contents = contentsOf([
      { source: source('hello'), version: hello3, distribution: unstable, binaries: ['hello'] },
    ]);
    const shelf = contents.shelves.get(unstable);
    assert.ok(shelf !== undefined);
    for (const long of [shelf.slots, shelf.owners, contents.packages]) forbidLookingAtAll(long);
    const step: Step = { deed: 'migrate', version: hello3, from: unstable, to: testing };
    const { steps } = tryChange(
      { contents, configuration: acmeConfiguration },
      { repository: acme, members: [{ source: source('hello'), seen: 1, steps: [step] }] },
    );
    assert.equal(steps[0]?.after.present?.version, hello3);
  });
});

const nameOf = (step: Step) => {
  const name = step.deed === 'migrate' ? step.to : step.distribution;
  return name.endsWith('-rollback0') ? unstable : name;
};

const forbidLookingAtAll = (map: Map<string, unknown> | Map<SourceName, unknown>): void => {
  const refuse = () => assert.fail('everything is looked at');
  Object.assign(map, { [Symbol.iterator]: refuse, entries: refuse, values: refuse, keys: refuse, forEach: refuse });
};
