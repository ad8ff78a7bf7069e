import type { Request } from 'express';
import type { Typed } from '../../domain/form/typed.ts';
import type { Agreed, SentForm } from './administration.ts';
import { field } from './form-body.ts';

export const agreedBy = (req: Request): Agreed => ({
  agreed: field(req, '_agreed'),
  force: field(req, '_force') === 'true',
});

/** The form of one object. Its name is in the address, where it has one already. */
export const sentBy = (req: Request): SentForm => ({
  section: String(req.params.section ?? ''),
  name: req.params.name === undefined ? field(req, '_name').trim() : String(req.params.name),
  isNew: field(req, '_new') === 'true',
  shown: field(req, '_shown'),
  typed: typedIn(req),
});

/** Everything but what forms say of themselves: that begins with `_`. */
export const typedIn = (req: Request): Typed =>
  Object.fromEntries(
    Object.entries((req.body ?? {}) as Record<string, unknown>)
      .filter(([name]) => !name.startsWith('_') && name !== 'form_token')
      .map(([name, value]) => [name, [value].flat().map(String)]),
  );

/** The whole configuration as it was edited. */
export const sentDocumentIn = (req: Request): { readonly text: string; readonly shown: string } => ({
  text: field(req, 'text').replace(/\r\n?/g, '\n'),
  shown: field(req, '_shown'),
});
