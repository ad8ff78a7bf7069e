import type { UploaderLine } from './administration/people-model.ts';
import { type Content, type Html, html } from './html.ts';
import { badge } from './parts.ts';

/** Of one repository, as it is linked where it is said. */
export const mayUploadTo = (
  repository: Content,
  { suites, sources }: Pick<UploaderLine['uploadsTo'][number], 'suites' | 'sources'>,
): Html =>
  html`${badge('may upload', 'good')} to ${repository}${suites !== null && `, suites ${suites.join(', ')}`}${sources !== null && `, packages ${sources.join(', ')}`}`;
