import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { isSamePlan } from '../../../src/app/repository/examine.ts';
import { planMigration } from '../../../src/app/repository/plan-migration.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import { foldWorld, newWorld } from '../../../src/projections/world.ts';
import {
  amd64,
  configured,
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
  version,
} from '../../support/fixed-examples.ts';

const testing = distribution('trixie-acme-testing');

const installed = (n: number, name: string, of = hello3, where = unstable): DaemonEvent =>
  helloInstalled(uploadId(n), of, {
    source: source(name),
    distribution: where,
    binaries: [
      { package: name, version: of, architecture: amd64, component: main, file: stored(`${name}_${of}_amd64.deb`) },
    ],
  });

/** So many that they fill several blocks. */
const many = Array.from({ length: 500 }, (_, n) => installed(n + 10, `package-${n}`, hello3, testing));

/** The same migration planned, and planned again after more has happened. */
const plannedTwice = (...between: readonly DaemonEvent[]) => {
  const world = newWorld();
  const all = recordedAll([...configured, ...many, installed(1, 'hello'), ...between]);
  const told = all.length - between.length;
  const plan = () => {
    const planned = planMigration(world, {
      ...{ sources: [source('hello')], from: unstable, version: undefined, full: false, allowDowngrades: false },
    });
    assert.ok(isRight(planned));
    return planned.right;
  };
  for (const recorded of all.slice(0, told)) foldWorld(world, recorded);
  const first = plan();
  for (const recorded of all.slice(told)) foldWorld(world, recorded);
  return [first, plan()] as const;
};

describe('A plan that was looked at', () => {
  it('is the same where nothing happened, or something elsewhere', () => {
    assert.equal(isSamePlan(...plannedTwice()), true);
    assert.equal(isSamePlan(...plannedTwice(installed(2, 'goodbye'))), true);
  });

  it('is another one where its distribution holds something else by now', () => {
    for (const between of [
      [installed(2, 'goodbye', hello3, testing)],
      [installed(2, 'package-250', hello4, testing)],
      [installed(2, 'zz', hello3, testing), installed(3, 'aa', hello3, testing)],
      [
        {
          type: 'PackageRemoved',
          repository: 'acme',
          source: 'package-7',
          version: hello3,
          distribution: testing,
          change: null,
        },
      ],
    ] as const)
      assert.equal(isSamePlan(...plannedTwice(...(between as readonly DaemonEvent[]))), false);
  });

  it('is another one where its package is another by now', () => {
    assert.equal(isSamePlan(...plannedTwice(installed(2, 'hello', version('2.10-5~acme13+1')))), false);
  });
});
