import { readFile } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { buildDepends } from '../../domain/binnmu/build-depends.ts';
import type { PlannedRebuild } from '../../domain/binnmu/events.ts';
import { recipeFor } from '../../domain/build/recipe.ts';
import type { Target } from '../../domain/configuration/configuration.ts';
import { onlyParagraph } from '../../domain/debian/control-fields.ts';
import type { Architecture, RepositoryId, Sha256, SourceName, Version } from '../../domain/debian/names.ts';
import { packageStream, uploadStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { eventsOf } from '../events-of.ts';
import type { UploaderKeys } from '../incoming/uploader-keys.ts';

/** What reads a `.dsc`. */
export type DscParts = {
  readonly files: Pick<FileStore, 'path'>;
  readonly verify: UploaderKeys['verify'];
};

type Options = PlannedRebuild['options'];

/** Names of what it is built with, by architecture; `undefined` when its `.dsc` is none. */
export const needsOf = async (
  { dsc }: { readonly dsc: { readonly sha256: string } },
  architectures: readonly Architecture[],
  options: Options,
  { distribution }: Target,
  { files, verify }: DscParts,
): Promise<ReadonlyMap<Architecture, ReadonlySet<string>> | undefined> => {
  const bytes = await readFile(await files.path(dsc.sha256 as Sha256));
  // Whoever signed it, it was judged when it came; an imported one may be signed by nobody.
  const { signedText = bytes.toString('utf8') } = await verify(bytes);
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return undefined;
  return new Map(
    architectures.map((architecture) => {
      const { profiles } = recipeFor(options, architecture, distribution.build);
      return [architecture, buildDepends(paragraph.right, architecture, profiles)];
    }),
  );
};

/** What the upload that brought a version asked for its builds; an imported one asked for nothing. */
export const optionsOf = async (
  repository: RepositoryId,
  source: SourceName,
  version: Version,
  { log }: { readonly log: Pick<EventLog, 'readStream'> },
): Promise<Options> => {
  const installed = (await eventsOf(log, packageStream(repository, source))).findLast(
    (event) => event.type === 'PackageInstalled' && event.version === version,
  );
  if (installed?.type !== 'PackageInstalled') return [];
  const accepted = (await eventsOf(log, uploadStream(installed.upload))).find(({ type }) => type === 'UploadAccepted');
  return accepted?.type === 'UploadAccepted' ? accepted.options : [];
};
