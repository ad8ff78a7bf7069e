import { randomUUID } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { keepsEverything } from '../../domain/retention/events.ts';
import type { Ending } from '../../ports/api.ts';
import { carryOutReconfiguration, planReconfiguration } from '../configuration/reconfigure.ts';
import { writeYaml } from '../configuration/yaml.ts';
import { endingOfObject } from '../endings/ending-of-object.ts';
import { overOneState, tooMuchGoesOn } from '../undisturbed.ts';
import { type Dependent, dependentsOf } from './dependents.ts';
import type { FormParts } from './forms.ts';
import { type Proposal, type ProposalParts, proposed } from './proposal.ts';
import { digestOf, type Subject } from './subjects.ts';

/** What would happen if an object were removed. */
export type Removal = {
  readonly section: string;
  readonly noun: string;
  readonly name: string;
  readonly dependents: readonly Dependent[];
  /** What goes with it beside them, and what stays. */
  readonly ends: Ending;
  /** Why it cannot be removed now. */
  readonly faults: readonly Refusal[];
  readonly proposal: Omit<Proposal, 'plan'> | undefined;
};

/** `undefined` for what is not there, or cannot be removed at all. */
export const removalOf = async (
  { world, people }: ProposalParts,
  subject: Subject,
  name: string,
): Promise<{ readonly removal: Removal; readonly proposal: Proposal | undefined } | undefined> => {
  const { section, noun, kind } = subject;
  const { configuration, contents } = world;
  const said = subject.said(configuration, name);
  if (kind === undefined || said === undefined) return undefined;
  const ends = endingOfObject(section, name, world);
  const events = [...withIt(section, name, configuration), kind.removed(kind.identity(name))];
  const plan = planReconfiguration(configuration, events, { contents, force: true });
  const proposal = isLeft(plan)
    ? undefined
    : seen(await proposed(writeYaml({}), plan.right, { world, people }), [said, ends.goes]);
  return {
    proposal,
    removal: {
      section,
      noun,
      name,
      dependents: dependentsOf(section, name, configuration),
      ends,
      faults: isLeft(plan) ? plan.left : [],
      proposal,
    },
  };
};

/** What is said of a repository alone goes with it, as with `removerepository`. */
const withIt = (section: string, name: string, { retention }: Configuration): readonly ConfigurationEvent[] => {
  const policy = section === 'repositories' ? retention.get(name as RepositoryId) : undefined;
  return policy === undefined ? [] : [keepsEverything(policy.repository)];
};

/** Who agreed to remove something agreed to remove what they saw. */
const seen = (proposal: Proposal, said: unknown): Proposal => ({
  ...proposal,
  digest: digestOf([proposal.digest, said]),
});

/** Removes it when that comes to what was agreed to; else says what it comes to now. */
export const applyRemoval = (
  parts: FormParts,
  subject: Subject,
  name: string,
  { agreed, force }: { readonly agreed: string; readonly force: boolean },
  actor: Actor,
): Promise<Either<Removal | undefined, undefined>> =>
  parts.inTurn(async () => {
    const done = await overOneState(parts.undisturbed, async ({ tell }) => {
      const found = await removalOf(parts, subject, name);
      if (found?.proposal === undefined) return left(found?.removal);
      const { proposal, removal } = found;
      if (proposal.digest !== agreed || (proposal.taken.length > 0 && !force)) return left(removal);
      const because = { actor, causedBy: undefined, correlation: randomUUID() };
      const told = await carryOutReconfiguration(proposal.plan, because, tell);
      return isLeft(told) ? left({ ...removal, faults: [told.left] }) : right(undefined);
    });
    if (done !== undefined) return done;
    const removal = (await removalOf(parts, subject, name))?.removal;
    return left(removal && { ...removal, faults: [tooMuchGoesOn] });
  });
