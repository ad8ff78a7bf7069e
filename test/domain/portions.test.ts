import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { packageDecider } from '../../src/domain/archive/package.ts';
import { buildDecider } from '../../src/domain/build/build.ts';
import type { BuildSucceeded } from '../../src/domain/build/events.ts';
import type { BinaryName, FileName } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { mostBinaries, mostOfBinaries, portions } from '../../src/domain/portions.ts';
import { held } from '../../src/projections/contents.ts';
import { foldContents, noContents } from '../../src/projections/fold-contents.ts';
import {
  amd64,
  configurationOf,
  helloInstalled,
  helloRequested,
  helloReserved,
  helloStarted,
  helloSucceeded,
  recordedAll,
  stored,
  unstable,
} from '../support/fixed-examples.ts';

const many = 5000;

/** As long as names may be. */
const longName = (number: number): string => `${'x'.repeat(120)}${number}`;

const binaries = Array.from({ length: many }, (_, number) => ({
  package: longName(number) as BinaryName,
  version: helloInstalled().version,
  architecture: amd64,
  component: helloInstalled().component,
  file: { ...stored('hello.deb'), name: `${longName(number)}_${'1'.repeat(90)}_amd64.deb` as FileName },
}));

const bytes = (event: DaemonEvent): number => Buffer.byteLength(JSON.stringify(event));

describe('A source with 5,000 binary packages', () => {
  it('is cut into portions that lose nothing', () => {
    const cut = portions(binaries, mostBinaries);
    assert.deepEqual(cut.flat(), binaries);
    assert.ok(cut.every((portion) => portion.length <= mostBinaries));
    assert.deepEqual(portions([], mostBinaries), [[]]);
  });

  it('is built in events below 64 kB, the outcome last', () => {
    const building = [helloRequested(), helloStarted()].reduce(buildDecider.evolve, buildDecider.initial);
    const outcome: BuildSucceeded = { ...helloSucceeded(), binaries: binaries.map(({ component, ...built }) => built) };
    const decided = buildDecider.decide({ command: 'FinishBuild', build: outcome.build, outcome }, building);
    assert.ok(isRight(decided));
    assert.equal(decided.right.at(-1)?.type, 'BuildSucceeded');
    assert.ok(decided.right.every((event) => bytes(event) < 64 * 1024));
  });

  it('is not installed: one append could not say it', () => {
    const decided = install(many);
    assert.ok(isLeft(decided));
    assert.equal(decided.left.rule, 'too-many-binaries');
  });
});

/** How many of them may be installed at once. */
const most = Math.floor((mostOfBinaries - 1) / (JSON.stringify(binaries.at(-1)).length + 1));

const install = (count: number) => {
  const reserved = [helloReserved()].reduce(packageDecider.evolve, packageDecider.initial);
  const { type, ...installed } = { ...helloInstalled(), binaries: binaries.slice(0, count) };
  return packageDecider.decide({ command: 'InstallPackage', ownedElsewhere: [], ...installed }, reserved);
};

describe('A source with as many binary packages as can be', () => {
  it('is installed whole with the last of its events, and not before', () => {
    const decided = install(most);
    assert.ok(isRight(decided));
    assert.ok(most > 1500 && isLeft(install(most + 20)));
    assert.ok(decided.right.every((event) => bytes(event) < 64 * 1024));

    const contents = noContents();
    const events = recordedAll(decided.right);
    for (const event of events.slice(0, -1)) foldContents(contents, event, configurationOf([]));
    assert.equal(held(contents, unstable).length, 0);
    for (const event of events.slice(-1)) foldContents(contents, event, configurationOf([]));
    assert.equal(held(contents, unstable)[0]?.binaries.length, most);
  });
});
