import type { Configuration } from '../../domain/configuration/configuration.ts';
import { type Fields, isFields } from '../../domain/configuration/declaration/kinds.ts';
import type { People } from '../../ports/people.ts';
import { withLogins } from '../configuration/people-in-declarations.ts';
import type { Subject } from './subjects.ts';

/** What is declared of an object as documents have it: people by their logins. */
export const saidWithLogins = async (
  subject: Subject,
  name: string,
  configuration: Configuration,
  people: People,
): Promise<Fields | undefined> => {
  const said = subject.said(configuration, name);
  if (said === undefined) return undefined;
  const section = (await withLogins(subject.document(name, said) as Readonly<Record<string, Fields>>, people))[
    subject.section
  ];
  const fields = subject.kind === undefined ? section : section?.[name];
  return isFields(fields) ? fields : said;
};
