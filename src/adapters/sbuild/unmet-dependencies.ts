import { parseRelation } from '../../domain/debian/relation.ts';

/** What the resolver could not install: a line each for people, and what of it can be waited for. */
export type Unmet = {
  readonly facts: readonly string[];
  /** Relations as in `Build-Depends`; empty when waiting for packages would not be enough. */
  readonly missing: readonly string[];
};

/**
 * The first of a relation's lines names it; `or` at the end leads to its next alternative, a line further on. apt writes them by one stream, and errors by
 * another: the beginning of an error, or all of it, may have come in between, right before a line.
 */
const line = /^(?:[EWN](?::(?: .*?\S)?)?)?(?: +sbuild-build-depends-\S+ : *| {8,})(?:(Depends|Conflicts): )?(\S.*)$/;

/** What is longer was not written by apt about a relation; strangers write into this log, too. */
const longestLine = 1000;

/** Reads what apt and aptitude say of the package that sbuild made of the build dependencies. */
export const unmetDependencies = (logEnd: string): Unmet => {
  const groups: { readonly kind: string; readonly texts: string[] }[] = [];
  for (const [, kind, text = ''] of logEnd
    .split('\n')
    .filter(({ length }) => length <= longestLine)
    .flatMap((each) => [line.exec(each)].filter((found) => found !== null))) {
    if (kind !== undefined) groups.push({ kind, texts: [text] });
    else if (groups.at(-1)?.texts.at(-1)?.endsWith(' or')) groups.at(-1)?.texts.push(text);
  }
  const relations = groups.map(({ kind, texts }) => (kind === 'Depends' ? relationOf(texts) : undefined));
  return {
    facts: groups.map(({ kind, texts }) => `${kind}: ${texts.join(' ')}`),
    missing: relations.every((relation) => relation !== undefined) ? relations.slice(0, mostRelations) : [],
  };
};

const mostRelations = 50;

const relationOf = (texts: readonly string[]): string | undefined => {
  const alternatives = texts.map((text) => /^(\S+(?: \([^()]*\))?) (?:but|which) /.exec(text)?.[1]);
  const relation = alternatives.join(' | ');
  return relation.length <= 500 && parseRelation(relation) !== undefined ? relation : undefined;
};
