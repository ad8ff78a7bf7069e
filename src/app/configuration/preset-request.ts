import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ChrootKind } from '../../domain/configuration/chroot-events.ts';
import type { PresetRequest } from '../../domain/configuration/preset-objects.ts';
import type { Codename } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/** A request as options write it: words with commas between them, and `NAME=VALUE`. */
export const readPresetRequest = (given: {
  readonly vendors: string;
  readonly codenames: string;
  readonly repositories: string;
  readonly chroots: string;
  readonly volumeGroup: string;
  readonly mirror: string;
  readonly keyring: string;
}): Either<readonly Refusal[], PresetRequest> => {
  const vendors = among('vendors', given.vendors, ['debian', 'ubuntu']);
  const repositories = among('repositories', given.repositories, ['test', 'debdev']);
  const chroots = kinds.get(given.chroots.toLowerCase());
  const mirrors = pairs('mirror', given.mirror, ['debian', 'debian-security', 'ubuntu', 'ubuntu-security']);
  const keyrings = pairs('keyring', given.keyring, ['debian', 'ubuntu']);
  if (isLeft(vendors)) return vendors;
  if (isLeft(repositories)) return repositories;
  if (chroots === undefined) return left([notOne('chroots', given.chroots, [...kinds.keys()])]);
  if (isLeft(mirrors)) return mirrors;
  if (isLeft(keyrings)) return keyrings;
  return right({
    vendors: vendors.right,
    codenames: words(given.codenames) as Codename[],
    repositories: repositories.right,
    chroots,
    chrootOptions: given.volumeGroup === '' ? {} : { 'volume-group': given.volumeGroup },
    mirrors: mirrors.right,
    keyrings: keyrings.right,
  });
};

/** Also under the names that the original gives them. */
const kinds: ReadonlyMap<string, ChrootKind | 'none'> = new Map([
  ['directory', 'directory'],
  ['dir', 'directory'],
  ['file', 'file'],
  ['btrfs-snapshot', 'btrfs-snapshot'],
  ['btrfssnapshot', 'btrfs-snapshot'],
  ['lvm-snapshot', 'lvm-snapshot'],
  ['lvm', 'lvm-snapshot'],
  ['unshare', 'unshare'],
  ['none', 'none'],
  ['', 'none'],
]);

const words = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const among = <Word extends string>(
  what: string,
  text: string,
  known: readonly Word[],
): Either<readonly Refusal[], readonly Word[]> => {
  const given = words(text);
  const strange = given.filter((word) => !known.includes(word as Word));
  return strange.length === 0 ? right(given as Word[]) : left(strange.map((word) => notOne(what, word, known)));
};

const pairs = (
  what: string,
  text: string,
  known: readonly string[],
): Either<readonly Refusal[], ReadonlyMap<string, string>> => {
  const split = words(text).map(
    (pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
  );
  const strange = split.filter(([name, value]) => !known.includes(name) || value === '');
  return strange.length === 0
    ? right(new Map(split))
    : left(
        strange.map(([name, value]) =>
          notOne(
            what,
            `${name}=${value}`,
            known.map((each) => `${each}=…`),
          ),
        ),
      );
};

const notOne = (what: string, word: string, known: readonly string[]): Refusal =>
  refusal(
    'bad-argument',
    `${what}: "${word.slice(0, 80)}"`,
    `write of ${known.filter((each) => each !== '').join(', ')}`,
  );
