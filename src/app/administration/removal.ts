import { randomUUID } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { sourcesIn } from '../../projections/contents.ts';
import { held } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { carryOutReconfiguration, planReconfiguration } from '../configuration/reconfigure.ts';
import { writeYaml } from '../configuration/yaml.ts';
import { type Dependent, dependentsOf } from './dependents.ts';
import type { FormParts } from './forms.ts';
import { type Proposal, proposed } from './proposal.ts';
import { digestOf, type Subject } from './subjects.ts';

/** What would happen if an object were removed. */
export type Removal = {
  readonly section: string;
  readonly noun: string;
  readonly name: string;
  readonly dependents: readonly Dependent[];
  /** What becomes of what it held, and of what waits for it. */
  readonly consequences: readonly string[];
  /** Why it cannot be removed now. */
  readonly faults: readonly Refusal[];
  readonly proposal: Omit<Proposal, 'plan'> | undefined;
};

/** `undefined` for what is not there, or cannot be removed at all. */
export const removalOf = (
  { world }: Pick<FormParts, 'world'>,
  subject: Subject,
  name: string,
): { readonly removal: Removal; readonly proposal: Proposal | undefined } | undefined => {
  const { section, noun, kind } = subject;
  const { configuration, contents } = world;
  const said = subject.said(configuration, name);
  if (kind === undefined || said === undefined) return undefined;
  const events = [kind.removed(kind.identity(name))];
  const plan = planReconfiguration(configuration, events, { contents, force: true });
  const proposal = isLeft(plan) ? undefined : seen(proposed(writeYaml({}), plan.right), said);
  return {
    proposal,
    removal: {
      section,
      noun,
      name,
      dependents: dependentsOf(section, name, configuration),
      consequences: consequences(section, name, world),
      faults: isLeft(plan) ? plan.left : [],
      proposal,
    },
  };
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
    const found = removalOf(parts, subject, name);
    if (found?.proposal === undefined) return left(found?.removal);
    const { proposal, removal } = found;
    if (proposal.digest !== agreed || (proposal.taken.length > 0 && !force)) return left(removal);
    const because = { actor, causedBy: undefined, correlation: randomUUID() };
    const done = await carryOutReconfiguration(proposal.plan, because, parts.tell);
    return isLeft(done) ? left({ ...removal, faults: [done.left] }) : right(undefined);
  });

const consequences = (section: string, name: string, world: World): readonly string[] => {
  switch (section) {
    case 'sources':
      return ['Nothing is drawn from it any more. Packages that were built with it stay as they are.'];
    case 'layouts':
      return ['No repository can have it any more.'];
    case 'distributions':
      return ['Nothing is built for it any more, and repositories cannot have it.'];
    case 'repositories':
      return ofRepository(name as RepositoryId, world);
    case 'chroots':
      return ofChroot(name, world);
    default:
      return [`${name} keeps every file from now on. What was let go does not come back.`];
  }
};

const ofRepository = (id: RepositoryId, { contents, configuration, accounts }: World): readonly string[] => {
  const packages = sourcesIn(contents, id);
  const uploaders = [...accounts.values()].filter(({ uploadsTo }) => uploadsTo.has(id)).length;
  return [
    `Its address below /repositories/ answers no more. The ${counted(packages, 'source package')} it holds ${packages === 1 ? 'stays' : 'stay'} on record with ${packages === 1 ? 'its' : 'their'} files, and no version can be uploaded again.`,
    'Configured again under the same name, it holds what it held.',
    ...(uploaders > 0 ? [`${counted(uploaders, 'uploader')} may upload to it, and would again.`] : []),
    ...(onlyOne(configuration) ? ['It is the only repository: nothing can be uploaded afterwards.'] : []),
  ];
};

const onlyOne = ({ repositories }: Configuration): boolean => repositories.size === 1;

const ofChroot = (name: string, world: World): readonly string[] => {
  const waiting = held(world).filter(
    ({ requested: { codename, architecture } }) => `${codename}-${architecture}` === name,
  ).length;
  return [
    'Its template is taken from the disk when no build uses it any more.',
    waiting === 0
      ? 'No build waits for it. Builds that come wait until there is one again.'
      : `${counted(waiting, 'build')} ${waiting === 1 ? 'waits' : 'wait'} for it, and would go on waiting until there is one again.`,
  ];
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
