import type { Request } from 'express';
import { inSight } from '../../domain/out-of-sight.ts';
import type { Administration } from './administration.ts';
import type { Doors } from './administrators-only.ts';
import { sentBy, sentDocumentIn, typedIn } from './sent-form.ts';
import { documentOutcome } from './views/administration/document-page.ts';
import { formOutcome } from './views/administration/form-page.ts';
import { type Outcome, outcomeParts } from './views/administration/outcome.ts';
import { answersOutcome } from './views/administration/welcome-page.ts';
import type { Instance } from './views/instance.ts';

/**
 * `/mini_buildd/administration/check/…`: what stands in a form comes to this, asked while one types. It is what the form would be told
 * if it were sent, for every form that declares something: an object, the wizard's answers, the whole configuration.
 */
export const checkRoutes = (
  instance: Instance,
  administration: Administration,
  { change }: Doors,
  notThere: NotThere,
): void => {
  change('/check/:section', async (req, res) => {
    const outcome = await outcomeOf(administration, req);
    if (outcome === undefined) return notThere(req, res);
    res.set('Cache-Control', 'no-store').json(asTyped(instance, outcome));
  });
};

type NotThere = (req: Request, res: Parameters<Parameters<Doors['change']>[1]>[1]) => void;

const outcomeOf = async (administration: Administration, req: Request): Promise<Outcome | undefined> => {
  switch (req.params.section) {
    case 'configuration': {
      const { text, shown } = sentDocumentIn(req);
      return documentOutcome(await administration.sentDocument(text, shown));
    }
    case 'welcome': {
      const { questions, document } = await administration.answered(typedIn(req));
      return answersOutcome(questions, document);
    }
    default: {
      const model = await administration.sentForm(sentBy(req));
      return model && formOutcome(model);
    }
  }
};

/** What is wrong with each field as text, and every part of the outcome as markup. */
const asTyped = (instance: Instance, outcome: Outcome) => {
  const faults: Record<string, string> = {};
  for (const { field, because } of outcome.faults) {
    if (field !== undefined) faults[field] = inSight(`${faults[field] ?? ''}${because.fact}: ${because.remedy} `);
  }
  // What somebody else did meanwhile has to be seen on a page of its own before it is overruled.
  const parts = outcomeParts(instance, {
    ...outcome,
    mayBeApplied: outcome.mayBeApplied && outcome.meanwhile === undefined,
  });
  return {
    faults,
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.toString()])),
  };
};
