/** What somebody could give where an argument is of this type: names that the manual uses, too. */
export const examples = {
  Address: 'https://deb.example.org/greet_1.0-1.dsc',
  BuildId: '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64',
  BuildsName: 'hello',
  ChangelogLine: 'Rebuild against libfoo 2',
  ChrootName: 'trixie-amd64',
  Codename: 'trixie',
  DistributionList: 'trixie-acme-experimental',
  DistributionName: 'trixie-acme-unstable',
  EventId: '0193a4f2-6c00-7000-8000-000000000000',
  File: 'hello_2.10-3~acme13+1.dsc',
  Glob: 'hello*',
  MaybeLoginName: 'adam',
  MaybeSourceName: 'hello',
  Name: 'acme',
  Priority: '5',
  Reason: 'a key in it',
  RepositoryId: 'acme',
  SourceId: 'debian-trixie',
  SourceName: 'hello',
  SourceNames: 'hello',
  StreamName: 'package-acme-hello',
  Version: '2.10-3~acme13+1',
} as const;

/** Of one of few words the first that may be given; `undefined` where what is given cannot be made up, such as a key. */
export const exampleOf = (type: string, words: readonly string[] | null): string | undefined =>
  words?.[0] ?? (Object.hasOwn(examples, type) ? examples[type as keyof typeof examples] : undefined);
