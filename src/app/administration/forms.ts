import { randomUUID } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Fields } from '../../domain/configuration/declaration/kinds.ts';
import { joined } from '../../domain/form/joined.ts';
import type { Field } from '../../domain/form/shape.ts';
import { meantBy, type Typed, typedFor } from '../../domain/form/typed.ts';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { People } from '../../ports/people.ts';
import type { World } from '../../projections/world.ts';
import { carryOutReconfiguration } from '../configuration/reconfigure.ts';
import { overOneState, tooMuchGoesOn, type Undisturbed } from '../undisturbed.ts';
import { type PlacedFault, placed } from './fault-places.ts';
import { knownWords } from './known-words.ts';
import { type MeanwhileInForm, meanwhile } from './meanwhile.ts';
import { documentFor, type Proposal, proposalOf } from './proposal.ts';
import { saidWithLogins } from './said-with-logins.ts';
import { digestOf, type Subject } from './subjects.ts';

export type FormParts = {
  readonly world: World;
  readonly log: Pick<EventLog, 'query' | 'state'>;
  readonly people: People;
  readonly undisturbed: () => Promise<Undisturbed>;
  /** Of two who apply, the later one sees what the earlier one made. */
  readonly inTurn: InTurn;
};

/** What a form sends: about what, what was typed, and what of the object was shown when it was opened. */
export type Sent = {
  readonly subject: Subject;
  readonly name: string;
  readonly isNew: boolean;
  readonly typed: Typed;
  readonly shown: string;
};

/** A form as far as it is filled in, and what it comes to. */
export type Form = {
  readonly section: string;
  readonly noun: string;
  readonly name: string;
  readonly isNew: boolean;
  readonly fields: readonly Field[];
  readonly typed: Typed;
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly shown: string;
  readonly faults: readonly PlacedFault[];
  /** `undefined` as long as nothing was sent, or something is wrong. */
  readonly proposal: Omit<Proposal, 'plan'> | undefined;
  /** What somebody else made of it since the form was opened, and which fields both changed. */
  readonly meanwhile: (Omit<MeanwhileInForm, 'opened'> & { readonly both: readonly string[] }) | undefined;
};

/** The form of an object that is there; or of a new one, with what is usual, or like another. `undefined` where there is none. */
export const openForm = async (
  { world, people }: FormParts,
  subject: Subject,
  name: string | undefined,
  like: string | undefined,
): Promise<Form | undefined> => {
  const model = name ?? like;
  const said = model === undefined ? undefined : await saidWithLogins(subject, model, world.configuration, people);
  if (model !== undefined && said === undefined) return undefined;
  if (name === undefined && subject.kind === undefined) return undefined;
  return {
    ...(await describe({ world, people }, subject)),
    name: name ?? '',
    isNew: name === undefined,
    typed: typedFor(subject.fields, said ?? subject.kind?.defaults ?? {}),
    shown: digestOf(name === undefined ? undefined : subject.said(world.configuration, name)),
    faults: [],
    proposal: undefined,
    meanwhile: undefined,
  };
};

const describe = async ({ world, people }: Pick<FormParts, 'world' | 'people'>, subject: Subject) => ({
  section: subject.section,
  noun: subject.noun,
  fields: subject.fields,
  known: await knownWords(subject.section, world, people),
});

/**
 * What a form that was sent comes to. Nothing that was typed is lost; where somebody else changed the object since, what the sender left
 * alone follows them.
 */
export const sentForm = async (
  parts: FormParts,
  sent: Sent,
): Promise<{ readonly form: Form; readonly proposal: Proposal | undefined }> => {
  const { world, log, people } = parts;
  const { subject, name, isNew, shown } = sent;
  const present = digestOf(subject.said(world.configuration, name));
  const said = await saidWithLogins(subject, name, world.configuration, people);
  const changed = isNew || shown === present ? undefined : await meanwhile(log, people, subject, name, shown);
  const { typed, both } =
    changed?.opened === undefined || said === undefined
      ? { typed: sent.typed, both: [] }
      : joined(subject.fields, sent.typed, changed.opened, said);
  const found = await proposalFor({ ...sent, typed }, said, parts);
  const proposal = isLeft(found) ? undefined : found.right;
  const form = {
    ...(await describe(parts, subject)),
    name,
    isNew,
    typed,
    shown: isNew ? shown : present,
    faults: placed(subject.section, subject.fields, isLeft(found) ? found.left : []),
    proposal: proposal && withoutPlan(proposal),
    meanwhile: changed && { by: changed.by, at: changed.at, words: changed.words, both },
  };
  return { form, proposal };
};

const proposalFor = async (
  { subject, name, isNew, typed }: Sent,
  said: Fields | undefined,
  parts: FormParts,
): Promise<Either<readonly Refusal[], Proposal>> => {
  if (name === '') return left([noName(subject), ...(await faultsBeside(subject, typed, parts))]);
  if (isNew && said !== undefined) return left([alreadyThere(subject, name)]);
  return proposalOf(documentFor(subject, name, meantBy(subject.fields, typed), said), parts);
};

/** What is wrong with the fields of what has no name yet, as if it had one. */
const faultsBeside = async (subject: Subject, typed: Typed, parts: FormParts): Promise<readonly Refusal[]> => {
  const named = documentFor(subject, 'unnamed', meantBy(subject.fields, typed), undefined);
  const found = await proposalOf(named, parts);
  const names = new Set(subject.fields.map(({ name }) => name));
  return isLeft(found)
    ? placed(subject.section, subject.fields, found.left).flatMap(({ field, because }) =>
        names.has(field ?? '') ? because : [],
      )
    : [];
};

const withoutPlan = ({ plan: _, ...rest }: Proposal): Omit<Proposal, 'plan'> => rest;

const noName = ({ noun }: Subject) => refusal('missing-name', `the ${noun} has no name yet`, 'give it one');

const alreadyThere = ({ noun }: Subject, name: string) =>
  refusal('already-there', `there is a ${noun} ${name} already`, 'change that one, or give this one another name');

/** Carries a form out when it comes to what its sender agreed to; else gives it back, with what it comes to now. */
export const applyForm = (
  parts: FormParts,
  sent: Sent,
  { agreed, force }: { readonly agreed: string; readonly force: boolean },
  actor: Actor,
): Promise<Either<Form, undefined>> =>
  parts.inTurn(async () => {
    const done = await overOneState(parts.undisturbed, async ({ tell }) => {
      const { form, proposal } = await sentForm(parts, sent);
      if (proposal === undefined || form.meanwhile !== undefined || proposal.digest !== agreed) return left(form);
      if (proposal.taken.length > 0 && !force) return left(form);
      const because = { actor, causedBy: undefined, correlation: randomUUID() };
      const told = await carryOutReconfiguration(proposal.plan, because, tell);
      return isLeft(told)
        ? left({ ...form, faults: placed(form.section, form.fields, [told.left]) })
        : right(undefined);
    });
    if (done !== undefined) return done;
    const { form } = await sentForm(parts, sent);
    return left({ ...form, faults: placed(form.section, form.fields, [tooMuchGoesOn]) });
  });
