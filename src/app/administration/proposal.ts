import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { Fields } from '../../domain/configuration/declaration/kinds.ts';
import { isFields } from '../../domain/configuration/declaration/kinds.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { isSame } from '../../domain/same.ts';
import type { Ending } from '../../ports/api.ts';
import type { People } from '../../ports/people.ts';
import type { World } from '../../projections/world.ts';
import { planOf, yamlOf } from '../configuration/apply.ts';
import { inSum } from '../configuration/in-sum.ts';
import { differencesInWords, type Reconfiguration } from '../configuration/reconfigure.ts';
import { inWords } from '../configuration/taken-from-apt.ts';
import { writeYaml } from '../configuration/yaml.ts';
import type { YamlDifference } from '../configuration/yaml-difference.ts';
import { endingOfReconfiguration } from '../endings/ending-of-reconfiguration.ts';
import { digestOf, type Subject } from './subjects.ts';

/** What somebody wants the configuration to be, and what that comes to. */
export type Proposal = {
  /** What `mini-buildd apply` takes for the same. */
  readonly document: string;
  /** What `mini-buildd apply --dry-run` says to it. */
  readonly words: string;
  /** Lines of what `export` writes that go and come; `undefined` where they are too many. */
  readonly yaml: YamlDifference | undefined;
  readonly isNothing: boolean;
  /** How many of what come, change and go. */
  readonly sum: string;
  /** What apt would see no more: asked about once more. */
  readonly taken: readonly string[];
  /** Names all this: who agrees to it agrees to nothing else. */
  readonly digest: string;
  /** What it puts an end to. */
  readonly ends: Ending | undefined;
  readonly plan: Reconfiguration;
};

export type ProposalParts = { readonly world: World; readonly people: People };

/** What a document comes to. What apt would lose is told, and left to be agreed to. */
export const proposalOf = async (
  document: string,
  parts: ProposalParts,
): Promise<Either<readonly Refusal[], Proposal>> => {
  const { world, people } = parts;
  const plan = await planOf(document, world.configuration, people, { contents: world.contents, force: true });
  return isLeft(plan) ? plan : right(await proposed(document, plan.right, parts));
};

export const proposed = async (
  document: string,
  plan: Reconfiguration,
  { world, people }: ProposalParts,
): Promise<Proposal> => ({
  document,
  words: differencesInWords(plan.differences, false, plan.taken),
  yaml: await yamlOf(plan, world.configuration, people),
  isNothing: plan.differences.length === 0,
  sum: inSum(plan.differences),
  taken: plan.taken.map(inWords),
  digest: digestOf([plan.events, plan.taken]),
  ends: endingOfReconfiguration(plan, world),
  plan,
});

/**
 * The document that makes an object what a form says: of one that is there, `said`, the fields that differ, so that it says what is
 * wanted and no more.
 */
export const documentFor = (subject: Subject, name: string, fields: Fields, said: Fields | undefined): string => {
  const wanted = said === undefined ? fields : news(said, fields, subject.kind?.nested ?? []);
  const isNothing = said !== undefined && Object.keys(wanted).length === 0;
  return writeYaml(isNothing ? {} : subject.document(name, wanted));
};

const news = (said: Fields, fields: Fields, nested: readonly string[]): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const before = said[name];
      if (isSame(before, value)) return [];
      const inner = nested.includes(name) && isFields(before) && isFields(value) ? news(before, value, []) : value;
      return [[name, inner]];
    }),
  );
