import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type Configuration, configure } from '../../domain/configuration/configuration.ts';
import { declare } from '../../domain/configuration/declaration/declare.ts';
import { readDeclaration } from '../../domain/configuration/declaration/read-declaration.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { People } from '../../ports/people.ts';
import { withAccounts, withLogins } from './people-in-declarations.ts';
import { type Guard, planReconfiguration, type Reconfiguration } from './reconfigure.ts';
import { readYaml, writeYaml } from './yaml.ts';
import { type YamlDifference, yamlDifference } from './yaml-difference.ts';

/** What a YAML document would change. */
export const planOf = async (
  text: string,
  present: Configuration,
  people: People,
  guard: Guard,
): Promise<Either<readonly Refusal[], Reconfiguration>> => {
  const document = readYaml(text);
  if (isLeft(document)) return document;
  const meant = await withAccounts(document.right, people);
  if (isLeft(meant)) return meant;
  const events = readDeclaration(meant.right, present);
  return isLeft(events) ? events : planReconfiguration(present, events.right, guard);
};

/** The configuration as YAML that applies to nothing. */
export const exported = async (present: Configuration, people: People): Promise<string> =>
  writeYaml(await withLogins(declare(present), people));

/** What a plan makes of the lines that `export` writes; `undefined` where they are too many to be told. */
export const yamlOf = async (
  { events }: Reconfiguration,
  present: Configuration,
  people: People,
): Promise<YamlDifference | undefined> =>
  yamlDifference(await exported(present, people), await exported(events.reduce(configure, present), people));
