import * as t from 'io-ts';
import { type Finding, gathered, type Severity } from '../../domain/check/findings.ts';
import { decodeOrThrow } from '../../domain/codec.ts';

/** What `lintian --exp-output format=json` writes, as far as it is read. */
const Hint = t.intersection([
  t.strict({ tag: t.string, visibility: t.string }),
  t.partial({ experimental: t.boolean, override: t.unknown, masks: t.unknown }),
]);
const Report = t.strict({
  lintian_version: t.string,
  groups: t.array(t.strict({ input_files: t.array(t.strict({ path: t.string, hints: t.array(Hint) })) })),
});

export type LintianReport = { readonly version: string; readonly findings: readonly Finding[] };

/**
 * Overridden, masked and merely classifying tags are no findings; experimental ones are mentioned. Throws for what lintian does
 * not write.
 */
export const lintianReport = (text: string): LintianReport => {
  const { lintian_version: version, groups } = decodeOrThrow(Report, JSON.parse(text), 'the report of lintian');
  const found = groups
    .flatMap(({ input_files }) => input_files)
    .flatMap(({ path, hints }) => hints.flatMap((hint) => asFinding(hint, subjectOf(path))));
  return { version, findings: gathered(found) };
};

const severities: Readonly<Record<string, Severity>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
  pedantic: 'info',
};

const asFinding = (hint: t.TypeOf<typeof Hint>, about: string): readonly Omit<Finding, 'times'>[] => {
  const severity = severities[hint.visibility];
  if (severity === undefined || hint.override !== undefined || hint.masks !== undefined) return [];
  return [{ severity: hint.experimental === true ? 'info' : severity, tag: hint.tag.slice(0, 120), about }];
};

/** `…/hello_2.10-3_amd64.deb` → `hello`; the `.dsc`, `.changes` and `.buildinfo` are the source's. */
const subjectOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /\.u?deb$/.test(name) ? name.slice(0, name.indexOf('_')).slice(0, 128) : 'source';
};
