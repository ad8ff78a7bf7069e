import { randomUUID } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Position } from '../../ports/event-log.ts';
import { exported } from '../configuration/apply.ts';
import { carryOutReconfiguration } from '../configuration/reconfigure.ts';
import { overOneState, tooMuchGoesOn } from '../undisturbed.ts';
import type { FormParts } from './forms.ts';
import { type Meanwhile, meanwhileInAll } from './meanwhile.ts';
import { type Proposal, proposalOf } from './proposal.ts';
import { digestOf } from './subjects.ts';

/** The configuration as one document, as far as somebody edited it. */
export type WholeDocument = {
  readonly text: string;
  /** What the configuration was when it was shown. */
  readonly shown: string;
  readonly faults: readonly Refusal[];
  readonly proposal: Omit<Proposal, 'plan'> | undefined;
  /** Somebody changed the configuration since it was shown: the difference is to what it is now. */
  readonly isChanged: boolean;
  /** What they changed, as far as that is known. */
  readonly meanwhile: readonly Meanwhile[];
};

/** What is not in it any more is to go: who edits the whole means the whole. */
export const openDocument = async ({ world, people, log }: FormParts): Promise<WholeDocument> => ({
  text: `complete: true\n${await exported(world.configuration, people)}`,
  shown: await shownNow({ world, people, log }),
  faults: [],
  proposal: undefined,
  isChanged: false,
  meanwhile: [],
});

/** What the configuration is, and how far the log had come: to tell what was said since. */
const shownNow = async ({ world, people, log }: Pick<FormParts, 'world' | 'people' | 'log'>): Promise<string> => {
  const { head } = log.state();
  return `${digestOf(await exported(world.configuration, people))} ${head ?? ''}`;
};

const partsOf = (shown: string) => {
  const [digest, since] = shown.split(' ');
  return {
    digest,
    since: since === undefined || !/^[A-Za-z0-9._:@/-]{1,100}$/.test(since) ? undefined : (since as Position),
  };
};

/** What a document comes to. */
export const sentDocument = async (
  parts: FormParts,
  text: string,
  shown: string,
): Promise<{ readonly document: WholeDocument; readonly proposal: Proposal | undefined }> => {
  const present = await shownNow(parts);
  const found = await proposalOf(text, parts);
  const proposal = isLeft(found) ? undefined : found.right;
  const faults = isLeft(found) ? found.left : [];
  const { digest, since } = partsOf(shown);
  const isChanged = digest !== partsOf(present).digest;
  const meanwhile = isChanged && since !== undefined ? await meanwhileInAll(parts.log, parts.people, since) : [];
  return { document: { text, shown: present, faults, proposal, isChanged, meanwhile }, proposal };
};

/** Applies it when it comes to what was agreed to, and nobody else changed the configuration since. */
export const applyDocument = (
  parts: FormParts,
  {
    text,
    shown,
    agreed,
    force,
  }: { readonly text: string; readonly shown: string; readonly agreed: string; readonly force: boolean },
  actor: Actor,
): Promise<Either<WholeDocument, undefined>> =>
  parts.inTurn(async () => {
    const done = await overOneState(parts.undisturbed, async ({ tell }) => {
      const { document, proposal } = await sentDocument(parts, text, shown);
      if (proposal === undefined || document.isChanged || proposal.digest !== agreed) return left(document);
      if (proposal.taken.length > 0 && !force) return left(document);
      const because = { actor, causedBy: undefined, correlation: randomUUID() };
      const told = await carryOutReconfiguration(proposal.plan, because, tell);
      return isLeft(told) ? left({ ...document, faults: [told.left] }) : right(undefined);
    });
    if (done !== undefined) return done;
    const { document } = await sentDocument(parts, text, shown);
    return left({ ...document, faults: [tooMuchGoesOn] });
  });
