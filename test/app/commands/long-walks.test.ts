import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Command } from '../../../src/app/commands/command.ts';
import { distributions } from '../../../src/app/commands/distributions.ts';
import { list } from '../../../src/app/commands/packages.ts';
import { getsourceslist } from '../../../src/app/commands/snippets.ts';
import { anonymous, type Caller } from '../../../src/domain/account/caller.ts';
import type { RepositoryId } from '../../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import { foldWorld, newWorld } from '../../../src/projections/world.ts';
import {
  acmeConfigured,
  configured,
  hello3,
  hello4,
  helloInstalled,
  recordedAll,
  source,
  uploadId,
} from '../../support/fixed-examples.ts';

const world = newWorld();
const repositories = Array.from(
  { length: 200 },
  (_, n): DaemonEvent => ({ ...acmeConfigured, repository: `department-of-packages-${n}` as RepositoryId }),
);
const packages = Array.from({ length: 6000 }, (_, n) =>
  [hello3, hello4].map((version) =>
    helloInstalled(uploadId(n + 1), version, { source: source(`golang-github-department-${n}`), binaries: [] }),
  ),
).flat();
for (const recorded of recordedAll([...configured, ...repositories, ...packages])) foldWorld(world, recorded);

const member: Caller = { actor: { kind: 'account', name: 'oscar' }, privilege: 'login', shown: 'session' };

/** What a command answers, and how often others had their turn before it did. */
const asked = async (command: Command, given: Readonly<Record<string, string>>, caller: Caller) => {
  let [turns, isOver] = [0, false];
  const others = (): void => {
    turns += 1;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const answer = await command.run(given, caller);
  isOver = true;
  assert.ok(isRight(answer), JSON.stringify(answer));
  return { found: answer.right.json as readonly unknown[], turns };
};

describe('Others have their turn', () => {
  it('while somebody seeks among all distributions by a costly pattern', async () => {
    const { found, turns } = await asked(distributions(world), { distribution: '.*.*.*_' }, anonymous);
    assert.deepEqual(found, []);
    assert.ok(turns >= 200, `others had ${turns} turns`);
    const some = await asked(distributions(world), { distribution: '.*packages-19.-unstable' }, anonymous);
    assert.equal(some.found.length, 10);
  });

  it('while apt sources are made by a costly pattern', async () => {
    const { turns } = await asked(getsourceslist(world), { codename: 'trixie', suite: '.*.*.*e' }, anonymous);
    assert.ok(turns >= 200, `others had ${turns} turns`);
  });

  it('while all packages there are looked through, those of rollbacks besides', async () => {
    const given = { pattern: '*-department-59?9', 'with-rollbacks': 'true', distribution: 'trixie-acme-unstable' };
    const { found, turns } = await asked(list(world), given, member);
    assert.equal(found.length, 2 * 10);
    assert.ok(turns >= 2 * 12, `others had ${turns} turns`);
    assert.equal((await asked(list(world), { pattern: '*' }, member)).found.length, 50);
  });
});
