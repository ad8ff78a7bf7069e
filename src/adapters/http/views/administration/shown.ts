import type { PageParts } from '../../rendered-parts.ts';

/** A page, and what of it reads otherwise while one looks. */
export type Shown = { readonly page: () => string; readonly parts: PageParts };
