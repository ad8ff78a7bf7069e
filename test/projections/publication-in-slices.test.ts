import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import { distributionName, parseDistribution } from '../../src/domain/debian/distribution.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { publicationInSlices, publicationOf } from '../../src/projections/publication-of.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import {
  acme,
  configured,
  hello3,
  hello4,
  helloInstalled,
  recordedAll,
  source,
  unstable,
  uploadId,
} from '../support/fixed-examples.ts';

const many = 2500;

const installed = (n: number, of = hello3): DaemonEvent =>
  helloInstalled(uploadId(n + 1), of, { source: source(`package-${n}`), binaries: [] });

const twice = Array.from({ length: many }, (_, n) => [installed(n), installed(n, hello4)]).flat();

describe('What apt shall see of a long list of packages', () => {
  const all = recordedAll([...configured, ...twice, installed(1), installed(7777)]);
  const world = newWorld();
  for (const recorded of all.slice(0, -2)) foldWorld(world, recorded);

  it('is looked for in slices, and is what it was when that began', () => {
    const wanted = publicationOf(world, acme, instant(0));
    const work = publicationInSlices(world, acme, instant(0));
    let slices = 0;
    let step = work.next();
    for (; step.done !== true; step = work.next()) {
      slices += 1;
      // Something is installed while it is looked for.
      if (slices === 1) for (const recorded of all.slice(-2)) foldWorld(world, recorded);
    }
    const rollback = distributionName({ ...parseDistribution(unstable), rollback: 0 });
    // Two thousand of each that holds something, and of each that held something the rivals besides.
    assert.ok(slices >= 2 + 2 + 2, `${slices} slices`);
    assert.deepEqual(step.value, wanted);
    assert.equal(step.value?.distributions.find(({ name }) => name === rollback)?.holds.length, many);
    assert.notDeepEqual(publicationOf(world, acme, instant(0)), wanted);
  });
});
