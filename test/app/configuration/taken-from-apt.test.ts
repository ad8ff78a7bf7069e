import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inWords, takenFromApt } from '../../../src/app/configuration/taken-from-apt.ts';
import { configure } from '../../../src/domain/configuration/configuration.ts';
import type { Component } from '../../../src/domain/debian/names.ts';
import { noContents, occupy } from '../../../src/projections/fold-contents.ts';
import { newTrail } from '../../../src/projections/trail.ts';
import { acmeConfiguration, hello, main, trixieConfigured, unstable } from '../../support/fixed-examples.ts';
import { imagined } from '../../support/repository-life.ts';

describe('A component that is given up', () => {
  it('takes its source packages from apt, and no others', async () => {
    const contents = noContents();
    const vacant = { present: undefined, earlier: [] };
    const inContrib = { ...(await imagined('alpha', 1)), component: 'contrib' as Component };
    contents.shelves.set(unstable, {
      slots: new Map([
        [inContrib.source, occupy(vacant, inContrib, 3)],
        [hello, occupy(vacant, await imagined('hello', 1), 3)],
      ]),
      owners: new Map(),
      isConfigured: true,
      holding: 2,
      tally: { sources: 2 },
      trail: newTrail(),
    });
    const after = configure(acmeConfiguration, { ...trixieConfigured, components: [main] });
    assert.deepEqual(takenFromApt(acmeConfiguration, after, contents).map(inWords), [
      'apt would see 1 source package of contrib of trixie-acme-unstable no more',
    ]);
    assert.deepEqual(takenFromApt(acmeConfiguration, acmeConfiguration, contents), []);
  });

  it('is all that anybody looks for: where nothing is given up, what is held is not looked through', () => {
    const contents = noContents();
    const slots = new Map();
    slots.values = () => assert.fail('everything is looked at');
    contents.shelves.set(unstable, {
      ...{ slots, owners: new Map(), isConfigured: true, holding: 0, tally: { sources: 0 }, trail: newTrail() },
    });
    assert.deepEqual(takenFromApt(acmeConfiguration, acmeConfiguration, contents), []);
  });
});
