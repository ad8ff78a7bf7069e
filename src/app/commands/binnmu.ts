import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { ulid } from 'ulid';
import { binNmuVersion } from '../../domain/binnmu/binnmu-version.ts';
import type { PlannedRebuild } from '../../domain/binnmu/events.ts';
import { instant, text } from '../../domain/codec.ts';
import { BinaryName, SourceName } from '../../domain/debian/names.ts';
import type { Actor, BinNmuId, UploadId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { binNmuStream } from '../../domain/stream.ts';
import type { Answer } from '../../ports/api.ts';
import type { Voice } from '../../ports/tell.ts';
import { type BinNmuParts, type BinNmuPlan, type Chosen, outdatedIn, planBinNmu } from '../binnmu/plan-binnmu.ts';
import { distribution, flag, orNothing, sourceNames } from './arguments.ts';
import { maybeArchitecture } from './build-arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import { heard } from './deed.ts';

type Parts = BinNmuParts & Voice & { readonly now: () => number };

/** It stands in a changelog, and goes through a command line. */
const ChangelogLine = text('ChangelogLine', /^[!-~][ -~]{0,199}$/, 'at most 200 plain letters on one line');

const reason: ArgumentOf<string> = {
  codec: ChangelogLine,
  positional: false,
  short: 'm',
  fallback: undefined,
  summary: 'Why, as the changelog of what is built shall say',
};

const SourceList = sourceNames('').codec;

const maybeSources: ArgumentOf<readonly SourceName[]> = {
  ...sourceNames('Source packages, separated by commas'),
  codec: new t.Type<readonly SourceName[], string, unknown>(
    'SourceNames',
    (input): input is readonly SourceName[] => Array.isArray(input) && input.every(SourceName.is),
    (input, context) => (input === '' ? t.success([]) : SourceList.validate(input, context)),
    (names) => names.join(','),
  ),
  fallback: '',
};

const maybeDependency: ArgumentOf<BinaryName | undefined> = {
  codec: orNothing(BinaryName),
  positional: false,
  short: 'r',
  fallback: '',
  summary: 'Also every source with a package there that depends on this binary package',
};

/** `binnmu`: what stands in a distribution is built again without a change, those first that others are built with. */
export const binnmu = (parts: Parts): Command =>
  command({
    name: 'binnmu',
    summary:
      'Builds source packages of a distribution again without a change, as +bN, those first whose packages the others are built with',
    arguments: {
      distribution: distribution('Distribution that has them'),
      package: maybeSources,
      'reverse-dependencies-of': maybeDependency,
      architecture: maybeArchitecture,
      reason,
      'dry-run': flag('Only shows what would be built, in which order, and what would not', 'n'),
    },
    privilege: 'staff',
    changes: true,
    needsEngine: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const wanted = {
        distribution: given.distribution,
        sources: given.package,
        reverseDependenciesOf: given['reverse-dependencies-of'],
        architecture: given.architecture,
      };
      // It takes as long as there is to read: what changes contents goes on meanwhile.
      const plan = await planBinNmu(wanted, parts);
      if (isLeft(plan)) return plan;
      if (given['dry-run']) return carryOut(plan.right, given, actor, parts);
      return parts.inTurn(async () => {
        const changed = outdatedIn(plan.right, wanted, parts.world);
        return changed === undefined ? carryOut(plan.right, given, actor, parts) : left(changed);
      });
    },
  });

const carryOut = async (
  plan: BinNmuPlan,
  given: { readonly reason: string; readonly 'dry-run': boolean },
  actor: Actor,
  parts: Parts,
): Promise<Either<Refusal, Answer>> => {
  const [now, isDryRun] = [parts.now(), given['dry-run']];
  const binNmu = ulid(now) as BinNmuId;
  const { name, repository } = plan.target;
  const planned = {
    command: 'PlanBinNmu',
    ...{ binNmu, repository: repository.repository, distribution: name, reason: given.reason },
    requestedAt: instant(Math.floor(now / 1000) * 1000),
    rebuilds: plan.waves.flat().flatMap((each) => rebuildsOf(each, () => ulid(now) as UploadId)),
  } as const;
  const told = await heard(parts, given)(planned, { actor, causedBy: undefined, correlation: binNmu });
  if (isLeft(told)) return told;
  const waves = plan.waves.map((wave) => wave.map(described));
  const leftOut = plan.leftOut.map(({ source, version, because }) => ({ source, version: version ?? null, because }));
  return right({
    json: {
      done: !isDryRun,
      binNmu: isDryRun ? null : binNmu,
      distribution: name,
      reason: given.reason,
      waves,
      leftOut,
    },
    plain: [
      ...waves.flatMap((wave, at) => wave.map((row) => inWords(row, at + 1, waves.length, isDryRun))),
      ...leftOut.map(
        ({ source, version, because }) => `left out: ${source}${version === null ? '' : ` ${version}`}: ${because}\n`,
      ),
    ].join(''),
    basis: { distribution: name, reason: given.reason, waves, leftOut },
    follow: isDryRun ? [] : [binNmuStream(binNmu)],
  });
};

const rebuildsOf = (
  { source, version, number, options, needs }: Chosen,
  newId: () => UploadId,
): readonly PlannedRebuild[] =>
  [...needs].map(([architecture, others]) => ({
    ...{ upload: newId(), source, version, architecture, number, options },
    needs: others,
  }));

const described = ({ source, version, number, needs, because }: Chosen) => ({
  source,
  version,
  as: binNmuVersion(version, number),
  architectures: [...needs.keys()],
  after: [...new Set([...needs.values()].flat())].sort(),
  because: because ?? null,
});

const inWords = (
  { source, version, as, architectures, after, because }: ReturnType<typeof described>,
  wave: number,
  waves: number,
  isDryRun: boolean,
): string =>
  [
    waves > 1 ? `${wave}. ` : '',
    `${source} ${version} ${isDryRun ? 'would be' : 'is to be'} built again as ${as} on ${architectures.join(', ')}`,
    after.length === 0 ? '' : `, after ${after.join(', ')}`,
    because === null ? '' : ` (${because})`,
    '\n',
  ].join('');
