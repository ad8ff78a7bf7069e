import * as t from 'io-ts';
import { PackageInstalled } from '../../domain/archive/events.ts';
import type { ImportPackage } from '../../domain/archive/imported.ts';
import { decodeOrThrow } from '../../domain/codec.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { Fingerprint, RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { decodeEvent } from '../../domain/event.ts';
import { RepositoryImported } from '../../domain/import/events.ts';

/** Everything that an import says, written down before its first word: what was broken off goes on from it, whatever became of the source. */
export type Journal = {
  readonly configuration: readonly ConfigurationEvent[];
  readonly key: { readonly fingerprint: Fingerprint; readonly publicKey: string } | null;
  /** Its secret half, which is nobody's but the host's. */
  readonly secretKey: string | null;
  readonly packages: readonly ImportPackage[];
  /** The record of it: several where there are many suites, each with the same totals. */
  readonly imported: readonly [RepositoryImported, ...RepositoryImported[]];
};

const Head = t.strict({
  format: t.literal('mini-buildd-import 1'),
  configuration: t.readonlyArray(t.unknown),
  key: t.union([t.strict({ fingerprint: Fingerprint, publicKey: t.string }), t.null]),
  secretKey: t.union([t.string, t.null, t.undefined]),
  imported: t.readonlyArray(RepositoryImported),
});

const {
  type: _type,
  repository: _repository,
  source: _source,
  distribution: _distribution,
  ...version
} = PackageInstalled.type.props;

const Member = t.strict({
  command: t.literal('ImportPackage'),
  repository: RepositoryId,
  source: SourceName,
  versions: t.readonlyArray(t.strict(version)),
  slots: t.readonlyArray(
    t.strict({ distribution: DistributionName, occupants: t.readonlyArray(Version), isPresent: t.boolean }),
  ),
});

/** A line for the head, and one for each package. */
export const journalLines = function* ({
  configuration,
  key,
  secretKey,
  packages,
  imported,
}: Journal): Generator<string> {
  yield `${JSON.stringify({ format: 'mini-buildd-import 1', configuration, key, secretKey, imported })}\n`;
  for (const each of packages) yield `${JSON.stringify(each)}\n`;
};

/** It appeared whole or not at all. */
export const readJournal = async (lines: AsyncIterable<string>): Promise<Journal> => {
  let head: t.TypeOf<typeof Head> | undefined;
  const packages: ImportPackage[] = [];
  for await (const line of lines) {
    const read: unknown = JSON.parse(line);
    if (head === undefined) head = decodeOrThrow(Head, read, 'the head of the import');
    else packages.push(decodeOrThrow(Member, read, 'a package of the import'));
  }
  const [first, ...more] = head?.imported ?? [];
  if (head === undefined || first === undefined) throw new Error('the import that was broken off is empty');
  const { configuration, key, secretKey = null } = head;
  return {
    configuration: configuration.map((body) => decodeEvent(body, 'the import') as ConfigurationEvent),
    key,
    secretKey,
    packages,
    imported: [first, ...more],
  };
};
