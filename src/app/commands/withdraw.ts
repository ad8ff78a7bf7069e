import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import { type FileName, type RepositoryId, Sha256, type StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Because, Tell, Voice } from '../../ports/tell.ts';
import { changesOf, whereabouts, withAllBuilt } from '../../projections/contents.ts';
import { filesOf, filesOfUpload } from '../../projections/needed-files.ts';
import { formerDistributions } from '../../projections/places.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import { endingOfFile } from '../endings/ending-of-past.ts';
import type { Carrier } from '../repository/carry-out.ts';
import { flag } from './arguments.ts';
import { becauseOf, type Command, command } from './command.ts';
import { heard } from './deed.ts';
import { FileWord, Reason } from './retention-arguments.ts';

type Owner = { readonly repository: RepositoryId; readonly held: HeldVersion };
type Parts = Carrier & Voice & { readonly files: Pick<FileStore, 'has'> };

/** `withdraw`: nobody shall have this file any more. */
export const withdraw = (parts: Parts): Command =>
  command({
    name: 'withdraw',
    summary:
      'Removes the bytes of a file from the store, all pools and past states, with the versions that need it; its hash stays on record',
    arguments: {
      file: {
        codec: FileWord,
        positional: true,
        short: undefined,
        fallback: undefined,
        summary: 'Its SHA-256, or its name',
      },
      reason: {
        codec: Reason,
        positional: false,
        short: undefined,
        fallback: undefined,
        summary: 'Why: stays on record, so name no person in it',
      },
      'dry-run': flag('Only shows what would go with it', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const { file: word, reason, 'dry-run': isTrial } = given;
      const found = await find(word, parts);
      if (isLeft(found)) return found;
      const before = parts.world.retention.withdrawn.get(found.right.sha256);
      const done = await parts.inTurn(() =>
        withdrawFound(found.right, reason, becauseOf(actor), heard(parts, given), parts),
      );
      if (isLeft(done)) return done;
      const { name, sha256 } = found.right;
      const versions = done.right.map(({ repository, held: { source, version } }) => ({ repository, source, version }));
      return right({
        json: { sha256, name, done: !isTrial, versions },
        was: before,
        ends: isTrial ? endingOfFile(name, versions) : undefined,
        plain: [
          `${name} ${sha256} ${isTrial ? 'would be' : 'is'} withdrawn${before === undefined ? '' : `; it was at ${before.at} already`}\n`,
          ...versions.map((each) => `with it ${each.source} ${each.version} of ${each.repository}\n`),
        ].join(''),
      });
    },
  });

/** First every version that needs it is let go, each on its own stream: what came back meanwhile stops it there. */
const withdrawFound = async (
  { name, sha256 }: Pick<StoredFile, 'name' | 'sha256'>,
  reason: string,
  because: Because,
  tell: Tell,
  { world }: Parts,
): Promise<Either<Refusal, readonly Owner[]>> => {
  const owners = ownersOf(world, sha256);
  const refused = holder(world, sha256, name, owners);
  if (refused !== undefined) return left(refused);
  for (const { repository, held } of owners) {
    const { source, version } = held;
    const seen = changesOf(world.contents, repository, source);
    const former = formerDistributions(world.contents, repository);
    const loss = { repository, source, version, because: 'withdrawal', seen, former } as const;
    const told = await tell({ command: 'LetGoFiles', ...loss }, because);
    if (isLeft(told)) return told;
  }
  const told = await tell({ command: 'WithdrawFile', sha256, name, reason }, because);
  return isLeft(told) ? told : right(owners);
};

const find = async (
  word: string,
  { world, files }: Parts,
): Promise<Either<Refusal, Pick<StoredFile, 'name' | 'sha256'>>> => {
  const named = new Map<Sha256, FileName>();
  for (const [key, { versions }] of world.contents.packages)
    for (const held of versions.values())
      for (const { name, sha256 } of filesOf(withAllBuilt(world.contents, repositoryOf(key), held)))
        if (name === word || sha256 === word) named.set(sha256, name);
  const [first, ...others] = named;
  if (others.length > 0) return left(severalFiles(word, [...named.keys()]));
  if (first !== undefined) return right({ sha256: first[0], name: first[1] });
  // A log or a .changes is named by its hash alone.
  return Sha256.is(word) && (await files.has(word))
    ? right({ sha256: word, name: word as string as FileName })
    : left(noFile(word));
};

/** Of `REPOSITORY SOURCE`. */
const repositoryOf = (key: string): RepositoryId => key.split(' ')[0] as RepositoryId;

/** Every version whose files are kept and that names the file. */
const ownersOf = ({ contents, retention }: World, sha256: Sha256): readonly Owner[] =>
  [...contents.packages].flatMap(([key, { versions }]) => {
    const repository = repositoryOf(key);
    return [...versions.values()]
      .filter((held) => filesOf(withAllBuilt(contents, repository, held)).some((file) => file.sha256 === sha256))
      .filter(({ source, version }) => lossOf(retention, repository, source, version) === undefined)
      .map((held) => ({ repository, held }));
  });

/** What still needs it, and has to go first. */
const holder = (world: World, sha256: Sha256, name: string, owners: readonly Owner[]): Refusal | undefined => {
  for (const { repository, held } of owners) {
    const places = whereabouts(world.contents, held.source)
      .filter(({ distribution }) => parseDistribution(distribution).repository === repository)
      .flatMap(({ distribution, slot }) => [
        ...(slot.present?.version === held.version ? [distribution] : []),
        ...slot.earlier.flatMap((each, n) => (each.version === held.version ? [`${distribution}-rollback${n}`] : [])),
      ]);
    if (places.length === 0) continue;
    return refusal(
      'still-held',
      `${places.join(', ')} ${places.length === 1 ? 'has' : 'have'} ${held.source} ${held.version}, which needs ${name}`,
      'remove it from there first',
    );
  }
  for (const upload of world.uploads.open.values())
    if (filesOfUpload(world, upload).includes(sha256))
      return refusal('under-way', `upload ${upload.id} is made of ${name}`, 'wait until it ended, or cancel it');
  return undefined;
};

const severalFiles = (word: string, found: readonly Sha256[]): Refusal =>
  refusal(
    'ambiguous',
    `${found.length} files are named ${word}: ${found.slice(0, 10).join(', ')}`,
    'name one by its SHA-256',
  );

const noFile = (word: string): Refusal =>
  refusal(
    'unknown-file',
    `no file ${word.slice(0, 100)} is known`,
    'give the SHA-256, or the name it has in Packages or Sources',
  );
