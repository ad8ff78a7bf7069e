import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Configuration, suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { PortRequested } from '../../domain/port/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { planKeyring, planTree } from '../generated/renew-keyring.ts';
import type { SourceTree } from '../generated/source-tree.ts';
import { testPackages as names, type TestPackage, testTree } from '../generated/test-packages.ts';
import { flag } from './arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import type { PortCommandParts } from './port.ts';
import { requestAll } from './request-ports.ts';

export type GeneratedParts = PortCommandParts & { readonly files: Pick<FileStore, 'put'> };

/** What a rehearsal does not keep. */
const kept = (parts: GeneratedParts, given: { readonly 'dry-run': boolean }) => ({
  ...parts,
  files: given['dry-run'] ? undefined : parts.files,
});

/** `keyringpackages`: what makes machines trust this archive and find its distributions. */
export const keyringpackages = (parts: GeneratedParts): Command =>
  command({
    name: 'keyringpackages',
    summary:
      'Builds a package of the archive keys and of apt sources for every distribution, and migrates it as far as it goes',
    arguments: {
      distributions: distributions('Distributions to build it in; without any, all whose suite is for it'),
      'no-migration': flag('Leaves it where it is built', 'N'),
      'dry-run': flag('Only shows what would be', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsEngine: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const { configuration } = parts.world;
      const targets = chosen(given.distributions, configuration, ({ suite }) => suite.buildsKeyring);
      if (isLeft(targets)) return targets;
      const plan = await planKeyring(targets.right, !given['no-migration'], kept(parts, given));
      return isLeft(plan) ? plan : requestAll(plan.right, given, actor, parts);
    },
  });

/** `testpackages`: whether an instance does what it should. */
export const testpackages = (parts: GeneratedParts): Command =>
  command({
    name: 'testpackages',
    summary: 'Builds test packages: one for all architectures, one for each, and one that fails to build',
    arguments: {
      packages: packages,
      distributions: distributions(
        'Distributions to build them in; without any, all that take uploads and are called experimental',
      ),
      'dry-run': flag('Only shows what would be', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsEngine: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const { configuration } = parts.world;
      const targets = chosen(
        given.distributions,
        configuration,
        ({ suite }) => suite.uploadable && suite.suite === 'experimental',
      );
      if (isLeft(targets)) return targets;
      const trees = given.packages.map((name) => testTree(name, configuration));
      const plan = await planTrees(trees, targets.right, kept(parts, given));
      return isLeft(plan) ? plan : requestAll(plan.right, given, actor, parts);
    },
  });

const chosen = (
  named: readonly string[],
  configuration: Configuration,
  isUsual: (target: Target) => boolean,
): Either<Refusal, readonly string[]> => {
  if (named.length > 0) return right(named);
  const usual: readonly DistributionName[] = [...configuration.repositories.values()]
    .flatMap((repository) => suitesOf(configuration, repository))
    .filter(isUsual)
    .map(({ name }) => name);
  return usual.length > 0
    ? right(usual)
    : left(refusal('no-distribution', 'no distribution is for such packages', 'name distributions'));
};

const planTrees = async (
  trees: readonly SourceTree[],
  to: readonly string[],
  parts: ReturnType<typeof kept>,
): Promise<Either<Refusal, readonly PortRequested[]>> => {
  const planned: PortRequested[] = [];
  for (const tree of trees) {
    const plan = await planTree(tree, { kind: 'generated' }, to, false, parts);
    if (isLeft(plan)) return plan;
    planned.push(...plan.right);
  }
  return right(planned);
};

const listOf = <A extends string>(name: string, isOne: (word: string) => word is A) =>
  new t.Type<readonly A[], string, unknown>(
    name,
    (input): input is readonly A[] => Array.isArray(input),
    (input, context) => {
      const words = String(input)
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '');
      return words.length <= 50 && words.every(isOne)
        ? t.success(words as readonly A[])
        : t.failure(input, context, 'several, with commas between them');
    },
    (words) => words.join(','),
  );

const distributions = (summary: string): ArgumentOf<readonly string[]> => ({
  codec: listOf('Distributions', (word): word is string => /^[A-Za-z0-9_-]{1,128}$/.test(word)),
  positional: false,
  short: 'D',
  fallback: '',
  summary,
});

const packages: ArgumentOf<readonly TestPackage[]> = {
  codec: listOf(`Packages of ${names.join(', ')}`, (word): word is TestPackage =>
    (names as readonly string[]).includes(word),
  ),
  positional: false,
  short: 'P',
  fallback: names.join(','),
  summary: 'Which of them',
};
