import { right } from 'fp-ts/lib/Either.js';
import { siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import { defaultVersion, mandatoryVersion } from '../../domain/configuration/version-rule.ts';
import type { World } from '../../projections/world.ts';
import { namePattern } from './arguments.ts';
import { type Command, command } from './command.ts';
import { soughtTargets } from './sought-targets.ts';

/** `distributions`: where one may upload to, and which versions fit there. */
export const distributions = (world: World): Command =>
  command({
    name: 'distributions',
    summary: 'Lists distributions: whether they take uploads, which versions fit, where packages migrate to',
    arguments: { distribution: namePattern('Only distributions whose name matches', 'D') },
    privilege: 'none',
    run: async ({ distribution }) => {
      const targets = await soughtTargets(world.configuration, ({ name }) => distribution.test(name));
      const rows = targets.map(describe);
      return right({ json: rows, plain: rows.map(plain).join('') });
    },
  });

const describe = (target: Target) => ({
  distribution: target.name,
  uploadable: target.suite.uploadable,
  experimental: target.suite.experimental,
  migratesTo: target.suite.migratesTo === null ? null : siblingOf(target, target.suite.migratesTo),
  rollbacks: target.suite.rollbacks,
  architectures: target.distribution.architectures.map(({ architecture }) => architecture),
  components: target.distribution.components,
  /** What to append to a version made elsewhere. */
  defaultVersion: defaultVersion(target),
  /** What a version must contain, as a regular expression. */
  versionRule: mandatoryVersion(target).source,
});

const plain = (row: ReturnType<typeof describe>): string =>
  `${row.distribution}: ${row.uploadable ? `takes uploads, versions …${row.defaultVersion}` : 'takes no uploads'}${
    row.migratesTo === null ? '' : `, migrates to ${row.migratesTo}`
  }\n`;
