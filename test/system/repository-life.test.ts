import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { repreproArchive } from '../../src/adapters/reprepro/reprepro-archive.ts';
import { isStale } from '../../src/projections/publications.ts';
import { publishedContents } from '../adapters/reprepro/published.ts';
import { assertWhole } from '../adapters/reprepro/whole.ts';
import { unsigned, workshop } from '../adapters/reprepro/workshop.ts';
import { acme } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { removeFolder } from '../support/remove-folder.ts';
import {
  binariesOf,
  deed,
  distributionOf,
  life,
  lifeConfigured,
  sources,
  suites,
  versionOf,
} from '../support/repository-life.ts';
import type { RepositoryModel } from '../support/repository-model.ts';

const execute = promisify(execFile);

/** A daemon whose repository real reprepro keeps; everything else is in memory. */
const withReprepro = async (test: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'repository-life-'));
  test.after(() => removeFolder(folder));
  const shop = workshop(folder);
  const home = join(folder, 'repositories');
  const on = await machine(test, lifeConfigured);
  const { publish, root } = repreproArchive({ home, files: shop.files, keyring: unsigned });
  Object.assign(on.archive, { publish, root });
  const daemon = await boot(on);
  const { lead, model } = life(daemon, (source, number) =>
    shop.hold({
      source,
      version: versionOf(number),
      binaries: binariesOf(source, number).map((name) => ({ package: name })),
    }),
  );
  return { daemon, lead, model, base: join(home, acme), root: root(acme) };
};

const longestMs = 60_000;

const published = async ({ world }: Daemon): Promise<void> => {
  for (const began = Date.now(); Date.now() - began < longestMs; ) {
    const publication = world.publications.get(acme);
    if (publication !== undefined && !isStale(publication, world.clock, Date.UTC(2026, 10, 22))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not published: ${JSON.stringify(world.publications.get(acme)?.failure)}`);
};

/** What of the model stands at one place, in the words of `publishedContents`: a binary package of several sources once, in its highest version. */
const expected = (model: RepositoryModel, place: Parameters<typeof distributionOf>[0]): readonly string[] =>
  sources
    .flatMap((source) => {
      const number = model.holds(place, source);
      if (number === undefined) return [];
      const of = versionOf(number);
      const isHighest = (name: string): boolean =>
        sources.every((other) => {
          const rival = model.holds(place, other) ?? 0;
          return rival <= number || !binariesOf(other, rival).includes(name);
        });
      return [
        `source ${source} ${of}`,
        ...binariesOf(source, number)
          .filter(isHighest)
          .map((name) => `${name} ${of} amd64`),
      ];
    })
    .sort();

const places = suites.flatMap(({ name, rollbacks }) => [
  { suite: name, rollback: undefined },
  ...Array.from({ length: rollbacks }, (_, rollback) => ({ suite: name, rollback })),
]);

const listed = async (base: string, name: string): Promise<readonly string[]> => {
  const fields = ['$type', 'package', 'version', '$architecture'];
  const format = `${fields.map((field) => `\${${field}}`).join(' ')}\n`;
  const { stdout } = await execute('reprepro', ['-b', base, '--list-format', format, 'list', name]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^dsc (.*) source$/, 'source $1').replace(/^deb /, ''))
    .sort();
};

/** The third version of gamma and the sixth of beta bring the same binary package, and come into the same rollback. */
const passedOn = ['alpha', 'alpha', 'gamma', 'gamma', 'alpha', 'beta', 'beta'].map((name) => ({
  do: 'install' as const,
  source: name as (typeof sources)[number],
}));

describe('A repository that reprepro keeps', () => {
  it('holds what its model says, and so do reprepro and every index, whatever is done in whatever order', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    let deeds = 0;
    const lives = fc.asyncProperty(fc.array(deed, { minLength: 12, maxLength: 25 }), async (sequence) => {
      const { daemon, lead, model, base, root } = await withReprepro(test);
      for (const [at, each] of sequence.entries()) {
        await lead(each, at + 1);
        if (at % 3 !== 2 && at !== sequence.length - 1) continue;
        await published(daemon);
        for (const place of places) {
          const name = distributionOf(place);
          const wanted = expected(model, place);
          assert.deepEqual(await publishedContents(root, name), wanted, name);
          if (place.rollback === undefined) assert.deepEqual(await listed(base, name), wanted, name);
        }
        deeds += 1;
      }
      await assertWhole(root);
      const { stderr } = await execute('reprepro', ['-b', base, 'check']);
      assert.doesNotMatch(stderr, /error|missing|unknown|wrong/i);
      await daemon.kill();
    });
    await fc.assert(lives, {
      seed,
      numRuns: 5,
      examples: [[passedOn]],
      interruptAfterTimeLimit: 180_000,
      endOnFailure: true,
    });
    test.diagnostic(`${deeds} states compared`);
    assert.ok(deeds > 0);
  });
});
