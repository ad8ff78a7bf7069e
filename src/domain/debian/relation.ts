import { Version } from './names.ts';
import { compareVersions } from './version.ts';

/** One alternative of a relation (Policy §7.1): `libfoo-dev (>= 1.2)`. An architecture qualifier is left out. */
export type Alternative = {
  readonly package: string;
  readonly operator: '<<' | '<=' | '=' | '>=' | '>>' | undefined;
  readonly version: Version | undefined;
};

const form = /^([a-z0-9][a-z0-9+.-]+)(?::[a-z0-9-]+)?(?: ?\((<<|<=|=|>=|>>) ?([^()\s]+)\))?$/;

/** The alternatives of `a (>= 1) | b`; `undefined` when it is no relation. */
export const parseRelation = (relation: string): readonly Alternative[] | undefined => {
  const alternatives = relation.split('|').map((each) => parseAlternative(each.trim()));
  return alternatives.every((each) => each !== undefined) ? alternatives : undefined;
};

const parseAlternative = (text: string): Alternative | undefined => {
  const [, name, operator, version] = form.exec(text) ?? [];
  if (name === undefined || (version !== undefined && !Version.is(version))) return undefined;
  return { package: name, operator: operator as Alternative['operator'], version: version as Version | undefined };
};

/** Whether a package of that name in `version` is what the alternative asks for. */
export const allows = ({ operator, version: wanted }: Alternative, version: Version): boolean => {
  if (wanted === undefined) return true;
  const order = compareVersions(version, wanted);
  switch (operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
    case undefined:
      return true;
  }
};
