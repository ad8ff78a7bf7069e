import type { Refusal } from '../../refusal.ts';
import type { RepositoryConfigured } from '../events.ts';
import { isOneLine, isPath, quoted, repeated, unless } from './rule.ts';

const mostBuilders = 50;

/** What is wrong with a repository by itself. Its identity has the codec `RepositoryId`. */
export const repositoryFaults = (repository: RepositoryConfigured): readonly Refusal[] => {
  const { codenames, uploaderKeyrings, validForDays, builders, externalHomeUrl } = repository;
  const about = `repository ${repository.repository}`;
  return [
    ...unless(
      repeated(codenames).length === 0,
      'unique-codenames',
      `${about} has the codename ${quoted(repeated(codenames))} more than once`,
      'name each once',
    ),
    ...uploaderKeyrings.flatMap((path) =>
      unless(
        isPath(path),
        'malformed-keyring',
        `${about}: the keyring of uploaders is "${path.slice(0, 120)}"`,
        'give the whole path of a file on the host',
      ),
    ),
    ...unless(
      validForDays === null || validForDays <= 3650,
      'malformed-validity',
      `${about}: indices are to be valid for ${validForDays} days`,
      'give at most 3650, or null for no end',
    ),
    ...unless(
      builders.length <= mostBuilders && repeated(builders).length === 0,
      'malformed-builders',
      `${about} names ${builders.length} builders and tags, ${new Set(builders).size} different ones`,
      `name each once, and at most ${mostBuilders}; none means any builder`,
    ),
    ...unless(
      externalHomeUrl === null || (isOneLine(externalHomeUrl, 300) && /^https?:\/\/[^/\s]/.test(externalHomeUrl)),
      'malformed-url',
      `${about}: "${externalHomeUrl?.slice(0, 120)}" is no address of a web page`,
      'write http:// or https://',
    ),
  ];
};
