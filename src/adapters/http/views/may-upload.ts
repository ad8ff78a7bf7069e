import type { UploaderLine } from './administration/people-model.ts';
import { type Content, type Html, html } from './html.ts';
import { badge } from './parts.ts';

/** Of one repository, as it is linked where it is said. */
export const mayUploadTo = (
  repository: Content,
  { suites, sources, configured }: Omit<UploaderLine['uploadsTo'][number], 'repository'>,
): Html =>
  html`${configured ? html`${badge('may upload', 'good')} to ${repository}` : html`${badge('kept', 'idle')} for ${repository}, which is not configured`}${suites !== null && `, suites ${suites.join(', ')}`}${sources !== null && `, packages ${sources.join(', ')}`}`;
